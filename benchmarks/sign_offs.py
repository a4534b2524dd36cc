"""The sign-offs of a board's rollout, in the order that its plans allow, and the people who send them."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from domain.actor import Actor
from domain.criterion import Signed
from domain.event import Command
from domain.evidence import OWN, Evidence
from domain.gate import Effect, Gate
from domain.gate_commands import DecideGate
from domain.plan import Plan, Step
from domain.playbook import Playbook
from domain.record import Receipt
from domain.steps import CompleteStep
from identity.development import name_of
from rehearsal.findings import rehearsed

TRY_AGAIN = 0.02
"""Seconds before a sign-off is sent again, under the same id, when the server gave no answer."""


@dataclass(frozen=True)
class SignOff:
    """One thing that one person signs.

    Attributes:
        key: The update's id.
        update: The update's name.
        command: What is sent.
        after: The keys that have to be answered first.
    """

    key: str
    update: str
    command: Command
    after: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """A sign-off that was answered; moments are seconds of this process's clock."""

    key: str
    sent: float
    answered: float
    receipt: Receipt

    @property
    def latency(self) -> float:
        """Seconds from sending to the answer."""
        return self.answered - self.sent


def script(board: str, playbook: Playbook, go_live: Gate, handover: Gate) -> tuple[SignOff, ...]:
    """Everything that is signed at a board from the start of replication to business as usual."""
    return (
        *_plan(board, playbook.implementation, frozenset()),
        *_votes(go_live, playbook.implementation),
        *_plan(board, playbook.handover, frozenset(_key(go_live, role) for role in voters(go_live))),
        *_votes(handover, playbook.handover),
    )


def _plan(board: str, plan: Plan, before: frozenset[str]) -> Iterator[SignOff]:
    for step in plan.steps:
        needs = frozenset(f"{plan.id}/{need}" for need in step.needs)
        yield SignOff(
            f"{plan.id}/{step.id}", "complete_step", _complete(board, plan.id, step), needs or before
        )


def _complete(board: str, plan: str, step: Step) -> CompleteStep:
    today = datetime.now(UTC).date()
    return CompleteStep(
        actor=_actor(step.owner),
        plan=plan,
        step=step.id,
        evidence=tuple(
            Evidence(
                id=asked.id,
                statement=f"{asked.title}: measured at {board}, no real finding.",
                source="Benchmark record",
                dated=today,
                finding=rehearsed(asked.finding, today),
            )
            for asked in step.evidence
        ),
    )


def measured(gate: Gate) -> Gate:
    """A gate as it is measured: judged by what the board's own plan brings, with the same seats and quorum.

    Checks are signed and national evidence is brought by people whose sign-offs are not measured here.
    """
    criteria = tuple(it for it in gate.criteria if it.source == OWN and not isinstance(it.test, Signed))
    return gate.model_copy(update={"criteria": criteria})


def voters(gate: Gate) -> tuple[str, ...]:
    """The roles that vote: all that have to, and as many others as the quorum takes."""
    required = [seat.role for seat in gate.seats if seat.required]
    others = [seat.role for seat in gate.seats if not seat.required]
    return (*required, *others[: max(gate.quorum - len(required), 0)])


def _votes(gate: Gate, plan: Plan) -> Iterator[SignOff]:
    outcome = next(name for name, effect in gate.outcomes.items() if effect is Effect.PROCEED)
    steps = frozenset(f"{plan.id}/{step.id}" for step in plan.steps)
    for role in voters(gate):
        command = DecideGate(
            actor=_actor(role), gate=gate.id, outcome=outcome, reason="The evidence is there."
        )
        yield SignOff(_key(gate, role), "decide_gate", command, steps)


def _key(gate: Gate, role: str) -> str:
    return f"{gate.id}/{role}"


def _actor(role: str) -> Actor:
    # The boards are made up for the measurement, so it is the national holder who signs.
    return Actor(name=name_of(role, None), roles=(role,), boards="all")


class Team:
    """The people of one workflow, who sign as much at once as they are told to.

    Args:
        client: How they reach the engine.
        workflow: Whose sign-offs these are.
        sign_offs: What is to be signed.

    Attributes:
        answers: What was answered so far, in that order.
        in_flight: What was sent and not answered, with the moment of sending.
    """

    def __init__(self, client: Client, workflow: str, sign_offs: Sequence[SignOff]) -> None:
        self.workflow = workflow
        self.answers: list[Answer] = []
        self.in_flight: dict[str, float] = {}
        self._client = client
        self._left = list(sign_offs)
        self._done: set[str] = set()

    async def sign(self, at_once: int, until: int = 0) -> None:
        """Sign until no more than `until` sign-offs are left, up to `at_once` of them side by side."""
        under_way: set[asyncio.Task[None]] = set()
        while len(self._left) > until or under_way:
            for sign_off in self._ready(at_once - len(under_way), until):
                under_way.add(asyncio.create_task(self._send(sign_off)))
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    def _ready(self, places: int, until: int) -> list[SignOff]:
        ready = [it for it in self._left if it.after <= self._done]
        chosen = ready[: min(places, len(self._left) - until)]
        for sign_off in chosen:
            self._left.remove(sign_off)
        return chosen

    async def _send(self, sign_off: SignOff) -> None:
        self.in_flight[sign_off.key] = sent = perf_counter()
        receipt = await self._insist(sign_off)
        del self.in_flight[sign_off.key]
        self._done.add(sign_off.key)
        self.answers.append(Answer(sign_off.key, sent, perf_counter(), receipt))

    async def _insist(self, sign_off: SignOff) -> Receipt:
        handle = self._client.get_workflow_handle(self.workflow)
        while True:
            try:
                receipt: Receipt = await handle.execute_update(
                    sign_off.update, sign_off.command, id=sign_off.key, result_type=Receipt
                )
            except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
                await asyncio.sleep(TRY_AGAIN)
            else:
                return receipt
