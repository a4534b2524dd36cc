"""Every refusal about waves and boards, by example."""

from domain.check import CheckNeeded
from domain.foresight import consequences_of
from domain.proposal import Wave
from domain.refusal import Refusal
from domain.regroup import merge, move, reorder, split
from domain.steering import Pause, Stop
from domain.technology import Stage
from domain.waves import AddBoard, PauseWave, ReorderWaves, ResumeWave, StopWave, SwapPilot, WaveCommand
from tests.domain.examples import FIFE, OFFICE, TECHNOLOGY, VISITOR, ask_of, make_gate, propose
from tests.domain.test_refusals import assert_refused
from tests.domain.world import Answer, World, found_programme, reach


def ask(world: World, kind: type[WaveCommand], **more: object) -> Answer:
    """The answer to a change of direction."""
    command = kind.model_validate({"actor": OFFICE, "reason": "agreed on Monday"} | more)
    return world.do(TECHNOLOGY, command)


def test_only_the_programme_changes_direction() -> None:
    """Nobody else arranges waves."""
    assert_refused(
        ask(reach(Stage.SCALE), PauseWave, wave="first", actor=VISITOR),
        "wrong-role",
        "Pausing a wave belongs to npt and you act as visitor: ask someone who holds that role.",
    )


def test_a_reason_is_asked_for() -> None:
    """Of every change."""
    for kind, more in (
        (PauseWave, {"wave": "first"}),
        (ResumeWave, {"wave": "first"}),
        (StopWave, {"wave": "first"}),
        (AddBoard, {"board": "moray", "wave": "first", "checks": ()}),
        (SwapPilot, {"out": "fife", "into": "orkney"}),
        (ReorderWaves, {"waves": ()}),
    ):
        answer = ask(reach(Stage.TEST_AND_LEARN), kind, **more, reason=" ")
        assert isinstance(answer, Refusal)
        assert answer.code == "reason-missing"


def test_a_wave_that_is_not_there() -> None:
    """A similar name is suggested."""
    world = reach(Stage.SCALE)
    message = 'There is no wave "frist": did you mean "first"?'
    assert_refused(ask(world, PauseWave, wave="frist"), "no-such-wave", message)
    message = 'There is no wave "x": choose from pilots, first, second.'
    assert_refused(ask(world, StopWave, wave="x"), "no-such-wave", message)


def test_a_wave_that_rests_already_and_one_that_does_not() -> None:
    """Each is said."""
    world = reach(Stage.SCALE)
    assert_refused(
        ask(world, ResumeWave, wave="first"),
        "not-paused",
        "Wave first is not paused: there is nothing to resume.",
    )
    day = f"{world.now.day} {world.now:%b %Y}"
    ask(world, PauseWave, wave="first")
    assert_refused(
        ask(world, PauseWave, wave="first"),
        "already-paused",
        f"Wave first has been paused since {day} (agreed on Monday): there is no need to pause it again.",
    )


def test_a_wave_that_was_stopped() -> None:
    """It is over."""
    world = reach(Stage.TEST_AND_LEARN)
    day = f"{world.now.day} {world.now:%b %Y}"
    ask(world, StopWave, wave="first")
    assert_refused(
        ask(world, ResumeWave, wave="first"),
        "wave-stopped",
        f"Wave first was stopped on {day} (agreed on Monday): nothing can be done to it any more.",
    )


def test_the_pilots_are_not_stopped_before_what_they_find_was_decided_on() -> None:
    """Nothing could be decided then; afterwards they are a wave like others."""
    message = (
        "Without pilots technology/ccbt finds nothing to decide on: swap a pilot for another board, or stop "
        "the technology."
    )
    world = reach(Stage.TEST_AND_LEARN)
    assert_refused(ask(world, StopWave, wave="pilots"), "pilots-needed", message)
    assert not isinstance(ask(reach(Stage.SCALE), StopWave, wave="pilots"), Refusal)


def test_a_wave_that_rests_keeps_its_boards() -> None:
    """Whoever changes it resumes it first; its place in the order may change."""
    world = reach(Stage.TEST_AND_LEARN)
    ask(world, PauseWave, wave="first")
    merged = (Wave(name="second", boards=("orkney", "borders", "lothian")),)
    assert_refused(
        ask(world, ReorderWaves, waves=merged),
        "wave-paused",
        "Wave first is paused (agreed on Monday) and would change: resume it first, or leave its boards as "
        "they are.",
    )
    assert_refused(
        ask(world, SwapPilot, out="fife", into="orkney"),
        "wave-paused",
        "Wave first is paused (agreed on Monday): resume it before its boards change.",
    )
    turned = (
        Wave(name="second", boards=("lothian",)),
        Wave(name="first", boards=("orkney", "borders")),
    )
    assert not isinstance(ask(world, ReorderWaves, waves=turned), Refusal)


def test_a_board_that_takes_part_is_not_added() -> None:
    """Nor is one that was stopped, which is for good."""
    world = reach(Stage.TEST_AND_LEARN)
    add = {"board": "orkney", "wave": "second", "checks": ()}
    assert_refused(
        ask(world, AddBoard, **add),
        "takes-part",
        "orkney takes part already, in wave first: move it to another wave if that is to change.",
    )
    ask(world, StopWave, wave="first")
    assert_refused(
        ask(world, AddBoard, **add),
        "board-stopped",
        "orkney took part in wave first and was stopped, which is for good: propose the technology under "
        "another name for what is to begin anew there.",
    )
    world.do(FIFE, Stop(actor=OFFICE, reason="withdrawn"))
    world.settle()
    answer = ask(world, AddBoard, board="fife", wave="second", checks=())
    assert isinstance(answer, Refusal)
    assert answer.code == "board-stopped"


def test_a_board_does_not_join_what_was_decided_on() -> None:
    """The release of a wave was a decision about its boards."""
    world = reach(Stage.SCALE)
    add = {"board": "moray", "checks": ()}
    ask(world, PauseWave, wave="pilots")
    assert "first" in world.technology.released
    assert_refused(
        ask(world, AddBoard, wave="first", **add),
        "wave-closed",
        "Wave first was released, and its boards were decided on: choose second, or name a new wave.",
    )
    assert_refused(
        ask(world, AddBoard, wave="pilots", **add),
        "wave-closed",
        "Wave pilots holds the pilots: choose second, or name a new wave.",
    )
    ask(world, StopWave, wave="second")
    assert_refused(
        ask(world, AddBoard, wave="second", **add),
        "wave-closed",
        "Wave second was stopped: choose one that is still to come, or name a new wave.",
    )


def test_a_board_does_not_join_what_is_over() -> None:
    """No wave is released any more."""
    assert_refused(
        ask(reach(Stage.SUSTAIN), AddBoard, board="moray", wave="late", checks=()),
        "wrong-stage",
        "technology/ccbt is in stage sustain, and every wave has been released and is over: propose the "
        "technology anew for further boards.",
    )


def test_pilots_are_swapped_until_the_scale_decision() -> None:
    """It rests on what they found."""
    assert_refused(
        ask(reach(Stage.STANDARDISE), SwapPilot, out="fife", into="orkney"),
        "wrong-stage",
        "technology/ccbt is in stage standardise: the scale decision rests on what the pilots found, so they "
        "can be swapped only before it.",
    )


def test_a_swap_names_a_pilot_and_a_board_that_is_none() -> None:
    """And that one takes part and has not ended."""
    world = reach(Stage.TEST_AND_LEARN)
    assert_refused(
        ask(world, SwapPilot, out="orkney", into="lothian"),
        "no-pilot",
        "orkney is no pilot: choose from fife, tayside.",
    )
    assert_refused(
        ask(world, SwapPilot, out="fife", into="tayside"),
        "is-pilot",
        "tayside is a pilot already: choose a board that is none.",
    )
    assert_refused(
        ask(world, SwapPilot, out="fife", into="moray"),
        "takes-no-part",
        "moray takes no part in technology/ccbt: add it to a wave first.",
    )
    ask(world, StopWave, wave="second")
    assert_refused(
        ask(world, SwapPilot, out="fife", into="lothian"),
        "board-stopped",
        "lothian was stopped, which is for good: choose another.",
    )


def signed_at_pilots() -> World:
    """A world in which the scale decision asks every pilot for a signature that only the pilots give."""
    check = CheckNeeded(id="local", title="Local safety", signers=("clinician",))
    asks = ask_of("local", source="pilots", test={"kind": "signed"})
    checks = {"fife": (check,), "tayside": (check,), "orkney": (), "borders": (), "lothian": ()}
    proposal = propose(gates={"scale": make_gate("scale", "npt", (asks,))}, board_checks=checks)
    return found_programme(proposal)


def test_a_pilot_is_not_swapped_for_one_that_leaves_the_scale_decision_without_its_ground() -> None:
    """Every pilot signs the checks that are asked of pilots."""
    answer = ask(signed_at_pilots(), SwapPilot, out="fife", into="orkney")
    assert isinstance(answer, Refusal)
    assert answer.code == "gate-cannot-pass"


def test_what_would_be_refused_is_previewed_as_that() -> None:
    """Also of a life that has not begun."""
    world = reach(Stage.SCALE)
    command = PauseWave(actor=OFFICE, wave="frist", reason="agreed on Monday")
    found = consequences_of(world.states, ((TECHNOLOGY, command),), world.now)
    assert found.refused == ('There is no wave "frist": did you mean "first"?',)
    pause = Pause(actor=OFFICE, reason="agreed on Monday")
    found = consequences_of(world.states, (("rollout/ccbt/orkney", pause),), world.now)
    assert found.refused == ("This rollout has not started: its technology starts it.",)


def test_waves_are_regrouped_with_all_their_boards() -> None:
    """What is missing or too much is said, with what there is."""
    waves = (Wave(name="first", boards=("orkney", "borders")), Wave(name="second", boards=("lothian",)))
    assert_refused(
        _answer(split(waves, "first", (("orkney",), ("lothian",)))),
        "parts-differ",
        "The parts must be two or more and hold the boards of wave first (orkney, borders), each once: they "
        "hold orkney, lothian.",
    )
    assert_refused(
        _answer(merge(waves, ("first", "first"))),
        "nothing-to-merge",
        "Name two waves or more that are to become one.",
    )
    assert_refused(
        _answer(reorder(waves, ("second",))),
        "waves-differ",
        "Name every wave that is still to be released, each once: first, second.",
    )
    assert_refused(
        _answer(move(waves, "fife", "first")),
        "not-to-come",
        "fife is in no wave that is still to be released: choose from orkney, borders, lothian.",
    )
    assert_refused(
        _answer(split(waves, "frist", ())),
        "no-wave-to-come",
        'There is no wave "frist" still to be released: did you mean "first"?',
    )


def _answer(found: tuple[Wave, ...] | Refusal) -> Answer:
    """A refusal; anything else is none."""
    assert isinstance(found, Refusal)
    return found
