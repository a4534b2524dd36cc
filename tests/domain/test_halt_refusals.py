"""Every refusal about halts, by example."""

from domain.editions import AdoptEdition
from domain.gate_commands import DecideGate
from domain.proposal import check_release_halt
from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
from domain.steering import Stop
from domain.technology import Propose, Stage
from tests.domain.examples import (
    FIFE,
    LIFT,
    NOBODY,
    OFFICE,
    ORKNEY,
    TECHNOLOGY,
    VISITOR,
    lead_of,
    propose,
    someone,
)
from tests.domain.halting import RAISER, decide, halt, until
from tests.domain.test_refusals import assert_refused
from tests.domain.world import World, found_programme, reach


def test_the_line_is_stopped_by_those_whom_the_programme_names() -> None:
    """Who may is data; wherever they act, they may."""
    assert_refused(
        halt(found_programme(), actor=VISITOR),
        "wrong-role",
        "Stopping the line of Online CBT belongs to npt or lead or clinician or team and you act as visitor: "
        "tell one of them at once.",
    )


def test_where_no_role_is_named_everybody_who_has_one_may() -> None:
    """A concern for safety is refused to nobody for their rank, but to nobody at all."""
    proposal = propose()
    policy = proposal.halting.model_copy(update={"roles": ()})
    world = found_programme(proposal.model_copy(update={"halting": policy}))
    assert isinstance(halt(world, actor=VISITOR), tuple)
    assert_refused(
        halt(world, actor=NOBODY),
        "wrong-role",
        "Stopping the line of Online CBT belongs to whoever has a role and you act as nobody: tell one of "
        "them "
        "at once.",
    )


def test_who_acts_nowhere_stops_no_line() -> None:
    """A role without a board is no place in the programme."""
    assert_refused(
        halt(found_programme(), actor=someone("Somebody", "lead", boards=())),
        "out-of-scope",
        "technology/ccbt concerns others than no board: ask someone who acts at a board or nationally to "
        "stop "
        "the line.",
    )


def test_a_version_that_was_not_published_cannot_be_halted() -> None:
    """It would freeze nobody, and whoever raised it would believe otherwise."""
    assert_refused(
        halt(found_programme(), version=1),
        "no-such-version",
        "The playbook of technology/ccbt has no version 1, for published are none: name one of them, or "
        "leave it "
        "out to halt the technology.",
    )
    assert_refused(
        halt(reach(Stage.SCALE), version=2),
        "no-such-version",
        "The playbook of technology/ccbt has no version 2, for published are versions 1 to 1: name one of "
        "them, "
        "or leave it out to halt the technology.",
    )


def test_what_may_continue_is_a_step_or_an_area_of_a_plan() -> None:
    """A name that is typed wrong would let nothing continue."""
    assert_refused(
        halt(found_programme(), may_continue=("engag",)),
        "no-such-work",
        'No plan of technology/ccbt has a step or an area of work "engag" that could continue: '
        'did you mean "engage"?',
    )
    assert_refused(
        halt(found_programme(), may_continue=("xyz",)),
        "no-such-work",
        'No plan of technology/ccbt has a step or an area of work "xyz" that could continue: name a step or '
        "an "
        "area of work, or say it in words as what else may go on.",
    )


def test_what_may_continue_is_named_once() -> None:
    """Twice the same is a slip."""
    assert_refused(
        halt(found_programme(), may_continue=("engage", "engage")),
        "named-twice",
        '"engage" is named twice as what may continue: name it once.',
    )


def test_a_concern_needs_its_words_and_a_reason() -> None:
    """Neither may be empty, nor name a person."""
    assert isinstance(halt(found_programme(), reason=" "), Refusal)
    answer = halt(found_programme(), concern="ask jo@example.org")
    assert getattr(answer, "code", None) == "identifying-data"


def test_nothing_of_what_is_halted_goes_on() -> None:
    """The refusal says since when, why, and who sees to it."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    world.settle()
    assert_refused(
        world.complete(FIFE, "set-up"),
        "halted",
        "rollout/ccbt/fife has been halted since 4 Jan 2027, for safety (halt 1: A wrong score is shown): "
        "only "
        "the decision at the halt's own gate releases it, and clinician sees to it.",
    )


def test_no_other_gate_is_decided_in_a_halt() -> None:
    """The technology's own waits, too."""
    world = at_a_gate()
    halt(world)
    answer = world.do(TECHNOLOGY, DecideGate(actor=OFFICE, gate="begin", outcome="go", reason="as agreed"))
    assert getattr(answer, "code", None) == "halted"


def at_a_gate() -> World:
    """A world whose technology has come to its first gate."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    return world


def test_a_version_that_is_halted_is_not_adopted() -> None:
    """A board on version 1 keeps away from version 2 while that is halted."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    world.publish()
    world.settle()
    halt(world, version=2)
    world.settle()
    assert_refused(
        world.do(ORKNEY, AdoptEdition(actor=lead_of("orkney"), version=2, reason="It is better.")),
        "halted-version",
        "Version 2 of the playbook is halted, for safety (halt 1: A wrong score is shown): "
        "rollout/ccbt/orkney "
        "may adopt it once that is released.",
    )


def test_a_release_sends_no_step_back() -> None:
    """What has to be done again is reopened where it is."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    command = DecideGate(
        actor=OFFICE, gate="lift-halt-1", outcome="again", reason="not yet", reopen=("set-up",)
    )
    assert_refused(
        world.do(TECHNOLOGY, command),
        "nothing-to-reopen",
        "The lift-halt gate (halt 1) is about a halt and sends no step back: leave out the steps to reopen.",
    )


def alone() -> World:
    """A world whose halts one person may release, with one halt raised."""
    lift = LIFT.model_copy(update={"quorum": 1, "seats": LIFT.seats[1:], "criteria": ()})
    world = found_programme(propose(gates={"release_halt": lift}))
    halt(world, actor=someone("Raiser", "npt"), owner="npt")
    return world


def test_whoever_raised_a_halt_does_not_release_it_alone() -> None:
    """Not in person."""
    assert_refused(
        decide(alone(), "Raiser", "npt"),
        "own-request",
        "The lift-halt gate (halt 1) was brought about by Raiser, and nobody decides alone, in person or by "
        "a "
        "delegation, on what they asked for: ask someone else who has a say.",
    )


def test_whoever_owns_a_halt_does_not_release_it_alone() -> None:
    """Whoever holds the role that sees to it judges their own work."""
    assert_refused(
        decide(alone(), "Another", "npt"),
        "own-request",
        "The lift-halt gate (halt 1) is about what npt owns, and nobody decides alone on what is their own: "
        "ask "
        "someone else who has a say.",
    )


def test_a_gate_that_opens_by_itself_releases_no_halt() -> None:
    """People decide that, and nothing else."""
    gate = LIFT.model_copy(update={"automatic": True})
    refusal = check_release_halt(gate)
    assert refusal is not None
    world = World()
    assert_refused(
        world.do(TECHNOLOGY, Propose(actor=OFFICE, proposal=propose(gates={"release_halt": gate}))),
        "released-by-nobody",
        "The lift-halt gate releases a halt, which people decide and nothing else: leave out that it opens "
        "by "
        "itself.",
    )


def test_what_has_ended_is_not_halted() -> None:
    """There is nothing left to freeze."""
    world = found_programme()
    world.do(TECHNOLOGY, Stop(actor=OFFICE, reason="unsafe"))
    assert getattr(halt(world, actor=RAISER), "code", None) == "stopped"
