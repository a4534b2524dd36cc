"""How long it takes to stop the line: from the command until the ledger has every rollout frozen, and back.

The rollouts are real: a technology with one board after the other in one wave, each of which replicates the
shipped playbook. What leads there is as short as it may be, for it is not measured.
"""

import asyncio
from datetime import UTC, datetime
from itertools import count
from time import perf_counter

from benchmarks.figures import Figure, Result
from benchmarks.parts import Part, Scale
from benchmarks.site import MEASURED, Site
from domain.actor import Actor
from domain.calendar import DAY
from domain.event import Command
from domain.evidence import AddEvidence, Evidence
from domain.gate import Gate, Seat
from domain.gate_commands import DecideGate
from domain.halt import HaltTechnology
from domain.names import rollout_id, technology_id
from domain.plan import Plan, Step
from domain.proposal import Proposal, Wave, WaveRule
from domain.record import Receipt
from domain.rollout_briefs import RolloutStage
from domain.steps import CompleteStep
from domain.technology import Propose, PublishPlaybook
from identity.development import name_of
from workflows.lives import TechnologyLife
from workflows.shell import TASK_TIMEOUT

ROLLOUTS = 100
"""How many rollouts are in flight; a quick run takes as many as the other parts do."""

QUOTED = 14
"""From how many rollouts of the other parts on this one takes all of its own."""

QUIET = 3.0
"""Seconds without a new event after which everybody is taken to be at rest."""

PROPOSES, DOES, DECIDES, ASSURES = (
    "national-programme-team",
    "policy-lead",
    "national-advisor",
    "clinical-safety-officer",
)

_numbers = count(1)


async def measure(site: Site, scale: Scale) -> Part:
    """Stop the line and let it move again, several times over."""
    boards = ROLLOUTS if scale.workflows >= QUOTED else scale.workflows
    line = _Line(site, boards)
    await line.begin()
    froze, spread, moved = [], [], []
    for number in range(1, min(scale.rounds, 3) + 1):
        await line.rest()
        seconds, by_ledger = await line.halt(number)
        froze.append(seconds)
        spread.append(by_ledger)
        await line.rest()
        moved.append(await line.release(number))
    note = f"{boards} rollouts in flight"
    return Part(
        [
            Result(
                "Stop the line: from the command until every rollout is frozen and the ledger has it",
                Figure.of(froze),
                "s",
                goal=5,
                note=note,
            ),
            Result("From the halt to the last rollout's, by the ledger's own times", Figure.of(spread), "s"),
            Result(
                "From the deciding vote until every rollout moves again", Figure.of(moved), "s", note=note
            ),
        ],
        {"frozen": froze, "by_ledger": spread, "moving": moved},
    )


class _Line:
    """A technology with many boards in flight, and its people."""

    def __init__(self, site: Site, boards: int) -> None:
        self._site = site
        self._slug = f"line-{next(_numbers)}"
        self._boards = tuple(f"board-{number}" for number in range(1, boards + 1))
        self._technology = technology_id(self._slug)

    @property
    def streams(self) -> list[str]:
        """The rollouts."""
        return [rollout_id(self._slug, board) for board in self._boards]

    async def begin(self) -> None:
        """Bring every board into replication."""
        life = TechnologyLife(start=Propose(actor=_holder(PROPOSES), proposal=self._proposal()))
        await self._site.client.start_workflow(
            "TechnologyLifecycle",
            life,
            id=self._technology,
            task_queue=self._site.settings.task_queue,
            task_timeout=TASK_TIMEOUT,
        )
        await self._step("assessment", self._technology)
        await self._decide("begin")
        await self._step("proof", self.streams[0])
        await self._until_gate("scale")
        await self._decide("scale")
        await self._step("standardisation", self._technology)
        playbook = self._site.programme.playbooks[0]
        await self._tell(
            self._technology, "publish_playbook", PublishPlaybook(actor=_holder(PROPOSES), playbook=playbook)
        )
        await self._decide("approve-playbook")
        await self._site.until(
            "SELECT count(*) = cardinality($1::text[]) FROM catalogue.journeys "
            "WHERE stream = ANY ($1) AND stage = 'replication'",
            self.streams,
        )

    async def rest(self) -> None:
        """Return once nothing more is recorded: tracks and reports go on when the boards are done."""
        before, now = -1, 0
        while before != now:
            await asyncio.sleep(QUIET)
            before, now = now, await self._site.connection.fetchval("SELECT count(*) FROM ledger.events")

    async def halt(self, number: int) -> tuple[float, float]:
        """Stop the line; the seconds that took, on our clock and by the ledger's times."""
        command = HaltTechnology(
            actor=_holder(ASSURES), concern="The score is wrong", owner="clinical-lead", reason="It was seen."
        )
        begun = perf_counter()
        await self._tell(self._technology, "halt_technology", command)
        await self._site.until(
            "SELECT count(*) = cardinality($1::text[]) FROM catalogue.freezing "
            "WHERE stream = ANY ($1) AND number = $2",
            self.streams,
            number,
        )
        seconds = perf_counter() - begun
        by_ledger = await self._site.connection.fetchval(
            "SELECT extract(epoch FROM max(halted) - min(halted))::float8 FROM catalogue.halts "
            "WHERE number = $2 AND stream = ANY ($1::text[] || $3::text)",
            self.streams,
            number,
            self._technology,
        )
        return seconds, float(by_ledger)

    async def release(self, number: int) -> float:
        """Let the line move again by the halt's own gate; the seconds since its deciding vote."""
        review = Evidence(
            id=f"safety-review-{number}",
            statement="The score is right again.",
            source="Safety log",
            dated=datetime.now(UTC).date(),
        )
        await self._tell(
            self._technology, "add_evidence", AddEvidence(actor=_holder(ASSURES), evidence=review)
        )
        gate = f"lift-halt-{number}"
        await self._decide(gate, ASSURES, outcome="release")
        begun = perf_counter()
        await self._decide(gate, DECIDES, outcome="release")
        await self._site.until(
            "SELECT count(*) = cardinality($1::text[]) FROM catalogue.halts "
            "WHERE stream = ANY ($1) AND number = $2 AND released IS NOT NULL",
            self.streams,
            number,
        )
        return perf_counter() - begun

    def _proposal(self) -> Proposal:
        shipped = self._site.programme.proposals[0]
        gates = {name: _simple(gate) for name, gate in dict(shipped.gates).items() if name != "release_halt"}
        return Proposal.model_validate(
            dict(shipped)
            | {
                "technology": self._slug,
                "programme": MEASURED,
                "pilots": self._boards[:1],
                "waves": (Wave(name="all", boards=self._boards[1:]),),
                "wave_rule": WaveRule(reached=RolloutStage.REPLICATION),
                "assessment": _short("assessment"),
                "proof_of_concept": _short("proof"),
                "standardisation": _short("standardisation"),
                "sustain": _short("sustain"),
                "gates": dict(shipped.gates) | gates,
                "checks": (),
                "board_checks": dict.fromkeys(self._boards, ()),
            }
        )

    async def _step(self, plan: str, stream: str) -> None:
        await self._site.until(
            "SELECT count(*) = 1 FROM catalogue.tasks WHERE stream = $1 AND plan = $2 AND status = 'open'",
            stream,
            plan,
        )
        await self._tell(stream, "complete_step", CompleteStep(actor=_holder(DOES), plan=plan, step="do-it"))

    async def _until_gate(self, gate: str) -> None:
        await self._site.until(
            "SELECT count(*) = 1 FROM catalogue.matters WHERE stream = $1 AND gate = $2 AND state = 'open'",
            self._technology,
            gate,
        )

    async def _decide(self, gate: str, role: str = DECIDES, outcome: str | None = None) -> None:
        wanted = outcome or ("scale" if gate == "scale" else "proceed")
        command = DecideGate(actor=_holder(role), gate=gate, outcome=wanted, reason="As agreed.")
        await self._tell(self._technology, "decide_gate", command)

    async def _tell(self, stream: str, update: str, command: Command) -> None:
        handle = self._site.client.get_workflow_handle(stream)
        await asyncio.wait_for(handle.execute_update(update, command, result_type=Receipt), 60)


def _holder(role: str) -> Actor:
    return Actor(name=name_of(role, None), roles=(role,), boards="all")


def _short(name: str) -> Plan:
    """A plan of one step that asks for nothing."""
    return Plan(
        id=name, title=name.capitalize(), steps=(Step(id="do-it", title="Do it", owner=DOES, duration=DAY),)
    )


def _simple(gate: Gate) -> Gate:
    """A gate that one person passes at once."""
    simple = {
        "seats": (Seat(role=DECIDES),),
        "quorum": 1,
        "criteria": (),
        "time_limit": None,
        "escalates_to": (),
        "waiving": None,
    }
    return gate.model_copy(update=simple)
