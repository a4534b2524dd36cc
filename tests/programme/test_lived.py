"""The shipped programme can be lived: from proposal to sustained, by people who each hold one role."""

from collections.abc import Iterator

from domain.actor import Actor
from domain.check import CheckNeeded
from domain.criterion import Result
from domain.event import Command
from domain.evidence import Evidence, SignCheck, Verdict, in_force
from domain.form import check_form
from domain.gate import Effect, OpenGate
from domain.gate_commands import DecideGate
from domain.journey import Journey
from domain.judging import judge_gate
from domain.names import programme_id, rollout_id, technology_id
from domain.office_commands import OpenProgramme
from domain.plan import EvidenceAsked
from domain.programme import Charter
from domain.proposal import Proposal
from domain.refusal import Refusal
from domain.rollout import Rollout
from domain.steps import CompleteStep
from domain.technology import DeclareChange, Propose, PublishPlaybook, Technology
from programme.contents import Programme
from rehearsal.findings import rehearsed
from tests.domain.laws import rules_of
from tests.domain.world import Answer, World


def someone(role: str, board: str | None = None) -> Actor:
    """The one person who holds a role, at a board or nationally."""
    return Actor(name=f"{board or 'national'} {role}", roles=(role,), boards=(board,) if board else "all")


class Shipped(World):
    """A world that folds and posts; the laws of the other worlds speak of simpler criteria."""

    def do(self, stream: str, command: Command) -> Answer:
        """Give a command, fold what follows, and post what others should know."""
        rules = rules_of(stream)
        state = self.states.get(stream)
        answer = check_form(command) or rules.decide(state, command, self.now)
        if isinstance(answer, Refusal):
            return answer
        for event in answer:
            state = rules.evolve(state, event)
        if state is not None and answer:
            self.states[stream] = state
            self._send(stream, state)
        return answer


class Life:
    """A technology of the shipped programme, and everybody who works on it."""

    def __init__(self, programme: Programme, proposal: Proposal) -> None:
        self.programme, self.proposal = programme, proposal
        self.world = Shipped()
        charter = Charter(
            programme=programme.id,
            name=programme.name,
            limits={"national/developing": len(programme.boards)},
            serving=programme.capacity.serving,
            authority=programme.authority,
        )
        self.advisor = someone(programme.authority.national[0])
        self.do(programme_id(programme.id), OpenProgramme(actor=self.advisor, charter=charter))
        self.do(self.stream, Propose(actor=self.advisor, proposal=proposal))

    @property
    def stream(self) -> str:
        """The technology's stream."""
        return technology_id(self.proposal.technology)

    @property
    def technology(self) -> Technology:
        """The technology."""
        state = self.world.states[self.stream]
        assert isinstance(state, Technology)
        return state

    def rollout(self, board: str) -> Rollout:
        """A board's rollout."""
        return self.world.rollout(rollout_id(self.proposal.technology, board))

    def do(self, stream: str, command: Command) -> None:
        """Do something that must not be refused."""
        answer = self.world.do(stream, command)
        assert not isinstance(answer, Refusal), (stream, answer)

    def bring(self, asked: EvidenceAsked) -> Evidence:
        """What a step asks for."""
        today = self.world.now.date()
        return Evidence(
            id=asked.id,
            statement="Made up.",
            source="Test",
            dated=today,
            finding=rehearsed(asked.finding, today),
        )

    def work(self, *, sign: bool = True) -> bool:
        """Do all that can be done now, but decide nothing; say whether there was anything."""
        self.world.settle()
        due = list(self.world.tasks())
        for stream, step in due:
            command = CompleteStep(
                actor=someone(step.owner, self.world.journey(stream).board),
                plan=self.world.work(stream).plan.id,
                step=step.id,
                evidence=tuple(self.bring(asked) for asked in step.evidence),
            )
            self.do(stream, command)
        unsigned = list(self.unsigned()) if sign else []
        for stream, check in unsigned:
            self.sign(stream, check)
        technology = self.technology
        if publish := technology.stage == "standardise" and technology.playbook is None:
            self.do(self.stream, PublishPlaybook(actor=self.advisor, playbook=self.programme.playbooks[0]))
        self.world.settle()
        return bool(due or unsigned or publish)

    def unsigned(self) -> Iterator[tuple[str, CheckNeeded]]:
        """The checks that can be signed and are not."""
        today = self.world.now.date()
        for stream, state in self.world.journeys().items():
            there = {it.evidence.id for it in state.on_record.values() if in_force(it, today)}
            for check in state.checks:
                if check.id not in there and all(name in there for name in check.rests_on):
                    yield stream, check

    def sign(self, stream: str, check: CheckNeeded) -> None:
        """Sign a check without reserve."""
        board = None if check.independent else self.world.journey(stream).board
        command = SignCheck(
            actor=someone(check.signers[0], board),
            check=check.id,
            verdict=Verdict.ACCEPTED,
            statement="Made up.",
            source="Test",
            dated=self.world.now.date(),
        )
        self.do(stream, command)

    def decide(self) -> bool:
        """Pass every gate that waits; say whether there was any."""
        waiting = [(name, it.docket.gate) for name, it in self.world.journeys().items() if it.docket.gate]
        for stream, matter in waiting:
            for answer in self.votes(stream, matter):
                assert not isinstance(answer, Refusal), (stream, answer)
            assert self.world.journey(stream).docket.matter(matter.gate.id) is None
        self.world.settle()
        return bool(waiting)

    def votes(self, stream: str, matter: OpenGate) -> Iterator[object]:
        """The answers to everybody who has a say, until it is decided."""
        state, gate = self.world.journey(stream), matter.gate
        judged = judge_gate(state, gate, self.world.now)
        accepts = {
            it.criterion: "Weighed." for it in judged if it.required and it.result is Result.INCONCLUSIVE
        }
        for seat in sorted(gate.seats, key=lambda seat: not seat.required):
            if self.world.journey(stream).docket.matter(gate.id) is None:
                return
            yield self.world.do(
                stream,
                DecideGate(
                    actor=someone(seat.role, None if seat.independent else state.board),
                    gate=gate.id,
                    outcome=next(name for name, does in gate.outcomes.items() if does is Effect.PROCEED),
                    reason="The evidence holds.",
                    accepts=accepts,
                ),
            )

    def go_on(self) -> bool:
        """Work, or decide where there is nothing to work on."""
        return self.work() or self.decide()


def live(life: Life, until: str) -> Life:
    """The life when its technology comes into a stage."""
    while life.technology.stage != until:
        assert life.go_on(), f"stuck in {life.technology.stage}: {waiting(life)}"
    return life


def waiting(life: Life) -> list[tuple[str, str]]:
    """What each life waits for, to tell why nothing goes on."""
    return [(name, str(state.docket.gate)) for name, state in life.world.journeys().items() if state.gate]


def decided(state: Journey) -> dict[str, tuple[str, ...]]:
    """The gates that were passed, each with the roles that had a say."""
    return {it.gate: tuple(vote.role for vote in it.votes) for it in state.decisions}


def test_the_shipped_technology_reaches_every_board_and_is_sustained(shipped: Programme) -> None:
    """Nobody has to hold two roles, nothing is waived, and every wave is released by the data alone."""
    life = live(Life(shipped, shipped.proposal("ccbt-perinatal")), "sustained")
    assert decided(life.technology) == {
        "begin": ("national-advisor", "policy-lead"),
        "scale": ("clinical-lead", "national-advisor"),
        "approve-playbook": ("clinical-lead", "national-advisor"),
        "release-pilots": (),
        "release-mastermind-2014": (),
        "release-national-2016": (),
        "sustain": ("national-advisor", "policy-lead"),
    }
    for board in shipped.boards:
        assert decided(life.rollout(board.id)) == {
            "go-live": ("board-lead", "national-programme-team"),
            "handover": ("board-digital-therapy-lead", "board-lead"),
        }


def test_the_islands_check_is_asked_of_boards_with_islands_alone(shipped: Programme) -> None:
    """Their gate waits for it; the others' gate does not know it."""
    life = live(Life(shipped, shipped.proposal("ccbt-perinatal")), "sustain")
    asked = {
        board.id
        for board in shipped.boards
        if "island-communities-impact" in [it.id for it in life.rollout(board.id).brief.go_live.criteria]
    }
    assert asked == {"ayrshire-and-arran", "highland", "orkney", "shetland", "western-isles"}


def test_nothing_begins_before_the_national_checks_are_signed(shipped: Programme) -> None:
    """The steps bring what a signature rests on, and never the signature."""
    life = Life(shipped, shipped.proposal("ccbt-perinatal"))
    while life.work(sign=False):
        pass
    matter = life.technology.docket.gate
    assert matter is not None
    answer = next(life.votes(life.stream, matter))
    assert isinstance(answer, Refusal)
    assert answer.code == "criteria-unmet"
    assert 'There is no evidence "cyber-essentials"' in answer.message


def test_a_certificate_that_has_lapsed_holds_the_next_wave_back(shipped: Programme) -> None:
    """Until it is signed anew the release does not open by itself."""
    life = live(Life(shipped, shipped.proposal("ccbt-perinatal")), "standardise")
    life.world.wait(366)
    while life.technology.stage != "scale":
        assert life.work(sign=False) or life.decide()
    before = life.technology.released
    for stream, check in life.unsigned():
        if check.id == "cyber-essentials":
            life.sign(stream, check)
    assert (before, life.technology.released) == ((), ("pilots",))


def test_a_technology_with_traits_meets_their_checks(shipped: Programme, special: Proposal) -> None:
    """The same gates ask more of it, and it can still be lived to the end."""
    life = live(Life(shipped, special), "sustained")
    assert {"algorithmic-transparency", "model-change-control"} <= {
        it.evidence.id for it in life.technology.on_record.values()
    }
    fife = life.rollout("fife")
    (go_live,) = [it for it in fife.decisions if it.gate == "go-live"]
    judged = {it.criterion: it.result for it in go_live.judgements}
    for criterion in ("human-oversight", "immersion-supervised", "headset-hygiene"):
        assert judged[criterion] is Result.MET
    (oversight,) = [it for it in fife.on_record.values() if it.evidence.id == "human-oversight"][-1:]
    assert oversight.name.startswith("national")


def test_a_changed_model_has_to_be_checked_again(shipped: Programme, special: Proposal) -> None:
    """What was signed about the version before does not carry the next decision."""
    life = Life(shipped, special)
    while life.work():
        pass
    life.do(life.stream, DeclareChange(actor=life.advisor, version="2", reason="Another model."))
    matter = life.technology.docket.gate
    assert matter is not None
    judged = judge_gate(life.technology, matter.gate, life.world.now)
    stale = {it.criterion for it in judged if it.result is Result.MISSING}
    assert {"algorithmic-transparency", "model-change-control"} <= stale
    assert "cyber-essentials" not in stale
