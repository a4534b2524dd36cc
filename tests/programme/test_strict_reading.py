"""Every way in which a programme's files can be wrong is reported with file, line and what to do."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan import Plan
from programme.document import SIZE_LIMIT, read_document
from programme.errors import Problem, ProgrammeInvalid
from programme.reader import load_programme
from programme.shape import fit

SHIPPED = Path(__file__).parents[2] / "programme" / "scotland"
PLAN = "plans/proof-of-concept.yaml"
FLAG = """test:
          kind: flag
          reading: nasss-complex-domains
          most: 2
          owner: innovation-lead
          source: Planning assumptions of this installation
          date: 2026-11-25"""


def problems_of(directory: Path) -> tuple[Problem, ...]:
    """What the reader finds in a programme that is wrong."""
    with pytest.raises(ProgrammeInvalid) as caught:
        load_programme(directory)
    return caught.value.problems


def replace(path: Path, old: str, new: str) -> int:
    """Replace a text once and give back the line on which the new one ends."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.split(old)[0].count("\n") + new.count("\n") + 1


def spoil(directory: Path, file: str, old: str, new: str) -> tuple[int, list[str]]:
    """Replace a text in a file of a programme: the line on which the new one ends, and what is found."""
    line = replace(directory / file, old, new)
    return line, [str(problem) for problem in problems_of(directory)]


WRONG_VALUES = [
    pytest.param(
        PLAN,
        "owner: digital-lead",
        "ownr: digital-lead",
        'step "test-technology" has the unknown key "ownr": did you mean "owner"?',
        id="an unknown key",
    ),
    pytest.param(
        PLAN,
        "title: Test the technology where it will be used",
        "title: 12",
        'step "test-technology" has 12 as "title": it should be text',
        id="a number instead of text",
    ),
    pytest.param(
        "boards.yaml",
        "value: 369670",
        'value: "369670"',
        'board "ayrshire-and-arran" has "369670" as "value": it should be a whole number',
        id="text instead of a number",
    ),
    pytest.param(
        PLAN,
        "mandatory: true",
        "mandatory: yes",
        'step "appoint-lead" has "yes" as "mandatory": it should be true or false',
        id="yes instead of true",
    ),
    pytest.param(
        "gates.yaml",
        "waiving: {approvers: [senior-responsible-owner],",
        "waiving: {approvers: [],",
        'gate "release" has too few under "approvers": add at least one',
        id="an empty list",
    ),
    pytest.param(
        "programme.yaml",
        "at_risk_share: 0.8",
        "at_risk_share: 8",
        'programme "scotland-digital-mental-health" has 8 as "at_risk_share": input should be less than 1',
        id="a number out of range",
    ),
    pytest.param(
        PLAN,
        "needs: [test-technology, design-pathway]",
        "needs: test-technology",
        'step "train-staff" has "test-technology" as "needs": it should be a list',
        id="a word instead of a list",
    ),
    pytest.param(
        PLAN,
        "duration: P35D",
        "duration: 35",
        'step "design-pathway" has 35 as "duration": it should be a duration in days or weeks such as P28D',
        id="a bare number as duration",
    ),
    pytest.param(
        PLAN,
        "duration: P35D",
        "duration: P1M",
        '"P1M" is no exact duration: use days or weeks such as P28D',
        id="a duration in months",
    ),
    pytest.param(
        "boards.yaml",
        "region: west",
        "region: wst",
        'board "ayrshire-and-arran" has "wst" as "region": did you mean "west"?',
        id="a word outside the choices",
    ),
    pytest.param(
        "boards.yaml",
        "date: 2018-06-30",
        "date: 2018-06-31",
        'board "ayrshire-and-arran" has "2018-06-31" as "date": it should be a date such as 2026-11-23',
        id="a day that does not exist",
    ),
    pytest.param(
        PLAN,
        "- id: train-staff",
        "- id: Train Staff",
        'step "Train Staff" has "Train Staff" as "id": use lower case letters, digits and single hyphens',
        id="an id that is no slug",
    ),
    pytest.param(
        PLAN,
        "needs: [test-technology, design-pathway]",
        "needs: [test-tecnology, design-pathway]",
        'step "train-staff" needs "test-tecnology", which is no step of this plan: '
        'did you mean "test-technology"?',
        id="an unknown prerequisite",
    ),
    pytest.param(
        PLAN,
        "owner: digital-lead",
        "owner: digitl-lead",
        'step "test-technology" has "digitl-lead" as "owner", which is no role of this programme: '
        'did you mean "digital-lead"?',
        id="an unknown role",
    ),
    pytest.param(
        PLAN,
        "needs: [appoint-lead]",
        "needs: [train-staff]",
        "the steps test-technology -> train-staff -> test-technology wait for each other: "
        "remove one of these prerequisites",
        id="steps that wait for each other",
    ),
    pytest.param(
        PLAN,
        "needs: [appoint-lead]",
        "needs: [test-technology]",
        "the steps test-technology -> test-technology wait for each other: remove one of these prerequisites",
        id="a step that waits for itself",
    ),
    pytest.param(
        "gates.yaml",
        "evidence: readiness-review}",
        "evidence: readines-review}",
        'criterion "ready" has "readines-review" as "evidence", which is no evidence of this '
        'programme: did you mean "readiness-review"?',
        id="evidence that no step asks for",
    ),
    pytest.param(
        "gates.yaml",
        "evidence: cyber-resilience",
        "evidence: cyber-resilence",
        'criterion "cyber-resilience" has "cyber-resilence" as "evidence", which is no check of this '
        'programme: did you mean "cyber-resilience"?',
        id="a check that is not there",
    ),
    pytest.param(
        "gates.yaml",
        "evidence: readiness-review}",
        "evidence: dpia}",
        'criterion "ready" asks for "dpia", which is a check and no evidence that a step brings: '
        "ask for its signature with {kind: signed}",
        id="a check that is only to be there",
    ),
    pytest.param(
        "gates.yaml",
        "{role: innovation-lead}",
        "{role: inovation-lead}",
        'gate "begin" has "inovation-lead" as "role", which is no role of this programme: '
        'did you mean "innovation-lead"?',
        id="a seat for an unknown role",
    ),
    pytest.param(
        "gates.yaml",
        "escalates_to: [national-advisor]",
        "escalates_to: [national-adviser]",
        'gate "go-live" has "national-adviser" as "escalates_to", which is no role of this programme: '
        'did you mean "national-advisor"?',
        id="an escalation to nobody",
    ),
    pytest.param(
        "gates.yaml",
        "escalates_to: [national-advisor]",
        "escalates_to: [board-lead]",
        'gate "go-live" escalates to "board-lead", who has a seat there already: '
        "name a role that has none, since only such a role may then decide alone",
        id="an escalation that changes nothing",
    ),
    pytest.param(
        "gates.yaml",
        "waiving: {approvers: [national-advisor]",
        "waiving: {approvers: [nationl-advisor]",
        'gate "go-live" has "nationl-advisor" as "approvers", which is no role of this programme: '
        'did you mean "national-advisor"?',
        id="a waiver that nobody can grant",
    ),
    pytest.param(
        "gates.yaml",
        "owner: board-digital-therapy-lead",
        "owner: board-therapy-lead",
        'criterion "trained" has "board-therapy-lead" as "owner", which is no role of this programme: '
        'did you mean "board-digital-therapy-lead"?',
        id="a threshold that nobody answers for",
    ),
    pytest.param(
        "gates.yaml",
        "owner: clinical-lead\n          source: Planning assumptions of this installation",
        "owner: clinical-lead\n          source: Planning assumption of this installation",
        'criterion "reliable-improvement" has "Planning assumption of this installation" as "source", '
        'which is no source of this programme: did you mean "Planning assumptions of this installation"?',
        id="a threshold without a source",
    ),
    pytest.param(
        "gates.yaml",
        "reading: training-coverage",
        "reading: training-covrage",
        'criterion "trained" has "training-covrage" as "reading", which is no reading of this programme: '
        'did you mean "training-coverage"?',
        id="a reading that no measure gives",
    ),
    pytest.param(
        "gates.yaml",
        "unit: share",
        "unit: per cent",
        'criterion "reliable-improvement" has its threshold in "per cent" and reliable-improvement-rate is '
        'read in another unit: give it as "share"',
        id="a threshold in another unit",
    ),
    pytest.param(
        "gates.yaml",
        "value: 0.8",
        "value: 80",
        'criterion "trained" has 80 as its threshold and a share lies between 0 and 1: '
        "divide per cents by 100",
        id="a threshold in per cent",
    ),
    pytest.param(
        "gates.yaml",
        "test: {kind: signed}",
        "test: {kind: signed, on_terms: met}",
        'criterion "cyber-essentials" says what a signature on terms counts as: '
        'say it once, at the check "cyber-essentials"',
        id="terms that the check has settled",
    ),
    pytest.param(
        "gates.yaml",
        "test: {kind: signed}",
        "test: {kind: sined}",
        'criterion "cyber-essentials" has "sined" as "kind": did you mean "signed"?',
        id="an unknown test",
    ),
    pytest.param(
        "gates.yaml",
        "most: 2",
        "mst: 2",
        'criterion "complexity-discussed" has the unknown key "mst": did you mean "most"?',
        id="an unknown key of a test",
    ),
    pytest.param(
        "gates.yaml",
        FLAG,
        "test: {kind: flag, reading: nasss-complex-domains, most: 2}",
        'criterion "complexity-discussed" lacks "owner": add it',
        id="a limit that nobody answers for",
    ),
    pytest.param(
        "gates.yaml",
        "test: {kind: signed}",
        "test: {knd: signed}",
        'criterion "cyber-essentials" lacks "kind" under "test": add it',
        id="a test of no kind",
    ),
    pytest.param(
        "gates.yaml",
        "outcomes:\n      release: proceed",
        "outcomes: {release: stop}",
        'gate "release" has no outcome that proceeds: add one',
        id="a gate that cannot be passed",
    ),
    pytest.param(
        "gates.yaml",
        "left: P274D",
        "left: P9M",
        '"P9M" is no exact duration: use days or weeks such as P28D',
        id="a contract's rest in months",
    ),
    pytest.param(
        "checks.yaml",
        "rests_on: [dpia-signed]",
        "rests_on: [dpia-singed]",
        'check "dpia" has "dpia-singed" as "rests_on", which is no evidence of this programme: '
        'did you mean "dpia-signed"?',
        id="a ground that nobody brings",
    ),
    pytest.param(
        "checks.yaml",
        "traits: [medical-device]",
        "traits: [medical-devise]",
        'check "medical-device" has "medical-devise" as "traits": did you mean "medical-device"?',
        id="an unknown trait",
    ),
    pytest.param(
        PLAN,
        "finding: training}",
        "finding: trainings}",
        'evidence "pilot-training-record" has "trainings" as "finding", which is no kind of finding of this '
        'programme: did you mean "training"?',
        id="an unknown kind of finding to bring",
    ),
    pytest.param(
        PLAN,
        "{id: technical-test-report,",
        "{id: dpia,",
        'the evidence "dpia" bears the name of a check, which is signed and never brought: '
        "give it another name",
        id="evidence called after a check",
    ),
    pytest.param(
        "plans/standardisation.yaml",
        "draws_on: [acceptance]",
        "draws_on: [aceptance]",
        'step "write-change-management" has "aceptance" as "draws_on", which is no evidence of this '
        'programme: did you mean "acceptance"?',
        id="a step that draws on nothing",
    ),
    pytest.param(
        "frame.yaml",
        "finding: nomad}",
        "finding: nomd}",
        'output "acceptance" has "nomd" as "finding", which is no kind of finding of this programme: '
        'did you mean "nomad"?',
        id="an output of an unknown kind",
    ),
    pytest.param(
        "boards.yaml",
        "islands: some",
        "islands: some\n    islands: none",
        'the key "islands" stands twice, first on line 10: keep one of them',
        id="a repeated key",
    ),
    pytest.param(
        "playbooks/standard.yaml",
        "  change-management: >-",
        "  chang-management: >-",
        'playbook "standard" has "chang-management" as "sections", which is no section of this programme: '
        'did you mean "change-management"?',
        id="an unknown section",
    ),
    pytest.param(
        "measures.yaml",
        "- measure: recovery-rate",
        "- measure: recovry-rate",
        'this list of measures has "recovry-rate" as "measure", which is no measure of this programme: '
        'did you mean "recovery-rate"?',
        id="a figure of an unknown measure",
    ),
    pytest.param(
        "measures.yaml",
        "finding: reach",
        "finding: reech",
        'measure "referrals-per-1000" has "reech" as "finding": did you mean "reach"?',
        id="an unknown kind of finding",
    ),
    pytest.param(
        "measures.yaml",
        "points: 4, assumption: true",
        "points: 4, assumption: perhaps",
        'instrument "epds" has "perhaps" as "assumption": it should be true or false',
        id="a doubt that is no mark",
    ),
    pytest.param(
        PLAN,
        "guidance: Look at the counts",
        "guidance: Ask ann@example.org and look at the counts",
        "the text holds an e-mail address: remove it: nothing here may identify a person",
        id="identifying data",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), WRONG_VALUES)
def test_a_wrong_value_is_reported_on_its_line(
    scotland: Path, file: str, old: str, new: str, message: str
) -> None:
    """The message names file and line, what is wrong and what to do."""
    line, found = spoil(scotland, file, old, new)
    assert f"{scotland / file}:{line}: {message}" in found, found


def test_entities_that_depend_on_each_other_are_reported_where_the_circle_closes(scotland: Path) -> None:
    """The line is that of one of the dependencies in the circle."""
    file = "catalogue/infrastructure.yaml"
    replace(
        scotland / file,
        "levels: [national, long-term]\n",
        "levels: [national, long-term]\n"
        "    depends_on:\n      - {entity: board-digital-therapies-teams, kind: extends}\n",
    )
    (problem,) = problems_of(scotland)
    assert "depend on each other in a circle" in problem.what
    lines = (scotland / file).read_text(encoding="utf-8").splitlines()
    assert problem.line is not None
    assert "entity:" in lines[problem.line - 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(b"", ": the file is empty: fill it, or remove it", id="an empty file"),
        pytest.param(b"# nothing\n", ": the file is empty: fill it, or remove it", id="only a comment"),
        pytest.param(b"id: a\nsteps: [\n", ":3: this is not valid YAML", id="a syntax error"),
        pytest.param(b"id: a\n\tid: b\n", ":2: this is not valid YAML", id="a tab"),
        pytest.param(b"id: a\ntitle: \xff\n", ":2: the file is not UTF-8 text", id="another encoding"),
        pytest.param(b"id: a\ntitle: &x b\n", ":2: an anchor or an alias stands here", id="an anchor"),
        pytest.param(b"id: a\ntitle: *x\n", ":2: an anchor or an alias stands here", id="an alias"),
        pytest.param(b"id: !!python/name:os.system x\n", ":1: the tag ", id="a tag"),
        pytest.param(b"id: a\n---\nid: b\n", ":2: a second document begins here", id="two documents"),
        pytest.param(b"id: " + b"[" * 100_000, ":1: this is nested more than 20 deep", id="deep nesting"),
        pytest.param(b"? [a]\n: b\n", ":1: a list or a mapping stands where a key", id="a list as key"),
        pytest.param(b'id: "a\\0b"\n', ":1: the text holds a control character", id="an escaped NUL"),
        pytest.param(b'id: "\\ud800"\n', ":1: ", id="half a character"),
        pytest.param(b"id: a\x01b\n", ":1: this is not valid YAML", id="a raw control character"),
        pytest.param(b"#" * (SIZE_LIMIT + 1), ": the file is larger than 1 MiB: ", id="a huge file"),
        pytest.param(b"- a\n", ":1: this plan has a list as ", id="a list at the top"),
        pytest.param(b"just words\n", ':1: this plan has "just words" as ', id="a word at the top"),
    ],
)
def test_a_file_that_is_no_plain_yaml_is_one_problem(scotland: Path, text: bytes, message: str) -> None:
    """Nothing in a file can hang, grow or be taken for something else."""
    path = scotland / "plans" / "sustain.yaml"
    path.write_bytes(text)
    (problem,) = [each for each in problems_of(scotland) if each.file == str(path)]
    assert str(problem).startswith(f"{path}{message}")


def test_a_billion_laughs_are_refused_at_the_first(scotland: Path) -> None:
    """Aliases cannot make a small file grow in memory."""
    path = scotland / "plans" / "sustain.yaml"
    path.write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", encoding="utf-8")
    assert [(each.line, each.file) for each in problems_of(scotland)] == [(1, str(path))]


def test_an_unreadable_file_is_a_problem_and_not_a_crash(scotland: Path) -> None:
    """A directory stands where a file should."""
    (scotland / "gates.yaml").unlink()
    (scotland / "gates.yaml").mkdir()
    assert f"{scotland / 'gates.yaml'}: there is no such file: add it, or correct the path" in {
        str(problem) for problem in problems_of(scotland)
    }


def test_a_missing_file_is_named_without_blaming_those_who_refer_to_it(scotland: Path) -> None:
    """One cause, one problem."""
    (scotland / "roles.yaml").unlink()
    (problem,) = problems_of(scotland)
    assert (problem.file, problem.line) == (str(scotland / "roles.yaml"), None)


def test_a_stray_file_is_a_problem(scotland: Path) -> None:
    """A plan that nobody reads because of its name is found."""
    (scotland / "plans" / "extra.yml").write_text("id: extra\n", encoding="utf-8")
    (problem,) = problems_of(scotland)
    assert problem.what == "this is no file of a programme"


def test_a_missing_directory_is_a_problem(tmp_path: Path) -> None:
    """The path is named."""
    (problem,) = problems_of(tmp_path / "wales")
    assert problem.file == str(tmp_path / "wales")


def test_a_missing_key_is_named_with_its_step(scotland: Path) -> None:
    """The line is that of the step which lacks it."""
    line, found = spoil(
        scotland, PLAN, "    owner: digital-lead\n    needs: [appoint-lead]\n", "    needs: [appoint-lead]\n"
    )
    start = line - 3
    assert f'{scotland / PLAN}:{start}: step "test-technology" lacks "owner": add it' in found, found


def test_a_step_that_stands_twice_is_reported_at_the_second(scotland: Path) -> None:
    """The first one's line is named too."""
    line, found = spoil(scotland, PLAN, "- id: run-pilot", "- id: open-pilot")
    assert any(
        text.startswith(f'{scotland / PLAN}:{line}: the step "open-pilot" stands twice') for text in found
    )


def test_evidence_that_two_steps_ask_for_is_reported(scotland: Path) -> None:
    """A gate could not tell which of them it rests on."""
    line, found = spoil(scotland, PLAN, "{id: acceptance,", "{id: risk-procedure,")
    assert any(
        text.startswith(f'{scotland / PLAN}:{line}: the evidence "risk-procedure" stands twice')
        for text in found
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("boards.yaml", "- id: borders", "- id: fife", 'the board "fife" stands twice'),
        ("boards.yaml", "retired_codes: [S08000018]", "retired_codes: [S08000015]", "the board code"),
        ("roles.yaml", "id: policy-lead", "id: national-advisor", 'the role "national-advisor" stands twice'),
        ("gates.yaml", "- id: scale", "- id: begin", 'the gate "begin" stands twice'),
        ("plans/adoption.yaml", "id: adoption", "id: sustain", 'the plan "sustain" stands twice'),
        (
            "catalogue/innovation.yaml",
            "id: innovation",
            "id: platform",
            'the category "platform" stands twice',
        ),
        ("catalogue/remote-monitoring.yaml", "- id: national-proms-pathway", "- id: near-me", "the entity"),
        ("measures.yaml", "- id: uptake-rate", "- id: activation-rate", 'the measure "activation-rate"'),
    ],
)
def test_a_name_that_stands_twice_is_reported(
    scotland: Path, file: str, old: str, new: str, what: str
) -> None:
    """Across files as well as within one."""
    replace(scotland / file, old, new)
    assert any("stands twice" in each.what and each.what.startswith(what) for each in problems_of(scotland))


def test_a_board_in_two_waves_is_reported_at_the_second(scotland: Path) -> None:
    """Pilots count as a wave."""
    file = "technologies/ccbt-perinatal.yaml"
    line, found = spoil(scotland, file, "boards: [lanarkshire,", "boards: [tayside,")
    assert any(
        text.startswith(f'{scotland / file}:{line}: the board "tayside" stands twice') for text in found
    )


def test_a_wave_cannot_be_called_after_the_pilots(scotland: Path) -> None:
    """The pilots are a wave of that name already."""
    file = "technologies/ccbt-perinatal.yaml"
    line, found = spoil(scotland, file, "- name: mastermind-2014", "- name: pilots")
    assert any(text.startswith(f'{scotland / file}:{line}: the wave "pilots" stands twice') for text in found)


def test_a_proof_of_concept_that_leaves_out_a_priority_is_reported(scotland: Path) -> None:
    """All nine have to be covered; the proposal that uses the plan is named."""
    file = "technologies/ccbt-perinatal.yaml"
    replace(scotland / PLAN, "priority: staff-training", "priority: rapid-evidence")
    (problem,) = problems_of(scotland)
    assert problem.file == str(scotland / file)
    assert problem.what.endswith('has no step with the priority "staff-training"')


def test_a_playbook_that_leaves_out_a_section_is_reported(scotland: Path) -> None:
    """All six have to be filled."""
    file = "playbooks/standard.yaml"
    text = (scotland / file).read_text(encoding="utf-8")
    (scotland / file).write_text(re.sub(r"  delivery: >-\n(    .*\n)+", "", text), encoding="utf-8")
    (problem,) = problems_of(scotland)
    assert problem.what == 'the playbook lacks the section "delivery"'


def test_a_playbook_without_mitigations_is_reported(scotland: Path) -> None:
    """The standardised approach says what to expect."""
    file = "playbooks/standard.yaml"
    text = (scotland / file).read_text(encoding="utf-8")
    spoilt = re.sub(r"mitigations:\n(  .*\n)+", "mitigations: []\n", text)
    (scotland / file).write_text(spoilt, encoding="utf-8")
    (problem,) = problems_of(scotland)
    assert problem.what == "the playbook lists no mitigations"


def test_a_gate_that_needs_evidence_of_another_stage_is_reported(scotland: Path) -> None:
    """The evidence exists, but not when this gate is decided."""
    replace(scotland / "gates.yaml", "evidence: strategic-case}", "evidence: benefits-review}")
    (problem,) = problems_of(scotland)
    assert (Path(problem.file).name, problem.what) == (
        "ccbt-perinatal.yaml",
        (
            'gate "begin" asks for "benefits-review" (own), which nothing brings by then: '
            "no step asks for it there"
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        pytest.param(
            "evidence: strategic-case}",
            "evidence: acceptance, source: pilots}",
            'gate "begin" asks for "acceptance" (pilots), which nothing brings by then: '
            "no step asks for it at every pilot board",
            id="pilots before there are any",
        ),
        pytest.param(
            "evidence: early-life-report}",
            "evidence: acceptance, source: pilots}",
            'gate "handover" asks for "acceptance" (pilots), which nothing brings by then: '
            "no step asks for it at every pilot board",
            id="pilots at a board",
        ),
        pytest.param(
            "evidence: early-life-report}",
            "evidence: benefits-review, source: national}",
            'gate "handover" asks for "benefits-review" (national), which nothing brings by then: '
            "no step asks for it nationally",
            id="the nation's end before the boards'",
        ),
        pytest.param(
            "evidence: dpia\n        source: pilots",
            "evidence: island-communities-impact\n        source: pilots",
            'gate "scale" asks for "island-communities-impact" (pilots), which nothing brings by then: '
            "no check of that name is signed at every pilot board",
            id="a check that not every pilot signs",
        ),
        pytest.param(
            "evidence: accessibility\n",
            "evidence: equality-impact\n",
            'gate "begin" asks for "equality-impact" (own), which nothing brings by then: '
            "no check of that name is signed there",
            id="a board's check nationally",
        ),
    ],
)
def test_a_gate_can_only_ask_for_what_is_there_by_then(scotland: Path, old: str, new: str, what: str) -> None:
    """Whatever the source, it has to be able to answer when the gate opens."""
    replace(scotland / "gates.yaml", old, new)
    (problem,) = problems_of(scotland)
    assert problem.what == what


def test_a_quorum_that_cannot_be_reached_is_reported(scotland: Path) -> None:
    """At its gate, with what to do."""
    file = "gates.yaml"
    line, found = spoil(scotland, file, "quorum: 2", "quorum: 4")
    (message,) = found
    assert message.endswith('gate "begin" asks 4 to agree and has 3 seats: lower the quorum or add seats')
    told = int(message.removeprefix(f"{scotland / file}:").split(":")[0])
    lines = (scotland / file).read_text(encoding="utf-8").splitlines()
    assert "id: begin" in lines[told - 1]
    assert told < line


def test_figures_are_asked_for_where_a_gate_reads_them(scotland: Path) -> None:
    """A plain statement could never be compared with a threshold."""
    replace(scotland / "playbooks/standard.yaml", ", finding: training}", "}")
    (problem,) = problems_of(scotland)
    assert problem.what == (
        'criterion "trained" of gate "go-live" reads the evidence "training-record", '
        "which a step asks for without saying what kind of finding it is"
    )
    assert problem.fix == "ask for it with finding: training"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "        source: pilots\n        test: {kind: weigh}\n",
            "        source: pilots\n        minimum_boards: 3\n        test: {kind: weigh}\n",
            'criterion "acceptance" of gate "scale" asks 3 pilots to meet it, of 2',
        ),
        (
            "        minimum_sample: 20\n",
            "        minimum_sample: 20\n        minimum_boards: 1\n",
            'criterion "activation" of gate "handover" counts boards and asks no pilots',
        ),
    ],
)
def test_no_more_pilots_are_counted_than_there_are(scotland: Path, old: str, new: str, what: str) -> None:
    """A gate that waits for a third of two boards would wait for ever."""
    replace(scotland / "gates.yaml", old, new)
    (problem,) = problems_of(scotland)
    assert problem.what == what


def test_a_release_cannot_send_a_wave_back(scotland: Path) -> None:
    """There is nothing before a wave that could be done again."""
    replace(
        scotland / "gates.yaml", "      release: proceed\n", "      release: proceed\n      again: repeat\n"
    )
    (problem,) = problems_of(scotland)
    assert problem.what.startswith("Release of a wave stands before a wave, where there is nothing to repeat")


def test_going_live_needs_only_what_a_track_provides(scotland: Path) -> None:
    """No board could ever go live; and what is provided is an entry of the catalogue."""
    replace(scotland / "plans" / "infrastructure.yaml", "    provides: national-training-platform\n", "")
    (problem,) = problems_of(scotland)
    assert problem.what == 'Going live needs "national-training-platform", which no step of a track provides'
    assert problem.file.endswith("ccbt-perinatal.yaml")
    replace(
        scotland / "plans" / "infrastructure.yaml", "workforce-model\n    guid", "workforce-modle\n    guid"
    )
    assert any("national-workforce-modle" in problem.what for problem in problems_of(scotland))


def test_a_gate_that_opens_by_itself_cannot_ask_for_a_judgement(scotland: Path) -> None:
    """It would wait for ever for what only a person can say."""
    file = "gates.yaml"
    contract = """test:
          kind: under-contract
          left: P274D
          owner: national-programme-team
          source: Planning assumptions of this installation
          date: 2026-11-25"""
    line, found = spoil(scotland, file, contract, "test: {kind: weigh}")
    message = (
        'gate "release" opens by itself, and criterion "under-contract" has to be weighed by a person: '
        "leave out automatic, or do not require the criterion"
    )
    assert found == [f"{scotland / file}:{line}: {message}"]


def test_a_priority_ends_in_what_the_pilots_bring(scotland: Path) -> None:
    """The technology whose proof of concept does not bring it is named."""
    replace(scotland / "frame.yaml", "{id: risk-procedure,", "{id: local-plan,")
    whats = {problem.what for problem in problems_of(scotland)}
    assert whats == {
        (
            'the priority "risk-management-and-workforce" ends in "local-plan", which no step of plan '
            '"proof-of-concept" with that priority asks for'
        )
    }


def test_a_priority_and_the_pilots_mean_the_same_kind_of_finding(scotland: Path) -> None:
    """Figures in one and a statement in the other would be two things of one name."""
    replace(scotland / "frame.yaml", ", finding: outcomes}", "}")
    (problem,) = problems_of(scotland)
    assert problem.what == (
        'the priority "rapid-evidence" ends in "impact-evidence" as a statement and plan '
        '"proof-of-concept" asks for it as outcomes'
    )


def test_what_was_learned_has_to_be_used(scotland: Path) -> None:
    """A finding that no step of the standardised approach draws on was found in vain."""
    replace(scotland / "plans/standardisation.yaml", "    draws_on: [acceptance]\n", "")
    (problem,) = problems_of(scotland)
    assert problem.what == (
        'no step of plan "standardisation" draws on "acceptance", '
        'in which the priority "foundation-of-acceptance" ends'
    )


@pytest.mark.parametrize(
    ("file", "old"),
    [
        ("plans/sustain.yaml", "    guidance: Diary each"),
        ("plans/adoption.yaml", "    guidance: Referrers, staff"),
        ("playbooks/standard.yaml", "      guidance: Go through the six sections and"),
    ],
)
def test_a_step_that_waits_for_findings_that_never_come_is_reported(
    scotland: Path, file: str, old: str
) -> None:
    """Only the plan that standardises is given what pilots found."""
    indent = " " * (len(old) - len(old.lstrip()))
    replace(scotland / file, old, f"{indent}draws_on: [acceptance]\n{old}")
    (problem,) = problems_of(scotland)
    assert "draws on what pilots found" in problem.what


def test_a_check_rests_on_what_is_there_when_it_is_signed(scotland: Path) -> None:
    """A board's check cannot rest on the nation's evidence, nor on what comes after go-live."""
    replace(scotland / "checks.yaml", "rests_on: [cyber-assessment]", "rests_on: [two-returns]")
    (problem,) = problems_of(scotland)
    assert problem.what == (
        'the check "cyber-resilience" rests on "two-returns", which no step asks for when a board implements'
    )


def test_a_check_of_the_nation_says_nothing_of_boards(scotland: Path) -> None:
    """It is signed once, so no board can be left out of it."""
    replace(
        scotland / "checks.yaml",
        "    per: technology\n    signers: [security-lead]\n",
        "    per: technology\n    boards: with-islands\n    signers: [security-lead]\n",
    )
    (problem,) = problems_of(scotland)
    assert problem.what == 'check "cyber-essentials" is signed once for each technology and speaks of boards'


def test_the_breaks_of_a_contract_lie_within_its_term(scotland: Path) -> None:
    """In their order."""
    replace(scotland / "catalogue/platforms.yaml", "[12, 24, 36, 48]", "[12, 24, 48, 60]")
    (problem,) = problems_of(scotland)
    assert problem.what == (
        'the breaks of contract "ccbt-platform" do not follow each other within its 60 months'
    )


def test_coverage_names_boards_where_it_is_some(scotland: Path) -> None:
    """A rule over several values, reported at the statement."""
    file = "catalogue/platforms.yaml"
    line, found = spoil(scotland, file, "      extent: all", "      extent: some")
    message = 'coverage "some" names 0 boards: name the boards where the extent is "some", and only there'
    assert found == [f"{scotland / file}:{line - 1}: {message}"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "caseness: {points: 10}",
            "caseness: {points: 28}",
            'instrument "phq-9" has 28, which is outside 0 to 27',
        ),
        ("bands: [5, 10, 15, 20]", "bands: [5, 15, 10, 20]", 'the bands of instrument "phq-9" do not rise'),
        (
            "    numerator: Treatments started\n",
            "",
            'measure "uptake-rate" has one part of a ratio',
        ),
        (
            "{number: 4, label: Internalization}",
            "{number: 5, label: Internalization}",
            'the items of construct "coherence" are not numbered from 1 to 4',
        ),
    ],
)
def test_measures_that_contradict_themselves_are_reported(
    scotland: Path, old: str, new: str, what: str
) -> None:
    """A definition that cannot be right would make every figure wrong."""
    replace(scotland / "measures.yaml", old, new)
    (problem,) = problems_of(scotland)
    assert problem.what == what


def test_every_problem_of_every_file_comes_at_once(scotland: Path) -> None:
    """Nobody has to mend one mistake to be told of the next."""
    first = replace(scotland / PLAN, "owner: digital-lead", "owner: nobody")
    second = replace(scotland / "boards.yaml", "region: east", "region: south")
    (scotland / "plans" / "sustain.yaml").write_text("", encoding="utf-8")
    found = {(Path(each.file).name, each.line) for each in problems_of(scotland)}
    assert {("proof-of-concept.yaml", first), ("boards.yaml", second), ("sustain.yaml", None)} <= found


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(alphabet="ab:- \n\t[]{},#&*!|>'\"%@?0.9~\x00\ud800é", max_size=60))
def test_any_text_is_either_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """No text makes the reader fail in another way."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    document, problems = read_document(path)
    if document is None:
        assert problems
    else:
        fit(Plan, document, "plan")


SCALARS = (
    "role|finding|reading|owner|area|input|level|priority|section|category|entity|service|board|replaced_by|source|evidence|"
    "assessment|proof_of_concept|standardisation|sustain|adoption|infrastructure|begin|scale|approve_playbook|"
    "release|go_live|handover|release_halt"
)
LISTS = "needs|signers|levels|pilots|boards|national|rests_on|draws_on|escalates_to|approvers|traits"
REFERENCE = re.compile(
    rf"\b(?:{SCALARS}): (?P<scalar>[A-Za-z][^,\}}\[\n#]*[a-z0-9)])"
    rf"|\b(?:{LISTS}): \[(?P<first>[a-z-]+)"
    r"|^ +- (?P<item>[a-z-]+)$"
)


def _references() -> list[tuple[str, int, int]]:
    """Every reference in the shipped files, by file, line and the column where its name ends."""
    found: list[tuple[str, int, int]] = []
    for path in sorted(SHIPPED.rglob("*.yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            match = REFERENCE.search(line)
            if match is not None and not line.lstrip().startswith("#") and match.lastgroup:
                found.append((str(path.relative_to(SHIPPED)), number, match.end(match.lastgroup)))
    return found


REFERENCES = _references()


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped programme that is put right again after each try."""
    return Path(shutil.copytree(SHIPPED, tmp_path_factory.mktemp("bench") / "scotland"))


def test_there_are_references_enough_to_try() -> None:
    """The search for them has not gone blind."""
    assert len(REFERENCES) > 400


@settings(max_examples=25, deadline=None, derandomize=True)
@given(reference=st.sampled_from(REFERENCES))
def test_any_single_broken_reference_is_reported_on_its_line(
    workbench: Path, reference: tuple[str, int, int]
) -> None:
    """Whatever name is misspelt, its own file and line are named."""
    file, number, end = reference
    path = workbench / file
    original = path.read_text(encoding="utf-8")
    lines = original.splitlines(keepends=True)
    lines[number - 1] = f"{lines[number - 1][:end]}-zz{lines[number - 1][end:]}"
    path.write_text("".join(lines), encoding="utf-8")
    try:
        found = {(problem.file, problem.line) for problem in problems_of(workbench)}
    finally:
        path.write_text(original, encoding="utf-8")
    assert (str(path), number) in found
