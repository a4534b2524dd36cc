"""Many boards in the middle of replicating one technology, and the ways to them."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio.client import Client

from catalogue.connection import Connection
from catalogue.database import connect
from catalogue.tail import until_so
from domain.actor import Actor
from domain.event import Command
from domain.gate import Effect
from domain.halt import HaltPolicy
from domain.names import programme_id, rollout_id, technology_id
from domain.office_commands import OpenProgramme
from domain.playbook import Mitigation, Playbook
from domain.proposal import Gates, Proposal, Wave, WaveRule
from domain.record import Receipt
from domain.rollout_briefs import RolloutStage
from domain.steps import CompleteStep
from domain.technology import Propose, PublishPlaybook
from identity.development import name_of
from runtime.service import surroundings
from runtime.settings import CODE
from runtime.stack import Stack
from tests.console.story import REVIEWED, asked, gate, plan, seat, step
from tests.domain.examples import charter_of
from tests.endtoend.national_life import NationalLife, a_life, decide
from workflows.lives import ProgrammeLife, TechnologyLife

PATIENCE = 120.0

STEPS = ("name-a-lead", "train", "open")
"""What each board has to do before it goes live, each by itself."""

STEERS, DOES = "national-advisor", "policy-lead"


def holder(role: str) -> Actor:
    """Somebody of the national programme who holds a role."""
    return Actor(name=name_of(role, None), roles=(role,), boards="all")


def proposal(slug: str, boards: tuple[str, ...]) -> Proposal:
    """A technology that is tested at one board and replicated at all the others at once."""
    seats = (seat(STEERS),)
    return Proposal(
        technology=slug,
        service=slug,
        title="Sleep support",
        summary="A short course.",
        programme=slug,
        authority={"national": ("national-programme-team", STEERS), "board": ("board-lead",)},
        pilots=("pilot",),
        waves=(Wave(name="all", boards=boards),),
        wave_rule=WaveRule(reached=RolloutStage.REPLICATION),
        assessment=plan("assessment", step("state-the-need", DOES)),
        proof_of_concept=plan("proof", step("measure", DOES)),
        standardisation=plan("standardisation", step("write-it-down", DOES)),
        sustain=plan("sustain", step("find-an-owner", DOES)),
        sections=("training",),
        gates=Gates(
            begin=gate("begin", seats, 1),
            scale=gate("scale", seats, 1),
            approve_playbook=gate("approve", seats, 1),
            release=gate("release", seats, 1, outcomes={"proceed": Effect.PROCEED}, automatic=True),
            go_live=gate("go-live", seats, 1),
            handover=gate("handover", seats, 1),
            sustain=gate("sustain", seats, 1),
            release_halt=gate("lift-halt", (seat("clinical-lead", required=True), seat(STEERS)), 2, REVIEWED),
        ),
        halting=HaltPolicy(evidence=(asked("safety-review"),)),
    )


FIRST = Playbook(
    id="short",
    version=1,
    title="A short approach",
    sections={"training": "Train everyone."},
    mitigations=(Mitigation(barrier="Too little time", mitigation="Fixed hours", source="Interviews"),),
    implementation=plan("implementation", step("name-a-lead", DOES), step("train", DOES), step("open", DOES)),
    handover=plan("handover", step("accept-it", DOES)),
)


@dataclass
class Crowd:
    """Many boards in the middle of replicating, and the ways to them."""

    life: NationalLife
    connection: Connection
    stack: Stack
    boards: tuple[str, ...]

    @property
    def streams(self) -> list[str]:
        """The rollouts, the pilot's included."""
        return [rollout_id(self.life.slug, board) for board in ("pilot", *self.boards)]

    async def tell(self, stream: str, update: str, command: Command) -> None:
        """Send a decision as the person that it names."""
        handle = self.life.client.get_workflow_handle(stream)
        await handle.execute_update(update, command, result_type=Receipt)

    async def complete(self, stream: str, name: str, done: str) -> None:
        """Complete a step."""
        await self.tell(stream, "complete_step", CompleteStep(actor=holder(DOES), plan=name, step=done))

    async def decide(self, stream: str, name: str) -> None:
        """Pass a gate."""
        _, command = decide(name, "proceed")
        await self.tell(stream, "decide_gate", command.model_copy(update={"actor": holder(STEERS)}))

    async def until(self, question: str, *arguments: object, answer: Callable[[int], bool]) -> None:
        """Wait until a number in the database is as wanted."""

        async def ask() -> bool:
            return answer(await self.connection.fetchval(question, *arguments))

        await asyncio.wait_for(until_so(self.connection, ask), PATIENCE)

    async def run(self, *words: str) -> tuple[int, str, str]:
        """Give a command as people do, in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(CODE / "starter.py"), *words),
            env=surroundings(**self.stack.settings.environment()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


COMPLETED = "SELECT count(*) FROM catalogue.tasks WHERE stream = ANY ($1::text[]) AND status = 'completed'"
STAGES = "SELECT count(*) FROM catalogue.journeys WHERE stream = ANY ($1::text[]) AND stage = 'replication'"
WAITING = "SELECT count(*) FROM catalogue.matters WHERE stream = $1 AND gate = $2 AND state = 'open'"


@asynccontextmanager
async def a_crowd(stack: Stack, client: Client, name: str, count: int) -> AsyncIterator[Crowd]:
    """Many boards in replication, the pilot among them, each as far as it happens to be."""
    boards = tuple(f"board-{number}" for number in range(1, count))
    async with a_life(stack, client, name) as life:
        connection = await connect(stack.settings.database_url)
        try:
            found = Crowd(life, connection, stack, boards)
            await begin(found)
            yield found
        finally:
            await connection.close()


async def begin(crowd: Crowd) -> None:
    """From the proposal to boards that replicate: some have done nothing, some a step, some two."""
    life, slug = crowd.life, crowd.life.slug
    wanted = proposal(slug, crowd.boards)
    charter = charter_of(len(crowd.streams), programme=slug, name=slug, authority=wanted.authority)
    office = OpenProgramme(actor=holder(STEERS), charter=charter)
    await life.start("ProgrammeOffice", ProgrammeLife(start=office), programme_id(slug))
    proposed = Propose(actor=holder("national-programme-team"), proposal=wanted)
    await life.start("TechnologyLifecycle", TechnologyLife(start=proposed), technology_id(slug))
    technology, pilot = technology_id(slug), rollout_id(slug, "pilot")
    opened = "SELECT count(*) FROM catalogue.tasks WHERE stream = $1 AND plan = $2 AND status = 'open'"
    await crowd.until(opened, technology, "assessment", answer=bool)
    await crowd.complete(technology, "assessment", "state-the-need")
    await crowd.decide(technology, "begin")
    await crowd.until(opened, pilot, "proof", answer=bool)
    await crowd.complete(pilot, "proof", "measure")
    await crowd.until(WAITING, technology, "scale", answer=bool)
    await crowd.decide(technology, "scale")
    await crowd.complete(technology, "standardisation", "write-it-down")
    await crowd.tell(technology, "publish_playbook", PublishPlaybook(actor=holder(STEERS), playbook=FIRST))
    await crowd.decide(technology, "approve")
    await crowd.until(STAGES, crowd.streams, answer=len(crowd.streams).__eq__)
    before = await crowd.connection.fetchval(COMPLETED, crowd.streams)
    await asyncio.gather(*(_advance(crowd, place, stream) for place, stream in enumerate(crowd.streams)))
    done = before + sum(done_by(place) for place in range(len(crowd.streams)))
    await crowd.until(COMPLETED, crowd.streams, answer=done.__eq__)


async def _advance(crowd: Crowd, place: int, stream: str) -> None:
    for done in STEPS[: done_by(place)]:
        await crowd.complete(stream, "implementation", done)


def done_by(place: int) -> int:
    """How many of its steps the board of that place has done to begin with."""
    return place % len(STEPS)
