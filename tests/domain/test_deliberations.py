"""Whoever decides, objects, waives, signs, brings and withdraws whatever in any order: the laws hold."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domain.actor import ENGINE, Actor
from domain.criterion import Result
from domain.docket import GateDecided
from domain.event import TimePassed
from domain.evidence import AddEvidence, SignCheck, Verdict, WithdrawEvidence
from domain.gate import OpenGate, Terms
from domain.gate_commands import (
    AnswerObjection,
    AskWaiver,
    DecideGate,
    GrantWaiver,
    MeetCondition,
    ObjectToGate,
)
from domain.judging import judge_gate
from domain.learning import DecideTrial, StartTrial, StudyTrial
from domain.refusal import Refusal
from domain.standing import next_deadline
from domain.technology import DeclareChange, Stage
from tests.domain.examples import (
    BOARDS,
    NATIONAL_TEAM,
    NOBODY,
    OFFICE,
    PROPOSER,
    TECHNOLOGY,
    bring,
    figure,
    lead_of,
    people_of,
    someone,
)
from tests.domain.strategies import worlds
from tests.domain.test_machine import JOURNEYS, PICK, PeopleWork
from tests.domain.world import World

PANEL = (
    OFFICE,
    PROPOSER,
    NATIONAL_TEAM,
    NOBODY,
    someone("Clinician", "clinician"),
    someone("Assurer", "assurer"),
    someone("Chief", "chief"),
    someone("Jo", "npt", "lead", "clinician", "assurer", "chief", "team"),
    someone("Kim", "npt", "lead", "chief", on_behalf_of="Jo"),
    someone("Deputy", "npt", "team", on_behalf_of="Programme office"),
    someone("National team", "npt", "assurer"),
    *(person for board in BOARDS[:3] for person in (people_of(board), lead_of(board))),
    *(someone(f"Assurer of {board}", "assurer", "lead", boards=(board,)) for board in BOARDS[:3]),
)
SOMEBODY = st.sampled_from(PANEL)
SOMEWHERE = st.sampled_from([TECHNOLOGY, TECHNOLOGY, *JOURNEYS])
ACTS = st.tuples(
    st.sampled_from(["say", "say", "say", "abstain", "object", "answer", "waive", "bring"]), SOMEBODY, PICK
)
SHARE = st.sampled_from([None, None, 0.2, 0.5, 0.9])


class PeopleDecide(PeopleWork):
    """People bring evidence and decide together, or try what they may not, in any order."""

    @initialize(world=worlds(deliberate=True), head_start=st.integers(0, 14))
    def begin(self, world: World, head_start: int) -> None:
        """Propose a technology whose gates take several people, and let it come some way."""
        self.world = world
        for _ in range(head_start):
            world.work_through()

    def matter(self, stream: str, pick: int) -> OpenGate | None:
        """One of the gates that wait at a stream; sometimes one that was decided before."""
        state = self.world.journeys().get(stream)
        found = () if state is None else state.docket.matters
        return found[pick % len(found)] if found else None

    def deciding(self, stream: str, pick: int) -> str:
        """Mostly a stream at which a gate waits, else the one that was named."""
        found = [name for name, state in self.world.journeys().items() if state.docket.matters]
        return found[pick % len(found)] if found and pick % 8 else stream

    def seated(self, matter: OpenGate, who: Actor, pick: int) -> Actor:
        """Mostly somebody who holds a role that has a seat there, rightly or not, else whoever it is."""
        fit = [person for person in PANEL if set(person.roles) & set(matter.gate.decides)]
        return fit[pick % len(fit)] if pick % 4 else who

    def gate_at(self, stream: str, pick: int) -> str:
        """The name of a gate at a stream, waiting or not."""
        matter = self.matter(stream, pick)
        return "begin" if matter is None else matter.gate.id

    @rule(streams=st.integers(1, 3), publish=st.booleans())
    def finish_plans(self, streams: int, publish: bool) -> None:
        """Everybody does their steps, so that gates open; nobody decides anything yet."""
        for _ in range(streams):
            for stream, step in list(self.world.tasks()):
                self.world.complete(stream, step.id)
            if publish and self.world.needs_playbook():
                self.world.publish()
            self.world.settle()

    # --- at gates -------------------------------------------------------------------------------------------

    @rule(stream=SOMEWHERE, pick=PICK)
    def agree_together(self, stream: str, pick: int) -> None:
        """Everybody who has a seat says go, at a gate that waits for its first decision or for another."""
        stream = self.deciding(stream, pick)
        if matter := self.matter(stream, pick):
            self.world.pass_together(stream, matter.gate.id)

    @rule(
        stream=SOMEWHERE,
        who=SOMEBODY,
        outcome=st.sampled_from(["go", "go", "go", "again", "abstain", "end"]),
        pick=PICK,
        accept=st.sampled_from([True, True, False]),
        days=st.sampled_from([None, None, None, -1, 2, 30]),
    )
    def say(
        self, stream: str, who: Actor, outcome: str, pick: int, *, accept: bool, days: int | None
    ) -> None:
        """Anybody says anything at a gate, on terms or not, with judgements or without."""
        stream = self.deciding(stream, pick)
        matter = self.matter(stream, pick)
        if matter is None or (outcome == "end" and pick % 4):
            return
        who = self.seated(matter, who, pick)
        terms = () if days is None else (self._terms(days),)
        judged = judge_gate(self.world.journey(stream), matter.gate, self.world.now)
        unclear = [it.criterion for it in judged if it.required and it.result is Result.INCONCLUSIVE]
        command = DecideGate(
            actor=who,
            gate=matter.gate.id,
            outcome=outcome,
            reason="as agreed",
            accepts=dict.fromkeys(unclear, "good enough") if accept and outcome == "go" else {},
            terms=terms if outcome == "go" else (),
        )
        self.attempt(stream, command)

    def _terms(self, days: int) -> Terms:
        return Terms(text="Ask ten users", owner="team", due=self.world.now + timedelta(days=days))

    @rule(stream=SOMEWHERE, at=PICK, acts=st.lists(ACTS, min_size=4, max_size=12))
    def hold_a_meeting(self, stream: str, at: int, acts: list[tuple[str, Actor, int]]) -> None:
        """Several people act at one gate, one after the other, rightly and wrongly."""
        self.finish_plans(2, publish=True)
        # A multiple of eight keeps everybody at the same gate, and lets those act who were drawn.
        stream, here = self.deciding(stream, 8 * at + 1), 8 * at
        for what, drawn, pick in acts:
            matter = self.matter(stream, here)
            who = drawn if matter is None else self.seated(matter, drawn, pick)
            match what:
                case "say":
                    self.say(stream, who, "go", here, accept=True, days=None)
                case "abstain":
                    self.say(stream, who, what, here, accept=False, days=None)
                case "object":
                    self.object_and_answer(stream, drawn, who, here, then=False)
                case "waive":
                    self.waive(stream, who, drawn, here, 10)
                case "bring":
                    self.bring_evidence(stream, here, 0.9, 50, None, instead=True)
                case _:
                    self.object_and_answer(stream, drawn, who, here, then=True)

    @rule(stream=SOMEWHERE, who=SOMEBODY, other=SOMEBODY, pick=PICK, then=st.booleans())
    def object_and_answer(self, stream: str, who: Actor, other: Actor, pick: int, then: bool) -> None:
        """Anybody objects; perhaps anybody answers."""
        stream = self.deciding(stream, pick)
        gate = self.gate_at(stream, pick)
        self.attempt(stream, ObjectToGate(actor=who, gate=gate, reason="no user was asked"))
        if then:
            command = AnswerObjection(actor=other, gate=gate, objection=1 + pick % 3, reason="they were")
            self.attempt(stream, command)

    @rule(
        stream=SOMEWHERE,
        who=SOMEBODY,
        other=st.sampled_from([*[someone("Chief", "chief")] * 9, *PANEL]),
        pick=PICK,
        days=st.sampled_from([-1, 1, 5, 10, 20, 21]),
    )
    def waive(self, stream: str, who: Actor, other: Actor, pick: int, days: int) -> None:
        """Anybody asks for a waiver and anybody grants one, that one or an earlier one."""
        stream = self.deciding(stream, pick)
        matter = self.matter(stream, pick)
        if matter is None:
            return
        who = self.seated(matter, who, pick)
        criteria = [it for it in matter.gate.criteria if it.required or pick % 5 == 0]
        if not criteria:
            return
        asked = AskWaiver(
            actor=who,
            gate=matter.gate.id,
            criterion=criteria[pick % len(criteria)].id,
            reason="it is late",
            until=self.world.now + timedelta(days=days),
        )
        self.attempt(stream, asked)
        count = len(self.world.journey(stream).docket.waivers)
        number = count - (pick // 7) % 2
        granted = GrantWaiver(actor=other, gate=matter.gate.id, waiver=number, reason="for the winter")
        self.attempt(stream, granted)

    @rule(stream=SOMEWHERE, who=SOMEBODY, pick=PICK)
    def meet_a_condition(self, stream: str, who: Actor, pick: int) -> None:
        """Anybody says that a condition is met."""
        state = self.world.journeys().get(stream)
        if state is None or not state.docket.conditions:
            return
        found = state.docket.conditions[pick % len(state.docket.conditions)]
        command = MeetCondition(actor=who, gate=found.gate, condition=found.number, reason="done")
        self.attempt(stream, command)

    # --- evidence -------------------------------------------------------------------------------------------

    @rule(
        stream=SOMEWHERE,
        pick=PICK,
        share=SHARE,
        sample=st.sampled_from([5, 50]),
        days=st.sampled_from([None, None, None, 0, 5, 40]),
        instead=st.booleans(),
    )
    def bring_evidence(
        self, stream: str, pick: int, share: float | None, sample: int, days: int | None, instead: bool
    ) -> None:
        """Somebody brings what is asked for, of any worth and for any time, beside or instead of another."""
        state = self.world.journeys().get(stream)
        if state is None or not (asked := sorted(state.asked_for())):
            return
        name, today = asked[pick % len(asked)], self.world.now.date()
        evidence = bring(
            name,
            dated=today - timedelta(days=pick % 50),
            finding=None if share is None else figure(share, sample),
            expires=None if days is None else today + timedelta(days=days),
        )
        same = [ref for ref, entry in state.on_record.items() if entry.evidence.id == name]
        old = same[pick % len(same)] if same and instead else None
        who = PANEL[pick % len(PANEL)] if pick % 5 == 0 else self.world.right_actor(stream)
        self.attempt(stream, AddEvidence(actor=who, evidence=evidence, supersedes=old))

    @rule(stream=SOMEWHERE, pick=PICK, who=SOMEBODY, settle=st.booleans())
    def withdraw_evidence(self, stream: str, pick: int, who: Actor, settle: bool) -> None:
        """Somebody says that a finding does not hold; perhaps everybody hears of it at once."""
        state = self.world.journeys().get(stream)
        if state is None or not state.on_record:
            return
        refs = list(state.on_record)
        actor = who if pick % 3 else self.world.right_actor(stream)
        command = WithdrawEvidence(actor=actor, ref=refs[pick % len(refs)], reason="miscounted")
        self.attempt(stream, command)
        if settle:
            self.world.settle()

    @rule(stream=SOMEWHERE, who=SOMEBODY, verdict=st.sampled_from([Verdict.ACCEPTED, *Verdict]), ago=PICK)
    def sign_a_check(self, stream: str, who: Actor, verdict: Verdict, ago: int) -> None:
        """Anybody signs a check, today or a while ago."""
        state = self.world.journeys().get(stream)
        if state is None or not state.checks:
            return
        command = SignCheck(
            actor=who if ago % 3 else someone("Clinician", "clinician"),
            check=state.checks[0].id,
            verdict=verdict,
            terms="after the update" if verdict is Verdict.CONDITIONAL else "",
            statement="The hazards are known.",
            source="Hazard log",
            dated=self.world.now.date() - timedelta(days=ago % 400),
        )
        self.attempt(stream, command)

    @rule(who=st.sampled_from([OFFICE, OFFICE, *PANEL]), version=st.sampled_from(["1", "2", "3"]))
    @precondition(lambda self: len(self.world.technology.decisions) > 1)
    def change_the_technology(self, who: Actor, version: str) -> None:
        """Anybody declares a material change."""
        self.attempt(TECHNOLOGY, DeclareChange(actor=who, version=version, reason="another supplier"))

    @rule(board=st.sampled_from(BOARDS[:2]), pick=PICK, share=SHARE)
    @precondition(lambda self: self.world.technology.stage == Stage.TEST_AND_LEARN)
    def test_a_change(self, board: str, pick: int, share: float | None) -> None:
        """A pilot starts, studies or ends a test of change, in any order."""
        actor, stream, trial = people_of(board), f"rollout/ccbt/{board}", f"change-{pick % 3}"
        self.attempt(
            stream,
            StartTrial(actor=actor, trial=trial, title="Text", priority="uptake", prediction="More begin"),
        )
        evidence = bring(trial, finding=None if share is None else figure(share))
        if pick % 5:
            self.attempt(stream, StudyTrial(actor=actor, trial=trial, evidence=evidence))
        self.attempt(stream, DecideTrial(actor=actor, trial=trial, verdict="adopt", reason="it helps"))

    # --- time -----------------------------------------------------------------------------------------------

    @rule()
    @precondition(lambda self: len(self.world.sent) > 5)
    def wait_for_the_next_deadline(self) -> None:
        """Time passes until somebody has to look; they look, and need not look again at once."""
        now = self.world.now
        moments = [next_deadline(state, now) for state in self.world.journeys().values()]
        if known := [moment for moment in moments if moment is not None]:
            self.world.let_pass(min(known) - now)
            for stream in self.world.journeys():
                self.notice_once(stream)

    def notice_once(self, stream: str) -> None:
        """One stream notices that time has passed: whatever was due is dealt with."""
        assert not isinstance(self.world.do(stream, TimePassed(actor=ENGINE)), Refusal)
        following = next_deadline(self.world.journey(stream), self.world.now)
        assert following is None or following > self.world.now, f"{stream} would look again at once"

    # --- what must hold -------------------------------------------------------------------------------------

    @invariant()
    def time_alone_moves_nothing(self) -> None:
        """Time alone passes no gate that does not open by itself."""
        for stream, state in self.world.journeys().items():
            answer = self.world.ask(stream, TimePassed(actor=ENGINE))
            assert not isinstance(answer, Refusal)
            decided = [event for event in answer if isinstance(event, GateDecided)]
            assert not decided or (state.gate is not None and state.gate.gate.automatic)
            for event in decided:
                assert event.by == ENGINE

    @invariant()
    def every_deadline_is_dealt_with(self) -> None:
        """Nobody is called at a moment at which there is nothing to do."""
        for stream, state in self.world.journeys().items():
            due = next_deadline(state, self.world.now)
            if due is not None and due <= self.world.now:
                assert self.world.ask(stream, TimePassed(actor=ENGINE)) != ()


TestPeopleDecide = PeopleDecide.TestCase
TestPeopleDecide.settings = settings(max_examples=5 * settings().max_examples)


@given(world=worlds(least_capacity=1, deliberate=True), day=st.dates(date(2027, 1, 4), date(2027, 3, 1)))
def test_a_programme_that_weighs_its_evidence_gets_on(world: World, day: date) -> None:
    """Everybody does what is due: the first gates are passed by enough people on enough evidence."""
    world.wait((day - world.now.date()).days)
    for _ in range(30):
        world.work_through()
    assert world.technology.stage != Stage.ASSESS
    world.check()
    world.check_history()
