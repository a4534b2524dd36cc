"""Versions of the playbook reach the boards: each is offered once, adopted or declined, and shows before."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain import rollout, rollout_rules, rollout_waits
from domain.actor import ENGINE
from domain.edition_rules import Preview, preview
from domain.editions import AdoptEdition, DeclineEdition, EditionAdopted, EditionOffered, Unapplied
from domain.office_commands import SetCapacity
from domain.plan import Plan
from domain.playbook import Edition
from domain.refusal import Refusal
from domain.rollout import Direct, Rollout
from domain.rollout_briefs import RolloutStage
from domain.steering import Pause, Resume
from domain.technology import Stage
from domain.work import StepStatus
from tests.domain.editions import successors
from tests.domain.examples import (
    BORDERS,
    DAY,
    FIFE,
    LOTHIAN,
    OFFICE,
    ORKNEY,
    PLAYBOOK,
    PROGRAMME,
    TAYSIDE,
    TECHNOLOGY,
    lead_of,
    make_plan,
    make_step,
    people_of,
)
from tests.domain.world import Answer, World, reach

PREPARE, TRAIN, LAUNCH = PLAYBOOK.implementation.steps
TRANSFER = PLAYBOOK.handover.steps[0]
EQUIP = make_step("equip", days=5)


def replicating(*done: str) -> World:
    """A world in which Fife replicates version 1 and has done some of it."""
    world = reach(Stage.SCALE)
    world.settle()
    for step in done:
        assert not isinstance(world.complete(FIFE, step), Refusal)
    world.settle()
    return world


def live(world: World | None = None) -> World:
    """A world in which Fife has gone live."""
    world = world or replicating("prepare", "train", "launch")
    assert not isinstance(world.pass_gate(FIFE), Refusal)
    world.settle()
    return world


def publish(world: World, *steps: object, handover: Plan | None = None) -> None:
    """Publish the next version, of these steps or of those of the first, and let everybody hear of it."""
    changes: dict[str, object] = {} if handover is None else {"handover": handover}
    if steps:
        changes["implementation"] = make_plan("replication", *steps)  # type: ignore[arg-type]
    assert not isinstance(world.publish(**changes), Refusal)
    world.settle()


def adopt(world: World, stream: str = FIFE, version: int = 2) -> Answer:
    """The board's lead adopts a version."""
    actor = lead_of(stream.rsplit("/", 1)[1])
    return world.do(stream, AdoptEdition(actor=actor, version=version, reason="It saves a week."))


def decline(world: World, version: int = 2) -> Answer:
    """The lead of Fife declines a version."""
    return world.do(
        FIFE, DeclineEdition(actor=lead_of("fife"), version=version, reason="We are nearly done.")
    )


def seen(world: World, stream: str = FIFE) -> Preview:
    """What a board would be told that adopting would do."""
    state = world.rollout(stream)
    assert state.offer is not None
    outcome = preview(state, state.offer.edition, world.now)
    assert isinstance(outcome, Preview)
    return outcome


def adoption(world: World, stream: str = FIFE) -> EditionAdopted:
    """The one event of an adoption."""
    found = [event for event in world.history[stream] if isinstance(event, EditionAdopted)]
    assert len(found) == 1
    return found[0]


# --- offering -----------------------------------------------------------------------------------------------


def test_a_version_is_offered_once_to_every_board_that_replicates() -> None:
    """However often the technology says what it wants."""
    world = replicating()
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    world.resend()
    world.settle()
    for stream in (FIFE, TAYSIDE):
        offers = [event for event in world.history[stream] if isinstance(event, EditionOffered)]
        assert [event.edition.version for event in offers] == [2]
    directed = [event for event in world.history[FIFE] if event.kind == "directed"]
    assert all(event.direction.playbook is None for event in directed[1:] if event.at == world.now)  # type: ignore[attr-defined]


def test_a_board_in_the_queue_takes_the_latest_version_when_it_starts() -> None:
    """It has nothing to migrate."""
    world = reach(Stage.SCALE)
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=0, reason="no staff"))
    world.settle()
    world = queued(world)
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=9, reason="staff came"))
    world.settle()
    late = [stream for stream in (ORKNEY, BORDERS, LOTHIAN) if stream in world.states]
    started = [it for it in late if world.rollout(it).stage == RolloutStage.REPLICATION]
    assert started
    for stream in started:
        assert world.rollout(stream).adopted == 2
        assert "edition-offered" not in world.kinds(stream)


def queued(world: World) -> World:
    """The world once the pilots are live, so that the first wave queues."""
    for stream in (FIFE, TAYSIDE):
        if world.rollout(stream).stage == RolloutStage.REPLICATION:
            world.finish_plan(stream)
            world.pass_gate(stream)
            world.settle()
    for stream in world.gates():
        if stream == TECHNOLOGY:
            world.pass_gate(stream)
    world.settle()
    return world


def test_an_offer_waits_for_the_board_and_blocks_nothing() -> None:
    """Whoever may steer the rollout is waited for; work goes on."""
    world = replicating()
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    waits = [wait for wait in rollout_waits.waits(world.rollout(FIFE)) if "version 2" in wait.what]
    assert [(wait.on, wait.since) for wait in waits] == [("lead", world.now)]
    assert world.technology.reports["fife"].offered == 2
    world.finish_plan(FIFE)
    live(world)
    assert world.rollout(FIFE).stage == RolloutStage.HANDOVER


def test_business_as_usual_is_offered_nothing_and_forgets_what_it_was_offered() -> None:
    """Its implementation is over; which version it was shows all the same."""
    world = live()
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    world.finish_plan(FIFE)
    world.pass_gate(FIFE)
    world.settle()
    assert world.rollout(FIFE).delivered
    assert world.rollout(FIFE).offer is None
    publish(world, PREPARE, TRAIN, LAUNCH)
    assert world.rollout(FIFE).offer is None
    report = world.technology.reports["fife"]
    assert (report.playbook, report.offered) == (1, None)


# --- deciding -----------------------------------------------------------------------------------------------


def test_a_board_goes_on_by_the_version_that_it_adopts() -> None:
    """What was done stays, what is new opens, due dates move, what is gone is remembered."""
    world = replicating("prepare")
    publish(
        world, PREPARE, TRAIN.model_copy(update={"duration": 15 * DAY}), EQUIP, make_step("open", "equip")
    )
    told = seen(world).migration
    assert (told.kept, told.added, told.dropped) == (("prepare", "train"), ("equip", "open"), ("launch",))
    assert not isinstance(adopt(world), Refusal)
    assert adoption(world).migration == told
    state = world.rollout(FIFE)
    assert (state.adopted, state.offer) == (2, None)
    work = world.work(FIFE)
    assert work.record("prepare").status is StepStatus.COMPLETED
    assert work.record("equip").status is StepStatus.OPEN
    assert work.record("train").due == world.now + 15 * DAY
    world.settle()
    assert world.technology.reports["fife"].playbook == 2
    assert state.handover == PLAYBOOK.handover


def test_what_was_shown_is_what_is_done() -> None:
    """The preview of a board and the event of its adoption tell the same."""
    world = replicating("train")
    publish(
        world,
        make_step("prepare", "equip", days=3),
        TRAIN,
        LAUNCH,
        EQUIP,
        handover=make_plan("handover", EQUIP),
    )
    told = seen(world)
    assert told.migration.held == ("prepare",)
    assert told.to_come is not None
    assert told.to_come.added == ("equip",)
    adopt(world)
    event = adoption(world)
    assert (event.before, event.version, event.plan) == (told.before, told.version, told.plan)
    assert (event.migration, event.unapplied) == (told.migration, told.unapplied)
    assert event.handover == make_plan("handover", EQUIP)


def test_a_version_that_was_declined_may_be_adopted_later_and_the_next_is_offered_anew() -> None:
    """A decline is about one version."""
    world = replicating()
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    assert not isinstance(decline(world), Refusal)
    assert not [wait for wait in rollout_waits.waits(world.rollout(FIFE)) if "version" in wait.what]
    world.settle()
    assert world.technology.reports["fife"].declined
    publish(world, PREPARE, TRAIN, LAUNCH)
    offer = world.rollout(FIFE).offer
    assert offer is not None
    assert (offer.edition.version, offer.declined) == (3, None)
    decline(world, 3)
    assert not isinstance(adopt(world, version=3), Refusal)
    assert world.rollout(FIFE).adopted == 3
    assert "equip" not in world.work(FIFE).plan.by_id


def test_a_paused_board_may_adopt_and_its_due_dates_move_when_it_goes_on() -> None:
    """Nobody works on the plan just then; the time of the pause does not count."""
    world = replicating()
    due = world.work(FIFE).record("prepare").due
    assert due is not None
    world.do(FIFE, Pause(actor=OFFICE, reason="no staff"))
    world.wait(3)
    publish(world, make_step("prepare", days=22), TRAIN, LAUNCH, EQUIP)
    assert not isinstance(adopt(world), Refusal)
    assert world.work(FIFE).record("prepare").due == due + 2 * DAY
    assert world.work(FIFE).record("equip").status is StepStatus.WAITING
    world.wait(4)
    world.do(FIFE, Resume(actor=OFFICE, reason="staff came"))
    assert world.work(FIFE).record("prepare").due == due + 9 * DAY
    assert world.work(FIFE).record("equip").due == world.now + 5 * DAY


def test_the_time_of_a_pause_makes_nothing_late_and_is_counted_once() -> None:
    """What waits again, and goes on by the next version, has in a pause the time that was left."""
    world = replicating()
    due = world.work(FIFE).record("prepare").due
    assert due is not None
    world.do(FIFE, Pause(actor=OFFICE, reason="no staff"))
    world.wait(30)
    publish(world, make_step("prepare", "equip", days=20), TRAIN, LAUNCH, EQUIP)
    adopt(world)
    assert not world.work(FIFE).record("train").overdue
    assert world.work(FIFE).record("prepare").due is None
    world.wait(5)
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    adopt(world, version=3)
    assert world.work(FIFE).record("prepare").due == due
    world.do(FIFE, Resume(actor=OFFICE, reason="staff came"))
    assert world.work(FIFE).record("prepare").due == due + 35 * DAY
    assert not world.work(FIFE).record("train").overdue


def test_what_is_done_again_brings_its_evidence_again() -> None:
    """What the first round brought stays on the register and counts no longer."""
    world = replicating("train")
    publish(world, PREPARE, TRAIN.model_copy(update={"revision": 2}), LAUNCH)
    adopt(world)
    assert [it.set_aside for it in world.rollout(FIFE).on_record.values() if it.step == "train"] == [True]
    assert world.work(FIFE).record("train").round == 2
    world.complete(FIFE, "train")
    standing = [
        it for it in world.rollout(FIFE).on_record.values() if it.step == "train" and not it.set_aside
    ]
    assert len(standing) == 1
    publish(world, PREPARE, TRAIN.model_copy(update={"revision": 2, "title": "Train all"}), LAUNCH)
    adopt(world, version=3)
    assert world.work(FIFE).record("train").status is StepStatus.COMPLETED


def test_what_was_done_before_a_version_dropped_it_counts_at_a_live_board_when_one_has_it_again() -> None:
    """Nothing mandatory is missing behind its gate."""
    world = replicating("prepare", "train")
    insure = make_step("insure")
    publish(world, PREPARE, TRAIN, LAUNCH, insure)
    adopt(world)
    world.complete(FIFE, "insure")
    publish(world, PREPARE, TRAIN, LAUNCH)
    adopt(world, version=3)
    world.complete(FIFE, "launch")
    live(world)
    publish(world, PREPARE, TRAIN, LAUNCH, insure.model_copy(update={"mandatory": True}))
    assert seen(world).unapplied == ()
    assert not isinstance(adopt(world, version=4), Refusal)


def test_a_step_that_has_less_time_can_be_late_at_once() -> None:
    """And the status says so."""
    world = replicating()
    world.wait(8)
    publish(world, make_step("prepare", days=5), TRAIN, LAUNCH)
    adopt(world)
    assert world.work(FIFE).record("prepare").overdue
    assert world.rollout(FIFE).rag == "Off Track"


# --- gates --------------------------------------------------------------------------------------------------


def test_a_gate_that_waits_is_withdrawn_where_the_version_asks_for_more() -> None:
    """Visibly, and the preview says so; once that is done it waits again."""
    world = replicating("prepare", "train", "launch")
    assert world.rollout(FIFE).gate is not None
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    assert seen(world).withdraws == "go-live"
    adopt(world)
    assert world.rollout(FIFE).gate is None
    assert world.kinds(FIFE)[-3:] == ["edition-adopted", "step-opened", "gate-withdrawn"]
    world.complete(FIFE, "equip")
    assert world.rollout(FIFE).gate is not None


def test_a_gate_that_waits_goes_on_waiting_where_the_version_asks_for_nothing_more() -> None:
    """What was said at it still counts."""
    world = replicating("prepare", "train", "launch")
    publish(world, PREPARE, TRAIN.model_copy(update={"title": "Train all"}), LAUNCH)
    assert seen(world).withdraws is None
    before = world.rollout(FIFE).docket
    adopt(world)
    assert world.rollout(FIFE).docket == before


def test_whoever_leaves_nothing_to_be_done_by_adopting_has_brought_the_gate_about() -> None:
    """Nobody decides alone on what they brought about."""
    world = replicating("prepare", "train")
    publish(world, PREPARE, TRAIN)
    adopt(world)
    gate = world.rollout(FIFE).gate
    assert gate is not None
    assert lead_of("fife").name in gate.asked_by
    answer = world.pass_gate(FIFE)
    assert isinstance(answer, Refusal)
    assert answer.code == "own-request"


def test_what_lies_behind_go_live_is_not_applied_to_a_live_board() -> None:
    """It is listed; the plan at hand is changed, and no passed gate is reopened."""
    world = live()
    decided = world.rollout(FIFE).docket
    publish(
        world,
        TRAIN,
        LAUNCH.model_copy(update={"needs": ("train",)}),
        EQUIP,
        handover=make_plan("handover", TRANSFER, EQUIP),
    )
    told = seen(world)
    assert told.unapplied == (
        Unapplied(step="equip", change="added"),
        Unapplied(step="prepare", change="dropped"),
    )
    assert told.migration.added == ("equip",)
    assert told.to_come is None
    adopt(world)
    state = world.rollout(FIFE)
    assert state.docket == decided
    assert set(world.work(FIFE).plan.by_id) == {"transfer", "equip"}
    mandatory = make_step("equip", mandatory=True)
    publish(world, mandatory, TRAIN, LAUNCH.model_copy(update={"needs": ("train",)}))
    answer = adopt(world, version=3)
    assert isinstance(answer, Refusal)
    assert answer.code == "unsafe-migration"


@pytest.mark.parametrize("change", ["new and mandatory", "mandatory and done again"])
def test_a_live_board_cannot_adopt_what_was_to_be_done_before(change: str) -> None:
    """Its gate was passed without that, and a version does not take a decision back."""
    world = live()
    again = LAUNCH.model_copy(update={"revision": 2})
    new = make_step("insure", mandatory=True)
    publish(world, PREPARE, TRAIN, *((LAUNCH, new) if change == "new and mandatory" else (again,)))
    assert len(seen(world).unsafe) == 1
    assert isinstance(adopt(world), Refusal)
    assert world.rollout(FIFE).adopted == 1


# --- composing ----------------------------------------------------------------------------------------------


def edition(version: int, *steps: object, handover: Plan = PLAYBOOK.handover) -> Edition:
    """A version of these steps."""
    plan = make_plan("replication", *steps)  # type: ignore[arg-type]
    return Edition(id="standard", version=version, implementation=plan, handover=handover)


def go_on(state: Rollout, world: World, *editions: Edition) -> Rollout | Refusal:
    """The state of a board that adopts these versions, one after the other; or why it cannot."""
    for offered in editions:
        wanted = state.direction.model_copy(update={"playbook": offered})
        adopting = AdoptEdition(actor=lead_of("fife"), version=offered.version, reason="as agreed")
        for command in (Direct(actor=ENGINE, direction=wanted), adopting):
            events = rollout_rules.decide(state, command, world.now)
            if isinstance(events, Refusal):
                return events
            for event in events:
                state = rollout.evolve(state, event)
    return state


@pytest.mark.parametrize("is_live", [False, True], ids=["on the way to go-live", "live"])
def test_from_the_first_version_to_the_third_at_once_or_by_the_second(is_live: bool) -> None:
    """The board stands where it would stand."""
    world = live() if is_live else replicating("prepare")
    world.wait(2)
    hand = make_plan("handover", make_step("transfer", "count", days=4), make_step("count"))
    second = edition(2, PREPARE, make_step("train", "equip", days=3), EQUIP, LAUNCH, handover=hand)
    last = make_plan("handover", make_step("transfer", days=7), make_step("tell"))
    third = edition(3, PREPARE, make_step("train", days=12), LAUNCH, make_step("open"), handover=last)
    if is_live:
        second, third = (
            it.model_copy(update={"implementation": PLAYBOOK.implementation}) for it in (second, third)
        )
    by_way = go_on(world.rollout(FIFE), world, second, third)
    at_once = go_on(world.rollout(FIFE), world, third)
    assert isinstance(by_way, Rollout)
    assert isinstance(at_once, Rollout)
    assert by_way.work is not None
    assert at_once.work is not None
    assert by_way.work.records == at_once.work.records
    assert (by_way.adopted, by_way.handover, by_way.behind) == (3, at_once.handover, at_once.behind)
    assert by_way.docket == at_once.docket
    assert by_way.on_record == at_once.on_record


@settings(max_examples=5 * settings().max_examples)
@given(data=st.data(), is_live=st.booleans(), done=st.integers(0, 3), days=st.integers(0, 30))
def test_by_whatever_versions_a_board_came_it_stands_where_it_would_stand(
    data: st.DataObject, is_live: bool, done: int, days: int
) -> None:
    """Where both ways are safe; and neither way reopens a gate, whatever a version asks for."""
    world = live() if is_live else replicating(*("train", "prepare", "launch")[:done])
    world.wait(days)
    first = edition(1, PREPARE, TRAIN, LAUNCH)
    plans = [first.implementation, first.handover]
    editions = []
    for version in (2, 3):
        plans = [data.draw(successors(plan)) for plan in plans]
        editions.append(Edition(id="standard", version=version, implementation=plans[0], handover=plans[1]))
    before = world.rollout(FIFE)
    by_way, at_once = go_on(before, world, *editions), go_on(before, world, editions[1])
    for after in (by_way, at_once):
        if isinstance(after, Rollout):
            assert after.docket.reviews == {}
            assert after.docket.decisions == before.docket.decisions
            assert after.stage == before.stage
    assume(isinstance(by_way, Rollout) and isinstance(at_once, Rollout))
    assert isinstance(by_way, Rollout)
    assert isinstance(at_once, Rollout)
    assert by_way.work is not None
    assert at_once.work is not None
    for step in at_once.work.plan.by_id:
        one, other = by_way.work.record(step), at_once.work.record(step)
        assert (one.status, one.round, one.due) == (other.status, other.round, other.due)
    assert (by_way.adopted, by_way.handover, by_way.behind) == (3, at_once.handover, at_once.behind)
    assert (by_way.gate is None) == (at_once.gate is None)
    assert by_way.rag == at_once.rag


def test_only_those_who_may_steer_decide_on_a_version() -> None:
    """The board's lead, or the national programme; not those who do the work."""
    world = replicating()
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    for actor, code in (
        (people_of("fife").model_copy(update={"roles": ("team",)}), "wrong-role"),
        (lead_of("orkney"), "out-of-scope"),
    ):
        answer = world.do(FIFE, AdoptEdition(actor=actor, version=2, reason="x"))
        assert isinstance(answer, Refusal)
        assert answer.code == code
    assert not isinstance(world.do(FIFE, AdoptEdition(actor=OFFICE, version=2, reason="x")), Refusal)
