"""What must always hold of halts, kept from the events alone: what one freezes does not move."""

from dataclasses import dataclass, field

from domain.docket import GateDecided
from domain.editions import EditionAdopted
from domain.event import Event
from domain.halt import Halt, Halted, HaltReleased
from domain.journey import Journey, StageEntered
from domain.learning import TrialDecided, TrialStarted, TrialStudied
from domain.plan import Step
from domain.rollout import CycleStarted, PlaybookAdopted, RolloutStarted
from domain.technology import PilotCycleStarted, WaveReleased
from domain.work import StepCompleted, StepHeld, StepOpened, StepReopened, StepSkipped

FROZEN = (
    StageEntered
    | CycleStarted
    | PlaybookAdopted
    | EditionAdopted
    | PilotCycleStarted
    | WaveReleased
    | TrialStarted
    | TrialStudied
    | TrialDecided
)
"""What moves a life on, and never happens while it is halted."""


def is_release(gate: str) -> bool:
    """Whether a gate releases a halt."""
    return gate.startswith("lift-halt-")


@dataclass
class Line:
    """Which halts freeze each stream, as its events say.

    Attributes:
        raised: The halts that the technology's events raised.
        released: Those whose release it decided.
        halts: For each stream the halts that freeze it.
        ended: For each stream the halts whose release it has heard.
    """

    raised: dict[int, Halt] = field(default_factory=dict)
    released: set[int] = field(default_factory=set)
    halts: dict[str, dict[int, Halt]] = field(default_factory=dict)
    ended: dict[str, set[int]] = field(default_factory=dict)

    def of(self, stream: str) -> list[Halt]:
        """The halts that freeze a stream."""
        return list(self.halts.get(stream, {}).values())

    def check(self, stream: str, before: Journey | None, event: Event) -> None:
        """Hold an event against the laws, before it is noted."""
        frozen = self.of(stream)
        if isinstance(event, StepOpened | StepCompleted | StepSkipped | StepReopened | StepHeld):
            assert before is not None
            assert before.work is not None
            step = before.work.plan.by_id[event.step]
            assert all(lets(it, step) for it in frozen), f"{event.step} moved in a halt"
        elif isinstance(event, GateDecided):
            assert not frozen or is_release(event.gate), f"{event.gate} was decided in a halt"
        elif isinstance(event, FROZEN):
            assert not frozen, f"{event.kind} of {stream} in a halt"
        if isinstance(event, PlaybookAdopted | EditionAdopted):
            assert all(it.version != event.version for it in self._known(before)), "a halted version taken up"

    def _known(self, before: Journey | None) -> list[Halt]:
        direction = getattr(before, "direction", None)
        return [it for it in getattr(direction, "halts", ()) if it.released is None]

    def note(self, stream: str, event: Event) -> None:
        """Note what begins and ends: nothing is released that the technology did not release."""
        of_technology = stream.startswith("technology/")
        match event:
            case Halted():
                halt = event.halt
                if of_technology:
                    assert halt.number == len(self.raised) + 1
                    self.raised[halt.number] = halt
                assert halt.number in self.raised
                assert halt.number not in self.ended.get(stream, set()), "halted again by an old letter"
                assert halt.number not in self.halts.get(stream, {}), "halted twice"
                if not of_technology or halt.version is None:
                    self.halts.setdefault(stream, {})[halt.number] = halt
            case HaltReleased():
                if of_technology:
                    self.released.add(event.number)
                assert event.number in self.released, "released without its gate"
                self.halts.get(stream, {}).pop(event.number, None)
                self.ended.setdefault(stream, set()).add(event.number)
            case RolloutStarted():
                self.ended.setdefault(stream, set())
            case _:
                pass

    def is_working(self, stream: str, step: Step) -> bool:
        """Whether no halt keeps a step of this stream from being worked on."""
        return all(lets(it, step) for it in self.of(stream))


def lets(halt: Halt, step: Step) -> bool:
    """Whether a halt lets a step continue."""
    return step.id in halt.may_continue or step.area in halt.may_continue


def may_move(state: Journey, step: Step) -> bool:
    """Whether neither a pause nor an end nor a halt holds a step, as the state has it."""
    frozen = [it for it in state.halts.values() if it.released is None]
    if state.stream.startswith("technology/"):
        frozen = [it for it in frozen if it.version is None]
    return not state.pauses and state.stopped is None and all(lets(it, step) for it in frozen)
