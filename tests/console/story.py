"""A technology with a short life, and the people who decide about it from the command line."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalogue.queries.gates import show_gate
from catalogue.queries.tasks import show_task
from catalogue.tail import until_so
from console import proposal, reading
from console.desk import Desk, at_desk
from domain.capacity import Lane, at_board, national, of_role
from domain.check import CheckNeeded
from domain.criterion import Criterion, Signed, Threshold, Weigh
from domain.gate import Effect, Gate, Seat, Waiving
from domain.halt import HaltPolicy
from domain.journey import Authority
from domain.names import programme_id, technology_id
from domain.office_commands import SetCapacity
from domain.plan import EvidenceAsked, Plan, Step
from domain.playbook import Mitigation, Playbook
from domain.proposal import Gates, Proposal, Wave, WaveRule
from domain.rollout_briefs import RolloutStage
from domain.technology import PublishPlaybook
from tests.conftest import RunningStack
from tests.console.conftest import Said, Starter

PILOT, BOARD, OTHER = "tayside", "fife", "orkney"
TODAY = datetime.now(UTC).date()
DATED = ("--dated", str(TODAY))
SEEN = ("--statement", "As hoped", "--source", "Register 7", *DATED)
PATIENCE = 60.0
ROOM = 40
"""How many boards may implement at once: more than the stories of all modules together ask for."""

ASSUMED: dict[str, Any] = {
    "owner": "clinical-lead",
    "source": "Planning assumptions of this installation",
    "date": date(2026, 11, 25),
}


def step(name: str, owner: str, *evidence: EvidenceAsked, **more: Any) -> Step:
    """A step of a fortnight."""
    return Step(
        id=name, title=name.capitalize(), owner=owner, duration=timedelta(14), evidence=evidence, **more
    )


def asked(name: str, kind: str | None = None) -> EvidenceAsked:
    """Evidence that a step asks for."""
    return EvidenceAsked(id=name, title=name.capitalize(), finding=kind)


def plan(name: str, *steps: Step) -> Plan:
    """A plan."""
    return Plan(id=name, title=name.capitalize(), steps=steps)


def gate(name: str, seats: tuple[Seat, ...], quorum: int, *criteria: Criterion, **more: Any) -> Gate:
    """A gate that can be passed, send back, and end it all."""
    outcomes = {"proceed": Effect.PROCEED, "iterate": Effect.REPEAT, "stop": Effect.STOP}
    return Gate(
        id=name,
        title=name.capitalize(),
        question="What next?",
        seats=seats,
        quorum=quorum,
        criteria=criteria,
        **{"outcomes": outcomes, **more},
    )


def seat(role: str, **traits: bool) -> Seat:
    """A seat."""
    return Seat(role=role, **traits)


PRESENT = {
    "need": Criterion(id="need", title="The need is stated", evidence="need-statement"),
    "national-need": Criterion(
        id="national-need", title="The need still stands", evidence="need-statement", source="national"
    ),
}
IMPACT = Criterion(
    id="impact",
    title="Enough people reliably improve",
    evidence="impact-evidence",
    source="pilots",
    test=Threshold(
        reading="reliable-improvement-rate", comparison="at-least", value=0.4, unit="share", **ASSUMED
    ),
    minimum_sample=10,
)
ACCEPTANCE = Criterion(
    id="acceptance", title="Staff accept it", evidence="acceptance", source="pilots", test=Weigh()
)
TRAINED = Criterion(
    id="trained",
    title="Staff are trained",
    evidence="training-record",
    test=Threshold(reading="training-coverage", comparison="at-least", value=0.8, unit="share", **ASSUMED),
    same_version=True,
)
PRIVATE = Criterion(
    id="privacy", title="Data protection is assessed", evidence="dpia", test=Signed(on_terms="inconclusive")
)
REVIEWED = Criterion(id="reviewed", title="Safety was reviewed", evidence="safety-review")
DPIA = CheckNeeded(
    id="dpia",
    title="Data protection impact assessment",
    signers=("information-governance-lead",),
    rests_on=("privacy-notes",),
    expires_after=timedelta(days=60),
)


def short_life(slug: str) -> Proposal:
    """A technology that is tested at one board and replicated at two others."""
    advisor = (seat("national-advisor"),)
    return Proposal(
        technology=slug,
        service=slug,
        title="Sleep support",
        summary="A short course.",
        programme="scotland-digital-mental-health",
        authority=Authority(national=("national-programme-team", "national-advisor"), board=("board-lead",)),
        pilots=(PILOT,),
        waves=(Wave(name="first", boards=(BOARD, OTHER)),),
        wave_rule=WaveRule(reached=RolloutStage.REPLICATION),
        assessment=plan("assessment", step("state-the-need", "policy-lead", asked("need-statement"))),
        proof_of_concept=plan(
            "proof",
            step("measure", "board-lead", asked("impact-evidence", "outcomes"), priority="engagement"),
            step("ask-staff", "board-lead", asked("acceptance")),
        ),
        standardisation=plan(
            "standardisation", step("write-it-down", "policy-lead", draws_on=("impact-evidence",))
        ),
        sustain=plan("sustain", step("find-an-owner", "policy-lead")),
        sections=("training",),
        gates=Gates(
            begin=gate("begin", advisor, 1, PRESENT["need"]),
            scale=gate(
                "scale", (seat("national-advisor", required=True), seat("policy-lead")), 2, IMPACT, ACCEPTANCE
            ),
            approve_playbook=gate("approve", advisor, 1),
            release=gate("release", advisor, 1, outcomes={"proceed": Effect.PROCEED}, automatic=True),
            go_live=gate(
                "go-live",
                (
                    seat("board-lead", required=True),
                    seat("clinical-lead"),
                    seat("national-programme-team", required=True, independent=True),
                ),
                2,
                TRAINED,
                PRIVATE,
                PRESENT["national-need"],
                waiving=Waiving(approvers=("national-advisor",), longest=timedelta(days=90)),
                time_limit=timedelta(days=28),
                escalates_to=("national-advisor",),
            ),
            handover=gate("handover", (seat("board-lead"),), 1),
            sustain=gate("sustain", advisor, 1),
            release_halt=gate(
                "lift-halt", (seat("clinical-lead", required=True), seat("national-advisor")), 2, REVIEWED
            ),
        ),
        board_checks={PILOT: (), BOARD: (DPIA,), OTHER: ()},
        halting=HaltPolicy(evidence=(asked("safety-review"),)),
    )


def playbook() -> Playbook:
    """What boards replicate."""
    return Playbook(
        id="short",
        version=1,
        title="A short approach",
        sections={"training": "Train everyone."},
        mitigations=(Mitigation(barrier="Too little time", mitigation="Fixed hours", source="Interviews"),),
        implementation=plan(
            "implementation",
            step("train-staff", "board-lead", asked("training-record", "training")),
            step("write-privacy-notes", "board-lead", asked("privacy-notes")),
        ),
        handover=plan("handover", step("accept-it", "board-lead")),
    )


@dataclass(frozen=True)
class Story:
    """One technology, and everybody who has to do with it.

    Attributes:
        slug: The technology.
        starter: The command line.
        stack: The services.
        folder: Where files are written.
    """

    slug: str
    starter: Starter
    stack: RunningStack
    folder: Path

    def run(self, acting_as: str, *words: str) -> Said:
        """Give a command in a role; in each role somebody else acts."""
        return self.starter(*words, "--as", acting_as)

    def done(self, acting_as: str, *words: str) -> str:
        """Give a command that is carried out, and return what it said."""
        said = self.run(acting_as, *words)
        assert said.code == 0, (words, said.err)
        assert said.err == "", words
        return said.out

    def refused(self, acting_as: str, *words: str) -> str:
        """Give a command that is refused, and return the one sentence why."""
        said = self.run(acting_as, *words)
        assert said.code == 1, (words, said)
        assert said.out == "", words
        assert said.err.count("\n") == 1, said.err
        return said.err.strip()

    def read(self, *words: str) -> Any:
        """What a command answers as JSON."""
        said = self.starter(*words, "-o", "json")
        assert said.code == 0, said.err
        return said.json

    def shown(self, *words: str) -> str:
        """What a command shows, on one line however it was folded."""
        said = self.starter(*words)
        assert said.code == 0, said.err
        assert max(len(line.rstrip()) for line in said.out.splitlines()) <= 100
        return " ".join(said.out.split())

    def file(self, name: str, content: object) -> str:
        """Write a file, as JSON, which YAML readers read as well."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def task(self, place: str, name: str, step_name: str) -> str:
        """The name of a task."""
        return f"{self.slug}/{place}/{name}/{step_name}"

    def until(self, question: Callable[[reading.Connection], Awaitable[bool]]) -> None:
        """Wait until the ledger shows something."""

        async def wait() -> None:
            async with reading.opened(self.stack.settings.database_url) as connection:
                await until_so(connection, lambda: question(connection))

        async def wait_a_while() -> None:
            await asyncio.wait_for(wait(), PATIENCE)

        asyncio.run(wait_a_while())

    def until_open(self, task: str) -> None:
        """Wait until a task can be worked on."""

        async def is_open(connection: reading.Connection) -> bool:
            found = await show_task(connection, task)
            return found is not None and found.status == "open"

        self.until(is_open)

    def until_going(self, task: str) -> None:
        """Wait until a task that was at rest can be worked on again."""

        async def goes_on(connection: reading.Connection) -> bool:
            found = await show_task(connection, task)
            return found is not None and not found.at_rest

        self.until(goes_on)

    def until_waiting(self, gate_name: str, *, escalated: bool = False, again: bool = False) -> None:
        """Wait until a gate waits for its decision, has escalated, or has to be decided again."""

        async def waits(connection: reading.Connection) -> bool:
            found = await show_gate(connection, f"{self.slug}/{gate_name}")
            return found is not None and found.escalated >= escalated and (found.because is not None) >= again

        self.until(waits)

    # --- the beginning, which other tests tell ---

    def propose(self, monkeypatch: pytest.MonkeyPatch, proposed: Proposal | None = None) -> None:
        """Have the national programme team make room for the technology, or another, and propose it.

        Tests of other modules leave limits and rollouts behind, which nobody should have to wait for.
        """
        monkeypatch.setenv("CAIRN_HOME", str(self.stack.home))
        life = proposed or short_life(self.slug)
        boards = (*life.pilots, *(board for wave in life.waves for board in wave.boards))
        limits = (
            national(Lane.DEVELOPING),
            of_role("implementation-manager"),
            *(at_board(board, Lane.DEVELOPING) for board in boards),
        )

        async def begin(desk: Desk) -> None:
            for limit in limits:
                room = SetCapacity(actor=desk.actor, limit=limit, capacity=ROOM, reason="There is room.")
                await desk.send(programme_id(life.programme), "set_capacity", room)
            await proposal.begin(desk, life)

        at_desk("national-programme-team", None, begin)

    def publish(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have the national programme team publish the playbook."""
        monkeypatch.setenv("CAIRN_HOME", str(self.stack.home))

        async def send(desk: Desk) -> None:
            command = PublishPlaybook(actor=desk.actor, playbook=playbook())
            await desk.send(technology_id(self.slug), "publish_playbook", command)

        at_desk("national-programme-team", None, send)
