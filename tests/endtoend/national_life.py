"""A small national life and the people who live it, each stream's people by a script of their own.

The script of a stream is the same in every run, so whatever disturbs a run must leave the same events behind.
People who wait for another stream wait for the ledger; otherwise they go from one sign-off to the next,
whether or not the ledger can be read.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from domain.actor import Actor
from domain.event import Command
from domain.evidence import Evidence
from domain.gate_commands import DecideGate
from domain.names import programme_id, rollout_id, technology_id, workstream_id
from domain.office_commands import OpenProgramme
from domain.programme import Charter
from domain.proposal import Proposal
from domain.record import Receipt
from domain.steering import Pause, Resume
from domain.steps import CompleteStep
from domain.technology import Propose, PublishPlaybook
from runtime.stack import Stack
from tests.domain.examples import CHARTER, OFFICE, PLAYBOOK, PROPOSAL
from tests.endtoend.ledger_view import LedgerView
from workflows.lives import ProgrammeLife, TechnologyLife
from workflows.shell import JUST_BEGINNING, TASK_TIMEOUT

EVERYBODY = Actor(name="Everybody", roles=("npt", "lead", "team", "clinician"), boards="all")
AILSA, BRUCE, LEAVER = (
    Actor(name=name, roles=("team",), boards="all") for name in ("Ailsa", "Bruce", "Leaver")
)
FIFE_TEAM = Actor(name="Team at Fife", roles=("team",), boards=("fife",))
MORAG = EVERYBODY.model_copy(update={"name": "Morag Testperson"})
DECIDER = Actor(name="Decider", roles=("npt", "lead"), boards="all")
CAST = (
    *(OFFICE, AILSA, BRUCE, LEAVER, FIFE_TEAM, MORAG, DECIDER),
    *(EVERYBODY.model_copy(update={"name": name}) for name in ("Everybody", "First", "Second")),
)
"""Whom the stack's directory has, beside the people of the programme."""

PILOTS = PROPOSAL.pilots
BOARDS = tuple(board for wave in PROPOSAL.waves for board in wave.boards)
PAUSED_BOARD = "borders"
DATED = date(2026, 1, 1)
PATIENCE = 60.0
"""Seconds that a slow machine is given, one disturbance included."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Cue:
    """What a stream's people wait for: so many events of a type in the ledger."""

    stream: str
    type: str
    times: int = 1
    stage: str | None = None

    def given(self, ledger: LedgerView) -> bool:
        """Whether the ledger shows it."""
        events = [
            event
            for event in ledger.events(self.stream)
            if event.type == self.type and self.stage in (None, event.data.get("stage"))
        ]
        return len(events) >= self.times


@dataclass(frozen=True)
class Part:
    """What people do one after the other, once they had their cue."""

    cue: Cue
    acts: tuple[tuple[str, Command], ...]


def complete(plan: str, step: str, *evidence: str) -> tuple[str, Command]:
    """Complete a step, with the evidence that it asks for."""
    brought = tuple(
        Evidence(id=name, statement="8 of 10 completed", source="Evaluation", dated=DATED)
        for name in evidence
    )
    return "complete_step", CompleteStep(actor=EVERYBODY, plan=plan, step=step, evidence=brought)


def decide(gate: str, outcome: str = "go", *reopen: str) -> tuple[str, Command]:
    """Decide at a gate."""
    return "decide_gate", DecideGate(
        actor=DECIDER, gate=gate, outcome=outcome, reason="It was discussed.", reopen=reopen
    )


ASSESSMENT = (complete("assessment", "describe"), complete("assessment", "procure"), decide("begin"))
STANDARDISATION = (
    decide("scale"),
    complete("standardisation", "write"),
    complete("standardisation", "review"),
    ("publish_playbook", PublishPlaybook(actor=EVERYBODY, playbook=PLAYBOOK)),
    decide("approve"),
)
PROOF = (complete("proof", "set-up"), complete("proof", "try", "outcomes"), complete("proof", "survey"))
REPLICATION = (
    complete("replication", "prepare"),
    complete("replication", "train", "trained"),
    complete("replication", "launch"),
    decide("go-live"),
    complete("handover", "transfer"),
    decide("accept"),
)
A_PAUSE = (
    ("pause", Pause(actor=EVERYBODY, reason="Two of four posts are vacant.")),
    ("resume", Resume(actor=EVERYBODY, reason="Both posts are filled.")),
)


@dataclass
class NationalLife:
    """One technology under a programme office of its own, so that many lives share one stack.

    Attributes:
        slug: What tells this life from others.
        client: How sign-offs are sent.
        ledger: Where its people look.
        task_queue: Whose worker carries it out.
        receipts: What was acknowledged so far.
        at_work: People sign off while this is set.
        refused: Sign-offs that were refused: carried out, but the answer was lost with the connection, and
            the run that they were sent to again did not know them.
    """

    slug: str
    client: Client
    ledger: LedgerView
    task_queue: str
    receipts: list[Receipt] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    at_work: asyncio.Event = field(default_factory=asyncio.Event)
    _answer: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def technology(self) -> str:
        """The technology's workflow and stream."""
        return technology_id(self.slug)

    @property
    def programme(self) -> str:
        """The programme office's workflow and stream."""
        return programme_id(self.slug)

    def rollout(self, board: str) -> str:
        """A rollout's workflow and stream."""
        return rollout_id(self.slug, board)

    async def begin(self, proposal: Proposal = PROPOSAL, charter: Charter = CHARTER) -> None:
        """Open the programme office and propose the technology."""
        charter = charter.model_copy(update={"programme": self.slug})
        await self.start(
            "ProgrammeOffice",
            ProgrammeLife(start=OpenProgramme(actor=OFFICE, charter=charter)),
            self.programme,
        )
        proposal = proposal.model_copy(update={"technology": self.slug, "programme": self.slug})
        life = TechnologyLife(start=Propose(actor=OFFICE, proposal=proposal))
        await self.start("TechnologyLifecycle", life, self.technology)

    async def start(self, workflow: str, life: Any, workflow_id: str) -> None:
        """Start a workflow as the command line does."""
        await self.client.start_workflow(
            workflow, life, id=workflow_id, task_queue=self.task_queue, task_timeout=TASK_TIMEOUT
        )

    async def live(self, proposal: Proposal = PROPOSAL) -> None:
        """Live from the proposal to a sustained technology."""
        self.at_work.set()
        await self.begin(proposal)
        await asyncio.gather(*(self._play(stream, parts) for stream, parts in self.script()))
        await self.ledger.until(Cue(self.technology, "stage-entered", stage="sustained").given, PATIENCE)
        await self.ledger.until(self._all_is_recorded, PATIENCE)

    def script(self) -> Iterator[tuple[str, tuple[Part, ...]]]:
        """Each stream with the parts that its people play, in order."""
        yield (
            self.technology,
            (
                Part(Cue(self.technology, "technology-proposed"), ASSESSMENT),
                Part(Cue(self.technology, "gate-opened", times=2), (decide("scale", "again", "survey"),)),
                Part(Cue(self.technology, "gate-opened", times=3), STANDARDISATION),
                Part(
                    Cue(self.technology, "stage-entered", stage="sustain"),
                    (complete("sustain", "assign"), decide("sustain")),
                ),
            ),
        )
        track = workstream_id(self.slug, "adoption")
        engage = (complete("adoption", "engage"), complete("adoption", "include"))
        yield track, (Part(Cue(track, "step-opened"), engage),)
        for board in PILOTS:
            yield self.rollout(board), (*self._proof(board), self._replication(board))
        for board in BOARDS:
            yield self.rollout(board), (self._replication(board),)

    def _proof(self, board: str) -> tuple[Part, ...]:
        stream = self.rollout(board)
        again = (complete("proof", "survey"),)
        return Part(Cue(stream, "step-opened"), PROOF), Part(Cue(stream, "cycle-started"), again)

    def _replication(self, board: str) -> Part:
        between = A_PAUSE if board == PAUSED_BOARD else ()
        return Part(Cue(self.rollout(board), "slot-granted"), (REPLICATION[0], *between, *REPLICATION[1:]))

    async def _play(self, stream: str, parts: tuple[Part, ...]) -> None:
        done = 0
        for part in parts:
            await self.ledger.until(part.cue.given, PATIENCE)
            for update, command in part.acts:
                done += 1
                await self.at_work.wait()
                await self.tell(stream, update, command, f"act/{done}")

    async def tell(self, stream: str, update: str, command: Command, update_id: str) -> None:
        """Send a sign-off until it is answered, as the same one each time."""
        handle = self.client.get_workflow_handle(stream)
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
                    try:
                        answer = handle.execute_update(update, command, id=update_id, result_type=Receipt)
                        await self._note(await answer)
                    except WorkflowUpdateFailedError as refused:
                        if getattr(refused.cause, "type", None) == JUST_BEGINNING:
                            continue
                        self.refused.append(f"{stream} {update_id}: {refused.cause}")
                    return

    async def _note(self, receipt: Receipt) -> None:
        async with self._answer:
            self.receipts.append(receipt)
            self._answer.notify_all()

    async def answered(self, number: int) -> None:
        """Return once so many sign-offs of this life were acknowledged."""
        async with self._answer:
            await asyncio.wait_for(self._answer.wait_for(lambda: len(self.receipts) >= number), PATIENCE)

    async def runs(self, stream: str) -> int:
        """Over how many runs a workflow has lived so far."""
        latest = (await self.client.get_workflow_handle(stream).describe()).run_id or ""
        runs = 1
        while before := await self._run_before(stream, latest):
            latest, runs = before, runs + 1
        return runs

    async def _run_before(self, stream: str, run: str) -> str:
        events = self.client.get_workflow_handle(stream, run_id=run).fetch_history_events(page_size=1)
        first = await anext(events)
        return first.workflow_execution_started_event_attributes.continued_execution_run_id

    def _all_is_recorded(self, ledger: LedgerView) -> bool:
        offices = [event.type for event in ledger.events(self.programme)]
        reported = [
            event.data["report"] for event in ledger.events(self.technology) if "report" in event.data
        ]
        ended = {report["board"] for report in reported if report.get("stage") == "business-as-usual"}
        known = all(len(ledger.events(receipt.stream)) >= receipt.sequence for receipt in self.receipts)
        everywhere = len(PILOTS) + len(BOARDS)
        return offices.count("board-sustained") == everywhere == len(ended) and known


@asynccontextmanager
async def a_life(
    stack: Stack, client: Client, name: str, task_queue: str | None = None
) -> AsyncIterator[NationalLife]:
    """A life of its own on the stack, not yet begun, with a view of the ledger for as long as the block."""
    slug = f"{name}-life-{next(_numbers)}"
    async with LedgerView(stack.settings.database_url, slug) as ledger:
        yield NationalLife(slug, client, ledger, task_queue or stack.settings.task_queue)
