"""Governance checks bind where they apply, and nowhere do they go missing unnoticed."""

from datetime import date

import pytest

from domain.catalogue import Board, Islands, Population, Region
from domain.check import CheckNeeded
from domain.criterion import Criterion, Present, Signed
from domain.evidence import SignOff
from domain.gate import Gate
from domain.governance import Check, Trait
from domain.proposal import PILOTS, Proposal, check_gates, is_answerable, settings_of, settings_of_boards
from domain.rollout import StartRollout
from domain.rollout_briefs import Brief
from domain.technology import Stage
from domain.technology_wishes import children
from tests.domain.examples import BOARDS, PLAYBOOK, PROPOSAL, ask_of, make_gate, make_plan, make_step
from tests.domain.world import found_programme

DPIA = CheckNeeded(id="dpia", title="DPIA", signers=("clinician",))
ISLANDS = CheckNeeded(id="islands", title="Islands", signers=("lead",), rests_on=("outcomes",))
CYBER = CheckNeeded(id="cyber", title="Cyber", signers=("npt",))


def signed(name: str, **more: object) -> Criterion:
    """A criterion that asks for the signature under a check."""
    return ask_of(name, test=Signed(), **more)


def make_proposal(**changes: object) -> Proposal:
    """A programme in which every board signs one check, and Orkney another."""
    checks = {board: (DPIA, ISLANDS) if board == "orkney" else (DPIA,) for board in BOARDS}
    gates = PROPOSAL.gates.model_copy(
        update={"go_live": gate_of(signed("dpia"), signed("islands"), signed("cyber", source="national"))}
    )
    given = {"checks": (CYBER,), "board_checks": checks, "gates": gates}
    return Proposal.model_validate(PROPOSAL.model_copy(update=given | changes).model_dump())


def gate_of(*criteria: Criterion, name: str = "go-live") -> Gate:
    """A gate that asks this."""
    return make_gate(name.replace("_", "-"), "lead", criteria)


def brief_of(proposal: Proposal, board: str) -> Brief:
    """What a board's rollout is started with, once every wave is released."""
    waves = tuple(wave.name for wave in proposal.waves)
    released = {"stage": Stage.SCALE, "released": (PILOTS, *waves)}
    state = found_programme(proposal).technology.model_copy(update=released)
    start = children(state)[f"rollout/ccbt/{board}"]
    assert isinstance(start, StartRollout)
    return start.brief


def make_board(islands: Islands) -> Board:
    """A board with as many islands."""
    population = Population(value=1000, date=date(2018, 6, 30), source="Census")
    return Board(
        id="orkney",
        name="NHS Orkney",
        gss="S08000025",
        region=Region.NORTH,
        islands=islands,
        population=population,
    )


def make_check(**more: object) -> Check:
    """A check that each board signs, unless told otherwise."""
    given: dict[str, object] = {
        "id": "islands",
        "name": "Islands",
        "applies": "Where there are islands",
        "standing": "required",
        "per": "board",
        "signers": ("lead",),
        "source": "Islands Act",
    }
    return Check.model_validate(given | more)


@pytest.mark.parametrize(
    ("board", "asked"), [("orkney", ["dpia", "islands", "cyber"]), ("borders", ["dpia", "cyber"])]
)
def test_a_boards_gate_asks_only_for_the_checks_that_the_board_signs(board: str, asked: list[str]) -> None:
    """What does not apply is left out; what the nation signs stays."""
    brief = brief_of(make_proposal(), board)
    assert [criterion.id for criterion in brief.go_live.criteria] == asked


def test_what_is_no_check_is_never_left_out() -> None:
    """A criterion on evidence binds every board, whatever checks it has."""
    gates = PROPOSAL.gates.model_copy(update={"go_live": gate_of(ask_of("trained"), signed("dpia"))})
    brief = brief_of(make_proposal(gates=gates), "borders")
    assert [criterion.id for criterion in brief.go_live.criteria] == ["trained", "dpia"]


def test_a_gate_may_ask_for_a_check_that_one_board_signs() -> None:
    """It binds there."""
    assert check_gates(settings_of_boards(make_proposal(), PLAYBOOK)) is None


def test_a_check_that_no_board_signs_is_refused() -> None:
    """Otherwise a misspelt name would silently bind nobody."""
    gates = PROPOSAL.gates.model_copy(update={"go_live": gate_of(signed("island"))})
    refusal = check_gates(settings_of_boards(make_proposal(gates=gates), PLAYBOOK))
    assert refusal is not None
    assert refusal.message == (
        'The go-live gate asks for evidence "island" (own) and no check of that name is signed there: '
        "add it, or correct the name."
    )


def test_the_pilots_answer_for_a_check_only_where_each_of_them_signs_it() -> None:
    """One pilot without it would hold the decision up for ever."""
    for check, passes in (("dpia", True), ("islands", False)):
        gate = gate_of(signed(check, source="pilots"), name="scale")
        checks = dict.fromkeys(BOARDS, (DPIA,)) | {"fife": (DPIA, ISLANDS)}
        gates = PROPOSAL.gates.model_copy(update={"scale": gate})
        proposal = make_proposal(gates=gates, board_checks=checks)
        assert (check_gates(settings_of(proposal)) is None) is passes


def test_a_signature_is_asked_for_as_a_signature() -> None:
    """A check is there once it was refused, too; and a statement is no signature."""
    assert is_answerable(ask_of("dpia", test=Signed()), {"dpia": "sign-off"})
    assert not is_answerable(ask_of("dpia", test=Present()), {"dpia": "sign-off"})
    assert not is_answerable(ask_of("dpia", test=Signed()), {"dpia": None})
    assert SignOff.model_fields["kind"].default == "sign-off"


def test_later_national_gates_may_ask_for_what_was_brought_before() -> None:
    """Evidence stays on record; what comes later, or from elsewhere, does not count yet."""
    assessment = make_plan("assessment", make_step("buy", evidence=[{"id": "contract", "title": "Contract"}]))
    for point in ("begin", "scale", "approve_playbook", "release", "sustain"):
        gates = PROPOSAL.gates.model_copy(update={point: gate_of(ask_of("contract"), name=point)})
        assert check_gates(settings_of(make_proposal(assessment=assessment, gates=gates))) is None
        for source in ("national", *(["pilots"] if point == "begin" else [])):
            wrong = gate_of(ask_of("outcomes", source=source), name=point)
            gates = PROPOSAL.gates.model_copy(update={point: wrong})
            assert check_gates(settings_of(make_proposal(assessment=assessment, gates=gates))) is not None


def test_boards_cannot_ask_the_nation_for_what_comes_after_them() -> None:
    """The sustainability review follows the last board's handover."""
    sustain = make_plan("sustain", make_step("review", evidence=[{"id": "reviewed", "title": "Reviewed"}]))
    for source in ("national", "pilots"):
        gates = PROPOSAL.gates.model_copy(
            update={"handover": gate_of(ask_of("reviewed", source=source), name="accept")}
        )
        proposal = make_proposal(sustain=sustain, gates=gates)
        assert check_gates(settings_of_boards(proposal, PLAYBOOK)) is not None


def test_a_pilot_reports_what_a_signature_rests_on() -> None:
    """If that is withdrawn, the scale decision loses its ground and has to know."""
    checked = DPIA.model_copy(update={"rests_on": ("outcomes", "survey")})
    gate = gate_of(signed("dpia", source="pilots"), name="scale")
    proposal = make_proposal(
        board_checks=dict.fromkeys(BOARDS, (checked,)),
        gates=PROPOSAL.gates.model_copy(update={"scale": gate}),
    )
    assert brief_of(proposal, "fife").reported == ("dpia", "outcomes", "survey")


def test_a_board_whose_checks_were_forgotten_cannot_pass() -> None:
    """It is asked for all of them and can sign none; one that signs none is named with none."""
    proposal = make_proposal(board_checks={"fife": (DPIA, ISLANDS), "borders": ()})
    forgotten, without = brief_of(proposal, "lothian"), brief_of(proposal, "borders")
    assert [criterion.id for criterion in forgotten.go_live.criteria] == ["dpia", "islands", "cyber"]
    assert [criterion.id for criterion in without.go_live.criteria] == ["cyber"]
    assert forgotten.checks == without.checks == ()


@pytest.mark.parametrize(
    ("islands", "signs"), [(Islands.ALL, True), (Islands.SOME, True), (Islands.NONE, False)]
)
def test_the_islands_check_is_for_boards_with_islands(islands: Islands, signs: bool) -> None:
    """Whether all of a board is islands or only a part."""
    assert make_check(boards="with-islands").concerns_board(make_board(islands)) is signs
    assert make_check().concerns_board(make_board(islands))
    assert not make_check(per="technology").concerns_board(make_board(islands))


def test_a_check_is_for_technologies_with_one_of_its_traits() -> None:
    """And for all where it names none."""
    assert make_check().concerns(())
    check = make_check(traits=("ai", "medical-device"))
    assert check.concerns((Trait.MEDICAL_DEVICE, Trait.EXTENDED_REALITY))
    assert not check.concerns((Trait.EXTENDED_REALITY,))
    assert not check.concerns(())
