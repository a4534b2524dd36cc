"""Scotland's programme as shipped: complete, sourced and usable as it stands."""

from datetime import date, timedelta

import pytest

from domain.catalogue import EntityKind, Islands
from domain.criterion import Flag, Limit, Shift, Signed, Threshold, UnderContract, Weigh
from domain.findings import Nasss, Nomad, read_finding
from domain.findings.nomad import REVERSED
from domain.findings.slugs import UNITS
from domain.gate import Gate
from domain.infrastructure import provided_by
from domain.plan import Plan
from domain.playbook import check_playbook
from domain.proposal import Proposal
from programme.contents import Programme
from programme.references import KINDS_OF_FINDING
from rehearsal.findings import rehearsed


def longest_path(plan: Plan) -> timedelta:
    """How long a plan takes when nothing is late."""
    ends: dict[str, timedelta] = {}

    def end_of(step: str) -> timedelta:
        if step not in ends:
            needs = plan.by_id[step].needs
            ends[step] = plan.by_id[step].duration + max(map(end_of, needs), default=timedelta(0))
        return ends[step]

    return max(end_of(step.id) for step in plan.steps)


def every_plan(programme: Programme) -> tuple[Plan, ...]:
    """The national plans, the proof of concept and the playbook's two."""
    (playbook,) = programme.playbooks
    return (*programme.plans, playbook.implementation, playbook.handover)


def asked_at(gate: Gate) -> tuple[str, ...]:
    """The evidence that a gate asks for."""
    return tuple(criterion.evidence for criterion in gate.criteria)


def signatures_of(gate: Gate) -> dict[str, tuple[str, bool]]:
    """What a gate makes of each signature: on terms, and after a change."""
    return {
        it.evidence: (it.test.on_terms, it.same_version)
        for it in gate.criteria
        if isinstance(it.test, Signed)
    }


def test_the_fourteen_boards_hold_the_whole_population(shipped: Programme) -> None:
    """No board is missing or counted twice."""
    assert len(shipped.boards) == 14
    assert sum(board.population.value for board in shipped.boards) == 5_438_100


def test_the_island_boards_are_the_three_and_the_two_with_islands(shipped: Programme) -> None:
    """The island assessment applies in five boards."""
    by_extent = {
        extent: {board.id for board in shipped.boards if board.islands is extent} for extent in Islands
    }
    assert by_extent[Islands.ALL] == {"orkney", "shetland", "western-isles"}
    assert by_extent[Islands.SOME] == {"highland", "ayrshire-and-arran"}


def test_the_retired_codes_lead_to_the_boards_of_today(shipped: Programme) -> None:
    """Old extracts can still be read."""
    assert {code: board.id for board in shipped.boards for code in board.retired_codes} == {
        "S08000018": "fife",
        "S08000021": "greater-glasgow-and-clyde",
        "S08000023": "lanarkshire",
        "S08000027": "tayside",
    }


def test_the_frame_is_the_one_of_the_published_account(shipped: Programme) -> None:
    """Three levels, four areas, nine priorities, six sections, themes and outcomes, 17 inputs."""
    frame = shipped.frame
    counts = [
        len(terms)
        for terms in (
            frame.levels,
            frame.areas,
            frame.priorities,
            frame.sections,
            frame.themes,
            frame.outcomes,
            frame.inputs,
        )
    ]
    assert counts == [3, 4, 9, 6, 6, 6, 17]


def test_every_service_of_the_account_is_in_the_catalogue(shipped: Programme) -> None:
    """Eleven services and two resources, beside what they rest on."""
    services = {entity.id for entity in shipped.entities if entity.kind is EntityKind.SERVICE}
    assert services == {
        "ccbt-adults",
        "ccbt-perinatal",
        "ccbt-cyp",
        "ccbt-ltc",
        "ccbt-higher-education",
        "ccbt-prisons",
        "iecbt",
        "video-one-to-one",
        "video-group",
        "video-cross-region-group",
        "national-proms-pathway",
    }
    resources = {entity.id for entity in shipped.entities if entity.kind is EntityKind.RESOURCE}
    assert resources == {"nhs-inform-self-help-guides", "mind-to-mind"}


def test_the_withdrawn_platform_names_its_successor(shipped: Programme) -> None:
    """Beating the Blues stays on record with its end in NHS Tayside."""
    old = shipped.entity("beating-the-blues")
    (end,) = old.withdrawals
    assert (old.status, end.board, end.on.isoformat(), end.replaced_by) == (
        "retired",
        "tayside",
        "2022-12-01",
        "silvercloud",
    )


def test_what_the_account_calls_over_is_kept_as_a_lower_bound(shipped: Programme) -> None:
    """A figure never claims more than its source."""
    figures = [figure for category in shipped.categories for figure in category.figures]
    assert {figure.value for figure in figures if figure.lower_bound} == {70_000, 300_000, 150, 1_800_000}


def test_every_area_of_sustained_input_has_a_step(shipped: Programme) -> None:
    """None of the 17 is forgotten over the whole of a technology's life."""
    served = {step.input for plan in every_plan(shipped) for step in plan.steps}
    assert {term.id for term in shipped.frame.inputs} <= served


def test_every_step_says_who_does_it_where_and_what_helps(shipped: Programme) -> None:
    """Reports group by area, input and level, so each step bears them."""
    for plan in every_plan(shipped):
        for step in plan.steps:
            assert step.area, step.id
            assert step.input, step.id
            assert step.level, step.id
            assert step.guidance, step.id


@pytest.mark.parametrize(
    ("plan", "least", "most"),
    [("proof-of-concept", 90, 183), ("implementation", 120, 274), ("handover", 90, 183)],
)
def test_plans_take_as_long_as_is_assumed(shipped: Programme, plan: str, least: int, most: int) -> None:
    """Proof of concept 3 to 6 months, implementation 4 to 9, handover 3 to 6."""
    (found,) = [each for each in every_plan(shipped) if each.id == plan]
    assert timedelta(days=least) <= longest_path(found) <= timedelta(days=most)


def test_the_playbook_can_be_published_first(shipped: Programme) -> None:
    """It fills the six sections and lists mitigations."""
    (playbook,) = shipped.playbooks
    assert check_playbook(playbook, tuple(section.id for section in shipped.frame.sections), 0) is None
    assert {step.area for step in playbook.implementation.steps} == {area.id for area in shipped.frame.areas}


def test_the_proposal_reaches_every_board_once(shipped: Programme) -> None:
    """Two pilots, then four boards, then eight, as it happened for cCBT."""
    proposal = shipped.proposal("ccbt-perinatal")
    waves = [proposal.pilots, *(wave.boards for wave in proposal.waves)]
    assert [len(boards) for boards in waves] == [2, 4, 8]
    assert {board for boards in waves for board in boards} == {board.id for board in shipped.boards}


def test_the_proposal_holds_its_plans_and_gates_whole(shipped: Programme) -> None:
    """A life that was proposed needs no file any more."""
    proposal = shipped.proposal("ccbt-perinatal")
    assert proposal.proof_of_concept == shipped.plan("proof-of-concept")
    assert proposal.gates.approve_playbook == shipped.gate("approve-playbook")
    assert set(proposal.workstreams) == set(proposal.board_workstreams) == {"adoption", "infrastructure"}
    assert proposal.authority == shipped.authority
    assert len(proposal.sections) == 6


def test_what_going_live_needs_is_supporting_infrastructure_of_the_catalogue(shipped: Programme) -> None:
    """Some of it the nation makes ready, some of it each board."""
    proposal = shipped.proposal("ccbt-perinatal")
    infrastructure = {it.id for it in shipped.entities if it.kind == "infrastructure"}
    assert set(proposal.go_live_needs) <= infrastructure
    for tracks in (proposal.workstreams, proposal.board_workstreams):
        provided = {name for plan in tracks.values() for name in provided_by(plan)}
        assert provided & set(proposal.go_live_needs)


def test_the_proposal_pins_what_the_checks_say(shipped: Programme) -> None:
    """Gates ask only for checks that the technology needs, on the terms that the checks set."""
    proposal = shipped.proposal("ccbt-perinatal")
    assert (proposal.version, "medical-device" in asked_at(proposal.gates.begin)) == ("1", False)
    begin, go_live = signatures_of(proposal.gates.begin), signatures_of(proposal.gates.go_live)
    assert begin["cyber-essentials"] == ("not-met", False)
    assert begin["dtac"] == ("met", False)
    assert go_live["dpia"] == go_live["clinical-safety"] == ("inconclusive", True)
    assert "human-oversight" in asked_at(shipped.gate("go-live"))
    assert "human-oversight" not in go_live


def test_every_board_that_takes_part_has_its_checks(shipped: Programme) -> None:
    """Each signs its own; those with islands sign one more."""
    everywhere = ["dpia", "clinical-safety", "cyber-resilience", "equality-impact"]
    checks = shipped.proposal("ccbt-perinatal").board_checks
    for board in shipped.boards:
        islands = [] if board.islands is Islands.NONE else ["island-communities-impact"]
        assert [check.id for check in checks[board.id]] == everywhere + islands


def test_traits_bring_their_checks_and_nothing_else(shipped: Programme, special: Proposal) -> None:
    """Artificial intelligence and headsets are looked at more closely, and differently."""
    plain = shipped.proposal("ccbt-perinatal")
    more = {check.id for check in special.checks} - {check.id for check in plain.checks}
    assert more == {"algorithmic-transparency", "model-change-control"}
    local = [check for check in special.board_checks["fife"] if check not in plain.board_checks["fife"]]
    assert {check.id for check in local} == {"human-oversight", "simulator-sickness", "headset-hygiene"}
    assert [check.id for check in local if check.independent] == ["human-oversight"]
    assert more <= set(asked_at(special.gates.begin))
    assert {check.id for check in local} <= set(asked_at(special.gates.go_live))


def test_nobody_decides_alone(shipped: Programme) -> None:
    """Two agree at every gate; the nation has a seat at each go-live that nobody of the board fills."""
    for gate in shipped.gates:
        assert gate.quorum == 2, gate.id
        assert gate.escalates_to, gate.id
    seats = {seat.role: seat for seat in shipped.gate("go-live").seats}
    assert seats["board-lead"].required
    assert seats["national-programme-team"].required
    assert seats["national-programme-team"].independent


def test_every_threshold_has_an_owner_and_is_said_to_be_an_assumption(shipped: Programme) -> None:
    """None is published for Scotland, so none is presented as if it were."""
    thresholds = {
        f"{gate.id}/{it.id}": it.test
        for gate in shipped.gates
        for it in gate.criteria
        if isinstance(it.test, Threshold)
    }
    assert set(thresholds) == {
        "scale/reliable-improvement",
        "scale/deterioration",
        "scale/activation",
        "go-live/trained",
        "handover/activation",
    }
    limits = [it.test for gate in shipped.gates for it in gate.criteria if isinstance(it.test, Limit)]
    assert {type(it) for it in limits} == {Threshold, Flag, UnderContract}
    for test in limits:
        assert test.source == "Planning assumptions of this installation"
        assert test.owner in {role.id for role in shipped.roles}


def test_no_gate_asks_that_half_of_all_people_recover(shipped: Programme) -> None:
    """A typical guided digital product would fail it; reliable improvement leaves it room."""
    readings = {
        it.test.reading: it.test.value
        for gate in shipped.gates
        for it in gate.criteria
        if isinstance(it.test, Threshold)
    }
    assert not any("recovery" in reading for reading in readings)
    published = {
        each.measure: each.value for each in shipped.measures.comparisons if "computer" in each.about
    }
    assert readings["reliable-improvement-rate"] < published["reliable-improvement-rate"]
    assert readings["deterioration-rate"] > published["deterioration-rate"]


def test_people_are_needed_where_there_is_no_pass_mark(shipped: Programme) -> None:
    """NoMAD is weighed and NASSS raises a flag; neither fails anything."""
    tests = {it.evidence: type(it.test) for gate in shipped.gates for it in gate.criteria}
    assert (tests["acceptance"], tests["normalisation"]) == (Weigh, Weigh)
    assert tests["complexity-assessment"] is Flag
    assert not any(
        it.required for gate in shipped.gates for it in gate.criteria if isinstance(it.test, Shift)
    )


def test_test_and_learn_ends_in_findings_that_the_approach_is_made_of(shipped: Programme) -> None:
    """Nine priorities, each with what every pilot brings and what a section draws on."""
    outputs = [item.id for priority in shipped.frame.priorities for item in priority.outputs]
    drawn = [name for step in shipped.plan("standardisation").steps for name in step.draws_on]
    assert sorted(outputs) == sorted(drawn)
    kinds = {item.finding for priority in shipped.frame.priorities for item in priority.outputs}
    assert kinds == {None, "reach", "document", "training", "nomad", "outcomes"}


@pytest.mark.parametrize("kind", KINDS_OF_FINDING)
def test_every_kind_of_finding_can_be_rehearsed(kind: str) -> None:
    """Made up, of that kind, fit to be kept, and dated no later than its day."""
    day = date(2027, 1, 4)
    finding = rehearsed(kind, day)
    assert (finding.kind if finding else "attestation") == kind
    if finding is not None:
        assert read_finding(finding.model_dump_json()) == finding


def test_what_nobody_can_rehearse_is_said(shipped: Programme) -> None:
    """And every kind that the shipped plans ask for can be."""
    with pytest.raises(ValueError, match='a finding of the kind "hearsay": choose from measure, outcomes'):
        rehearsed("hearsay", date(2027, 1, 4))
    asked = {item.finding for plan in every_plan(shipped) for step in plan.steps for item in step.evidence}
    assert asked - {None} <= set(KINDS_OF_FINDING)
    assert rehearsed(None, date(2027, 1, 4)) is None


def test_the_contracts_say_what_is_published_and_no_more(shipped: Programme) -> None:
    """No value and no notice period is known, so neither is stated."""
    contracts = {it.id: it for entity in shipped.entities for it in entity.contracts}
    assert set(contracts) == {"ccbt-platform", "iecbt-service"}
    assert all(it.value is None and it.notice_months is None for it in contracts.values())
    assert contracts["ccbt-platform"].next_break(date(2024, 1, 1)) == "2024-08"
    iecbt = contracts["iecbt-service"]
    assert (iecbt.ends, iecbt.extended_until) == ("2026-11-30", "2027-11-30")


def test_the_instruments_are_those_of_the_published_accounts(shipped: Programme) -> None:
    """Range, caseness and reliable change of each."""
    figures = {
        each.id: (
            each.highest,
            each.caseness and each.caseness.points,
            each.reliable_change and each.reliable_change.points,
        )
        for each in shipped.measures.instruments
    }
    assert figures == {
        "phq-9": (27, 10, 6),
        "gad-7": (21, 8, 4),
        "core-10": (40, 11, 6),
        "isi": (28, 15, 6),
        "epds": (30, 13, 4),
        "wsas": (40, None, 8),
    }


def test_what_is_only_general_knowledge_is_marked_as_an_assumption(shipped: Programme) -> None:
    """Two reliable changes have no published source here."""
    assumed = {
        each.id
        for each in shipped.measures.instruments
        for cutoff in (each.caseness, each.reliable_change)
        if cutoff is not None and cutoff.assumption
    }
    assert assumed == {"epds", "wsas"}


def test_every_built_in_reading_is_defined_in_its_unit(shipped: Programme) -> None:
    """What findings can be read under is explained, and nothing else is."""
    assert {each.id: each.unit for each in shipped.measures.measures} == UNITS


def test_every_share_says_what_is_counted_over_what(shipped: Programme) -> None:
    """A rate without its denominator means nothing."""
    for definition in shipped.measures.measures:
        assert (definition.denominator is not None) == (
            definition.unit in {"share", "referrals per 1,000 people"}
        ), definition.id


def test_nomad_has_its_twenty_items_of_which_one_is_reversed(shipped: Programme) -> None:
    """The same constructs, sizes and reversed item as the rule that scores them."""
    constructs = {each.id: each for each in shipped.measures.constructs}
    assert {name: len(each.items) for name, each in constructs.items()} == {
        "coherence": 4,
        "cognitive-participation": 4,
        "collective-action": 7,
        "reflexive-monitoring": 5,
    }
    turned = [
        (name, item.number) for name, each in constructs.items() for item in each.items if item.reversed
    ]
    assert turned == [("collective-action", REVERSED)]
    assert set(constructs) <= {name.replace("_", "-") for name in Nomad.model_fields}


def test_the_domains_of_nasss_are_those_that_are_assessed(shipped: Programme) -> None:
    """Seven, in the framework's order."""
    domains = [name.replace("_", "-") for name in Nasss.model_fields if name != "kind"]
    assert [each.id for each in shipped.measures.domains] == domains
    assert len(domains) == 7


def test_published_figures_are_context_with_a_source(shipped: Programme) -> None:
    """England's twelve, each a share; and Ireland's, which its own counts bear out."""
    england = [each for each in shipped.measures.comparisons if each.about.startswith("England")]
    assert len(england) == 12
    (ireland,) = [each for each in shipped.measures.comparisons if each not in england]
    assert (ireland.measure, ireland.numerator, ireland.denominator) == ("activation-rate", 3236, 5298)
    assert round(3236 / 5298, 2) == ireland.value
    assert all(UNITS[each.measure] == "share" and each.value <= 1 for each in shipped.measures.comparisons)


def test_a_typical_guided_digital_product_recovers_fewer_than_half(shipped: Programme) -> None:
    """Which is why no figure of others is a pass mark."""
    (figure,) = [
        each.value
        for each in shipped.measures.comparisons
        if each.measure == "recovery-rate" and "computer" in each.about
    ]
    assert figure == 0.418


def test_what_is_not_there_is_a_key_error(shipped: Programme) -> None:
    """Looking up by a wrong name never gives something else."""
    with pytest.raises(KeyError):
        shipped.board("atlantis")
    with pytest.raises(KeyError):
        shipped.proposal("atlantis")
