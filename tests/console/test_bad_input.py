"""Whatever is wrong with what was typed is one sentence on stderr, and nothing needs to run for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.settings import CODE
from tests.console.conftest import PROPOSAL, Said, Starter

TASK = "ccbt-perinatal/fife/implementation/train-staff"
SEEN = ("--statement", "As hoped", "--source", "Register 7", "--dated", "2026-11-20")
REASON = ("--reason", "x")
DECIDE = ("gate", "decide", "x", "y", "z")
CYCLE = ("--title", "Evening calls", "--priority", "engagement", "--prediction", "More finish")
ITEM = "- {{id: a, statement: b, source: c, dated: 2026-11-20, {}}}"


def assert_one_sentence(said: Said, code: int, *parts: str) -> None:
    """The exit code, nothing on stdout, and one line on stderr that says all of this."""
    assert said.code == code, said
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert "Traceback" not in said.err
    for part in parts:
        assert part in said.err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["tecnology"], ['no command "tecnology"', "did you mean technology?"]),
        (["technology", "lst"], ["lst", "list", "--help"]),
        (["technology", "show"], ["Missing argument", "TECHNOLOGY"]),
        (["technology", "list", "--colour"], ["No such option", "--colour"]),
        (["technology", "list", "-o", "yaml"], ['"yaml" is not table or json']),
        (["technology", "change", "x", "2"], ["Missing option", "--reason"]),
        (["programme", "capacity", "many", "--reason", "x"], ["N", "integer"]),
        (["programme", "capacity", "-3", "--reason", "x"], ["-3"]),
        (["gate", "decide", "x", "--reason", "y"], ["TECHNOLOGY [BOARD] GATE OUTCOME", "not 1"]),
        (["gate", "object", "x", "--reason", "y"], ["TECHNOLOGY [BOARD] GATE", "not 1"]),
        (["gate", "answer", "x", "y", "--reason", "y"], ["TECHNOLOGY [BOARD] GATE NUMBER", "not 2"]),
        (["gate", "waive", "x", "y", "z", "--reason", "y"], ["Missing option", "--until"]),
        (["gate", "decide", "x", "y", "z"], ["Missing option", "--reason"]),
        (["evidence", "add", "x", "y"], ["Missing option", "--statement"]),
        (["evidence", "withdraw", "x"], ["Missing option", "--reason"]),
        (["evidence", "expiring", "--days", "many"], ["--days", "integer"]),
        (["evidence", "expiring", "--days", "-1"], ["--days", "greater than or equal to 0"]),
        (["evidence", "shw"], ["shw", "show"]),
        (["check", "sign", "x", *SEEN], ["TECHNOLOGY [BOARD] CHECK accepted|conditional|refused", "not 1"]),
        (["cycle", "decide", "x", "y", "z", "maybe", "--reason", "r"], ['"maybe" is not adopt or adapt']),
        (["technology", "change", "x", "--reason", "r"], ["Missing argument", "VERSION"]),
    ],
)
def test_a_wrong_usage_says_what_is_right(offline: Starter, words: list[str], parts: list[str]) -> None:
    """Usage errors exit with 2 and point to the help."""
    assert_one_sentence(offline(*words), 2, *parts)


TURNS = [
    *(
        ["technology", act, "x", *which]
        for act in ("pause", "resume", "stop")
        for which in ((), ("--wave", "w"), ("--board", "fife"))
    ),
    *(
        ["technology", "reprioritise", "x", "5", *which]
        for which in ((), ("--wave", "w"), ("--board", "fife"))
    ),
    ["programme", "prioritise", "x", "5"],
    ["wave", "split", "x", "w", "--into", "fife", "--into", "lothian"],
    ["wave", "merge", "x", "w", "v"],
    ["wave", "reorder", "x", "w", "v"],
    ["wave", "move", "x", "fife", "w"],
    ["technology", "add-board", "x", "fife", "--wave", "w"],
    ["technology", "swap-pilot", "x", "fife", "lothian"],
    ["technology", "replace", "x", "--by", "y"],
    ["programme", "capacity", "5"],
    ["programme", "take-on", "w", "Work", "--lane", "developing"],
    ["programme", "finish", "w"],
]
"""Every way to change direction."""


@pytest.mark.parametrize("words", TURNS)
def test_every_change_of_direction_asks_for_a_reason_or_shows_what_it_would_do(
    offline: Starter, words: list[str]
) -> None:
    """Nothing is done without a reason, and a preview needs none."""
    assert_one_sentence(offline(*words), 1, "Say why: add --reason, or --preview")
    assert_one_sentence(offline(*words, "--preview"), 1, "does not answer")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["technology"],
        ["technology", "propose", "--help"],
        ["gate", "decide", "--help"],
        ["gate", "object", "--help"],
        ["gate", "answer", "--help"],
        ["gate", "waive", "--help"],
        ["gate", "grant", "--help"],
        ["gate", "meet", "--help"],
        ["evidence", "add", "--help"],
        ["evidence", "withdraw", "--help"],
        ["evidence", "expiring", "--help"],
        ["check", "sign", "--help"],
        ["cycle", "start", "--help"],
        ["cycle", "study", "--help"],
        ["cycle", "decide", "--help"],
        ["technology", "change", "--help"],
        ["watch", "--help"],
        ["demo", "--help"],
    ],
)
def test_help_needs_nothing(offline: Starter, words: list[str]) -> None:
    """Every command explains itself, and the leaves by an example."""
    said = offline(*words)
    shown = said.out + said.err
    assert "Usage: starter.py" in shown
    assert "--help" not in words or ("Example" in shown and said.code == 0)


@pytest.mark.parametrize(
    "words",
    [
        ["technology", "pause", "ccbt-perinatal", "--reason", "x"],
        ["task", "complete", TASK],
        ["gate", "decide", "ccbt-perinatal", "scale", "scale", "--reason", "x"],
        ["gate", "object", "ccbt-perinatal", "scale", *REASON],
        ["gate", "answer", "ccbt-perinatal", "scale", "1", *REASON],
        ["gate", "waive", "ccbt-perinatal", "scale", "impact", "--until", "2027-01-01", *REASON],
        ["gate", "grant", "ccbt-perinatal", "scale", "1", *REASON],
        ["gate", "meet", "ccbt-perinatal", "scale", "1", *REASON],
        ["evidence", "add", "ccbt-perinatal", "strategic-case", *SEEN],
        ["evidence", "withdraw", "ccbt-perinatal/strategic-case/1", *REASON],
        ["check", "sign", "ccbt-perinatal", "fife", "dpia", "accepted", *SEEN],
        ["cycle", "start", "x", "fife", "y", "--title", "t", "--priority", "p", "--prediction", "q"],
        ["cycle", "study", "x", "fife", "y", *SEEN],
        ["cycle", "decide", "x", "fife", "y", "adopt", *REASON],
        ["technology", "change", "ccbt-perinatal", "2", *REASON],
        ["programme", "capacity", "3", "--reason", "x"],
        ["technology", "propose", str(PROPOSAL)],
        ["playbook", "migrate", "ccbt-perinatal", *REASON],
    ],
)
def test_nobody_acts_anonymously(offline: Starter, words: list[str]) -> None:
    """The sentence shows how to say who acts."""
    assert_one_sentence(offline(*words), 1, "--as ROLE", "board-lead@fife", "CAIRN_AS")


def test_a_role_without_a_board_after_the_sign_is_refused(offline: Starter) -> None:
    """An unfinished claim is not taken for the whole country."""
    assert_one_sentence(offline("task", "complete", TASK, "--as", "board-lead@"), 1, "ROLE@BOARD")


def test_a_file_that_cannot_be_used_gets_its_sentence(offline: Starter, tmp_path: Path) -> None:
    """Missing, a directory, no text, too large: each is said."""
    binary, huge = tmp_path / "binary.txt", tmp_path / "huge.txt"
    binary.write_bytes(b"\xff\xfe\x00note")
    huge.write_text("x" * 5_000_000, encoding="utf-8")
    for path, part in (
        (tmp_path / "none.txt", "There is no file"),
        (tmp_path, "is a directory"),
        (binary, "is not UTF-8 text"),
        (huge, "is larger than 1 MiB"),
    ):
        said = offline("task", "complete", TASK, "--note-file", str(path), "--as", "board-lead@fife")
        assert_one_sentence(said, 1, str(path), part)


def test_a_note_that_is_too_long_is_refused_before_it_is_sent(offline: Starter, tmp_path: Path) -> None:
    """The sentence is the domain's, with the length and the limit."""
    note = tmp_path / "note.txt"
    note.write_text("n" * 900_000, encoding="utf-8")
    said = offline("task", "complete", TASK, "--note-file", str(note), "--as", "board-lead@fife")
    assert_one_sentence(said, 1, "The note has 900,000 characters", "the limit is 4,000")


@pytest.mark.parametrize(
    ("note", "part"),
    [
        ("Ring Jean on 0131 496 0000", "a telephone number"),
        ("CHI 010190 1234 was missed", "CHI"),
        ("write to jean@example.org", "an e-mail address"),
    ],
)
def test_what_identifies_somebody_is_refused_before_it_is_sent(
    offline: Starter, note: str, part: str
) -> None:
    """It never leaves this machine."""
    said = offline("task", "complete", TASK, "--note", note, "--as", "board-lead@fife")
    assert_one_sentence(said, 1, "The note holds", part)
    assert "Jean" not in said.err


def test_control_characters_are_no_text(offline: Starter, tmp_path: Path) -> None:
    """They could not be kept, or would take over the terminal of whoever reads them."""
    note = tmp_path / "note.txt"
    for character in ("\x00", "\x1b"):
        note.write_text(f"fine{character}[31m", encoding="utf-8")
        said = offline("task", "complete", TASK, "--note-file", str(note), "--as", "board-lead@fife")
        assert_one_sentence(said, 1, "control characters")


@pytest.mark.parametrize(
    ("evidence", "parts"),
    [
        ("training-record", ['written as "ID=']),
        ("training-record=41 of 44 @ report", ['written as "ID=']),
        ("training-record=41 of 44 @ report @ last week", ['dated "last week"', "YYYY-MM-DD"]),
        ("Training Record=41 of 44 @ report @ 2026-11-20", ["no name of evidence"]),
    ],
)
def test_evidence_is_written_in_one_way(offline: Starter, evidence: str, parts: list[str]) -> None:
    """The sentence shows the way."""
    said = offline("task", "complete", TASK, "--evidence", evidence, "--as", "board-lead@fife")
    assert_one_sentence(said, 1, *parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- id: a\n  statement: [", ["evidence.yaml:", "not well-formed"]),
        ("id: a", ["is a list"]),
        ("- {id: a, statement: b, source: c, dated: 2026-11-20, mood: d}", ["item 1", '"mood"']),
        ("- {id: a, statement: b, source: c}", ["item 1", '"dated" is missing']),
        (ITEM.format("expires: next year"), ['item 1: this evidence expires "next year"', "YYYY-MM-DD"]),
        (ITEM.format("finding: 41 of 44"), ["item 1", "a finding has a kind", "template"]),
        (ITEM.format("finding: {kind: poem}"), ["item 1", "no known kind", "choose from contract"]),
        (ITEM.format("finding: {kind: training}"), ["item 1", 'lacks "roles"']),
        (
            ITEM.format("finding: {kind: training, roles: [{role: a, eligible: 1, trained: 2}]}"),
            ["item 1", "more"],
        ),
        (ITEM.format("finding: {kind: training, roles: [], colour: red}"), ["item 1"]),
        (ITEM.format("finding: {kind: sign-off, verdict: accepted}"), ["item 1", "no known kind"]),
        (ITEM.format("finding: {kind: nomad, ? [a, b] : c}"), ["item 1", "neither text, number nor day"]),
        (ITEM.format("finding: &f {kind: training, roles: *f}"), ["item 1"]),
        (ITEM.format("finding: {kind: measure, value: .nan}"), ["item 1"]),
        ("[" * 5000, ["not well-formed"]),
        (ITEM.format("expires: 2026-99-99"), ["not well-formed"]),
    ],
)
def test_an_evidence_file_is_read_strictly(
    offline: Starter, tmp_path: Path, text: str, parts: list[str]
) -> None:
    """The sentence names the place."""
    path = tmp_path / "evidence.yaml"
    path.write_text(text, encoding="utf-8")
    said = offline("task", "complete", TASK, "--evidence-file", str(path), "--as", "board-lead@fife")
    assert_one_sentence(said, 1, str(path), *parts)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (
            [*DECIDE, "--accept", "acceptance", *REASON],
            ['CRITERION="WHY', '"acceptance"'],
        ),
        ([*DECIDE, "--accept", "acceptance= ", *REASON], ['CRITERION="WHY']),
        (
            [*DECIDE, "--accept", "a b=why", *REASON],
            ['"a b" is no name of a criterion'],
        ),
        (
            [*DECIDE, "--condition", "two trainers", *REASON],
            ["TEXT @ OWNER @", "is not"],
        ),
        (
            [*DECIDE, "--condition", "t @ policy-lead @ soon", *REASON],
            ['"soon"', "YYYY"],
        ),
        ([*DECIDE, "--reason", " "], ["A reason is needed"]),
        ([*DECIDE, "--reason", "Ring 0131 496 0000"], ["a telephone number"]),
        (["gate", "waive", "x", "y", "z", "--until", "May", *REASON], ["waiver ends", '"May"', "YYYY-MM-DD"]),
        (["gate", "waive", "x", "y", "z", "--until", "2026-11-20Tnoon", *REASON], ["YYYY-MM-DDTHH:MMZ"]),
        (["gate", "answer", "x", "y", "first", *REASON], ['"first" is no number of an objection']),
        (["gate", "grant", "x", "y", "none", *REASON], ["no number of a waiver"]),
        (["gate", "meet", "x", "y", "9999999", *REASON], ["no number of a condition"]),
        (["gate", "meet", "x", "Go Live", "1", *REASON], ['"Go Live" is no name of a gate']),
        (["evidence", "add", "x", "Strategic Case", *SEEN], ['"Strategic Case" is no name of evidence']),
        (["evidence", "add", "x", "y", *SEEN, "--expires", "never"], ['expires "never"', "YYYY-MM-DD"]),
        (["evidence", "add", "x", "y", *SEEN, "--statement", " "], ["The statement is empty"]),
        (["evidence", "add", "x", "y", *SEEN, "--dated", "today"], ['dated "today"', "YYYY-MM-DD"]),
        (["evidence", "add", "x", "y", *SEEN, "--finding", "none.yaml"], ["There is no file none.yaml"]),
        (["evidence", "add", "x", "y", *SEEN, "--source", "jean@example.org"], ["an e-mail address"]),
        (["evidence", "add", "x", "y", *SEEN, "--statement", "s" * 5000], ["the limit is 4,000"]),
        (["check", "sign", "x", "dpia", "accept", *SEEN], ['not signed "accept"', "did you mean accepted?"]),
        (["check", "sign", "x", "dpia", "maybe", *SEEN], ["choose from accepted, conditional, refused"]),
        (["check", "sign", "x", "dpia", "accepted", *SEEN, "--dated", "x"], ["day of the signature", '"x"']),
        (["cycle", "start", "x", "fife", "A B", *CYCLE], ['"A B" is no name of a test of change']),
        (["cycle", "start", "x", "fife", "y", *CYCLE, "--title", "t" * 400], ["one line of up to 300"]),
        (["cycle", "study", "x", "fife", "y", *SEEN, "--dated", "x"], ['dated "x"']),
        (["technology", "change", "x", " ", *REASON], ["The version has to be one line"]),
    ],
)
def test_a_decision_is_written_in_one_way(offline: Starter, words: list[str], parts: list[str]) -> None:
    """What is wrong with it is said before anybody is asked."""
    assert_one_sentence(offline(*words, "--as", "board-lead@fife"), 1, *parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- kind: training", ["a finding has a kind"]),
        ("kind: training\nroles: [{role: nurse, eligible: 40, trained: 50}]", ["50", "more than"]),
        ("kind: contract\nstarts: 2026-01-01\nends: 2025-01-01", ["ends on 2025-01-01", "swap"]),
        ("kind: document\ntitle: DPIA\nreference: Register 7\nsha256: abc", ["64 hexadecimal digits"]),
        ("kind: nasss", ['lacks "condition"']),
        ("", ["a finding has a kind"]),
    ],
)
def test_a_finding_is_read_strictly(offline: Starter, tmp_path: Path, text: str, parts: list[str]) -> None:
    """The sentence is that of the rule that it breaks, with the file's name."""
    path = tmp_path / "finding.yaml"
    path.write_text(text, encoding="utf-8")
    words = ["evidence", "add", "x", "fife", "y", *SEEN, "--finding", str(path), "--as", "board-lead@fife"]
    assert_one_sentence(offline(*words), 1, str(path), *parts)


def test_a_proposal_that_cannot_be_read_is_refused_with_its_place(offline: Starter, tmp_path: Path) -> None:
    """Malformed YAML and an unknown key are named with file and line."""
    path = tmp_path / "proposal.yaml"
    path.write_text("technology: [", encoding="utf-8")
    assert_one_sentence(offline("technology", "propose", str(path), "--as", "x"), 1, f"{path}:")
    path.write_text(PROPOSAL.read_text(encoding="utf-8") + "\ncolour: blue\n", encoding="utf-8")
    said = offline("technology", "propose", str(path), "--as", "national-advisor")
    assert_one_sentence(said, 1, f"{path}:", "colour")
    said = offline("technology", "propose", str(tmp_path), "--as", "national-advisor")
    assert_one_sentence(said, 1, "is a directory")


@pytest.mark.parametrize("day", ["1 day", "PT0S", "-PT1S"])
def test_a_day_has_a_length(offline: Starter, day: str) -> None:
    """The sentence shows how one is written."""
    said = offline("technology", "propose", str(PROPOSAL), "--day", day, "--as", "national-advisor")
    assert_one_sentence(said, 1, day)


def test_a_playbook_whose_steps_wait_for_each_other_is_refused(offline: Starter, tmp_path: Path) -> None:
    """The steps that form the ring are named."""
    text = (CODE / "programme/scotland/playbooks/standard.yaml").read_text(encoding="utf-8")
    first = text.index("- id: ", text.index("implementation:"))
    line_end = text.index("\n", first)
    step = text[first + len("- id: ") : line_end].strip()
    path = tmp_path / "ring.yaml"
    path.write_text(f"{text[:line_end]}\n      needs: [{step}]{text[line_end:]}", encoding="utf-8")
    said = offline("playbook", "publish", "ccbt-perinatal", str(path), "--as", "national-advisor")
    assert said.code == 1
    assert said.out == ""
    assert str(path) in said.err


def test_every_problem_of_a_programme_is_listed(offline: Starter, tmp_path: Path) -> None:
    """One line each."""
    said = offline("catalogue", "load", str(tmp_path / "none"))
    assert_one_sentence(said, 1, "there is no such directory")
    (tmp_path / "roles.yaml").write_text("roles: nobody", encoding="utf-8")
    said = offline("catalogue", "load", str(tmp_path))
    assert said.code == 1
    assert said.err.count("\n") > 3
    assert f"{tmp_path}/programme.yaml: there is no such file" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["technology", "list"],
        ["task", "show", TASK],
        ["catalogue", "coverage", "-o", "json"],
        ["gate", "list"],
        ["gate", "show", "ccbt-perinatal"],
        ["evidence", "list", "--all"],
        ["evidence", "show", "ccbt-perinatal/strategic-case/1"],
        ["evidence", "expiring"],
        ["check", "list"],
        ["cycle", "list", "-o", "json"],
        ["gate", "object", "x", "y", *REASON, "--as", "national-advisor"],
        ["evidence", "add", "x", "y", *SEEN, "--as", "national-advisor"],
        ["check", "sign", "x", "y", "refused", *SEEN, "--as", "national-advisor"],
        ["playbook", "migrate", "ccbt-perinatal", "--preview"],
        ["playbook", "diff", "ccbt-perinatal"],
        ["playbook", "durations", "ccbt-perinatal", "-o", "json"],
        ["events", "tail"],
        ["watch", "ccbt-perinatal"],
        ["programme", "capacity", "3", "--reason", "more staff", "--as", "national-advisor"],
    ],
)
def test_no_database_is_one_sentence(offline: Starter, words: list[str]) -> None:
    """It says where it looked and what to run, and no password."""
    said = offline(*words)
    assert_one_sentence(said, 1, "PostgreSQL at 127.0.0.1:9/cairn", "`make up`", "CAIRN_DATABASE_URL")
    assert "secret" not in said.err


def test_a_broken_state_file_is_one_sentence(offline: Starter, tmp_path: Path) -> None:
    """It names the file and what to do."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "stack.json").write_text("{", encoding="utf-8")
    said = offline("technology", "list", CAIRN_DATABASE_URL="")
    assert_one_sentence(said, 1, "stack.json", "make up")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_one_sentence() -> None:
    """Nothing is lost in silence."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, str(CODE / "starter.py"), "technology", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "could not be written" in done.stderr


def test_the_doctor_names_every_ailment_and_its_cure(offline: Starter) -> None:
    """It fails where something is wrong, and says what to do."""
    said = offline("doctor", "-o", "json")
    assert said.code == 1
    findings = {finding["check"]: finding for finding in said.json}
    assert findings["Python"]["ok"]
    for check in ("Temporal server", "PostgreSQL"):
        assert not findings[check]["ok"]
        assert "make up" in findings[check]["fix"]
