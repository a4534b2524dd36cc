"""Stopping the line: a safety concern freezes a technology, or a version of its playbook, until its release.

A halt is no pause: anybody who acts somewhere may raise one, and only its own gate releases it. What is known
of halts only grows: one that was released stays known as released. So it does not matter in which order
messages about halts arrive, or whether one arrives again: a halt ends where its release was heard.
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from domain.event import Command, Event
from domain.gate import Note
from domain.plan import EvidenceAsked, Step
from domain.refusal import Refusal
from domain.value import Fact, Instant, Line, Slug, Value


class HaltPolicy(Value):
    """Who may stop the line, and what has to be brought before it moves again.

    Attributes:
        roles: The roles that may raise a halt, wherever they act; every role where none is named.
        evidence: What is to be brought anew for each halt; the gate that releases it asks for it.
    """

    roles: tuple[Slug, ...] = ()
    evidence: tuple[EvidenceAsked, ...] = ()


class Halt(Fact):
    """A safety concern that freezes what it is about.

    Attributes:
        number: Its number in its technology, from 1.
        concern: What is feared for whom.
        owner: The role that sees to it.
        version: The version of the playbook that it is about; ``None`` where it is about the technology.
        may_continue: The areas of work and the steps that go on.
        allowance: What else may go on, in words.
        raised: Who raised it, when, in which role and why.
        people: Whose act that was, where duties are kept apart.
        released: The decision that released it.
    """

    number: int
    concern: str
    owner: str
    version: int | None = None
    may_continue: tuple[str, ...] = ()
    allowance: str = ""
    raised: Note
    people: tuple[str, ...] = ()
    released: Note | None = None

    @property
    def in_force(self) -> bool:
        """Whether it has not been released."""
        return self.released is None

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return "the technology" if self.version is None else f"version {self.version} of the playbook"

    @property
    def release(self) -> str:
        """What is waited for while it is in force, in words."""
        return f"the release of halt {self.number} of {self.about} ({self.concern}), owned by {self.owner}"

    def concerns(self, version: int | None) -> bool:
        """Whether it is about what replicates this version of the playbook; ``None`` where nothing is yet."""
        return self.version in {None, version}

    def lets(self, step: Step) -> bool:
        """Whether the work on a step goes on."""
        return step.id in self.may_continue or (step.area is not None and step.area in self.may_continue)


Halts = dict[int, Halt]
"""Halts by their numbers."""


class HaltTechnology(Command):
    """Stop the line: freeze a technology in all boards at once, until its own gate releases it.

    Attributes:
        concern: What is feared for whom.
        owner: The role that sees to it.
        version: Only the boards that replicate this version of the playbook; all of it unless given.
        may_continue: The areas of work and the steps that go on, by slug.
        allowance: What else may go on, in words.
        reason: Why it cannot wait.
    """

    concern: Line
    owner: Slug
    version: int | None = Field(default=None, ge=1)
    may_continue: tuple[Slug, ...] = ()
    allowance: str = ""
    reason: str

    def misformed(self) -> Refusal | None:
        """Refuse to let the same go on twice."""
        for name in self.may_continue:
            if self.may_continue.count(name) > 1:
                return Refusal(
                    code="named-twice", message=f'"{name}" is named twice as what may continue: name it once.'
                )
        return None


class HoldChange(Event):
    """What holds a life begins or ends.

    Attributes:
        gates: Until when the gates that wait have time, as far as they lost some by what held until now.
    """

    gates: dict[str, Instant] = Field(default_factory=dict)


class Halted(HoldChange):
    """The line was stopped: at the technology by whoever raised it, elsewhere because that was heard."""

    kind: Literal["halted"] = "halted"
    halt: Halt


class HaltReleased(HoldChange):
    """A halt was released: at the technology by the decision at its gate, elsewhere as that was heard."""

    kind: Literal["halt-released"] = "halt-released"
    number: int
    role: str
    reason: str


HaltEvent = Halted | HaltReleased


def evolve_halts(halts: Halts, event: HaltEvent) -> Halts:
    """What is known of halts after an event."""
    match event:
        case Halted():
            return {**halts, event.halt.number: event.halt}
        case HaltReleased():
            note = Note(at=event.at, name=event.by.name, role=event.role, reason=event.reason)
            return {**halts, event.number: halts[event.number].model_copy(update={"released": note})}


def merge_halts(known: tuple[Halt, ...], told: tuple[Halt, ...]) -> tuple[Halt, ...]:
    """All that is known of halts once somebody has told of them: a release that was heard stays heard."""
    merged: Halts = {}
    for halt in (*known, *told):
        if halt.number not in merged or not halt.in_force:
            merged[halt.number] = halt
    return tuple(merged[number] for number in sorted(merged))


def in_force(halts: Iterable[Halt]) -> tuple[Halt, ...]:
    """Those of the halts that were not released."""
    return tuple(halt for halt in halts if halt.in_force)


def halt_of_version(halts: Iterable[Halt], version: int | None) -> Halt | None:
    """The first halt in force that is about this version of the playbook alone."""
    return next((it for it in in_force(halts) if version is not None and it.version == version), None)
