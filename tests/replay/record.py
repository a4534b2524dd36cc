"""Records the histories that later code must still be able to replay: ``python -m tests.replay.record``.

Two short lives are played on a real development server, one that meets everything that can happen and one
that is late, and the history of every run of interest is kept. Record again when a change to the shell is
meant to end what runs now, and in no other case.
"""

import asyncio
import json
import logging
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.channels import Result
from activities.notices import NoticeActivities
from domain.amendment import AlterStep, Part, ProposeAmendment, PublishAmendments, ReviewAmendment
from domain.barrier import CloseBarrier, ConcludeMitigation, MitigateBarrier, RaiseBarrier, ReassessBarrier
from domain.barrier_words import Outcome, Resolution, Severity
from domain.capacity import Lane
from domain.check import CheckNeeded
from domain.editions import AdoptEdition, DeclineEdition, EditionCommand
from domain.event import Command
from domain.evidence import AddEvidence, SignCheck, Verdict, WithdrawEvidence
from domain.gate import Terms, Waiving
from domain.gate_commands import AnswerObjection, AskWaiver, GrantWaiver, MeetCondition, ObjectToGate
from domain.halt import HaltTechnology
from domain.learning import DecideTrial, StartTrial, StudyTrial
from domain.learning import Verdict as Act
from domain.noticing import SendAgain, TestNotice
from domain.office_commands import FinishWork, SetCapacity, SetPriority, TakeOnWork
from domain.pace import Pace
from domain.proposal import Wave
from domain.steering import Pause, Resume, Stop
from domain.steps import CompleteStep, ReopenStep, SkipStep
from domain.succession import ReplaceTechnology
from domain.technology import DeclareChange, PublishPlaybook
from domain.waves import AddBoard, PauseWave, ReorderWaves, ResumeWave, StopWave, SwapPilot
from runtime.converter import DATA_CONVERTER
from runtime.settings import Settings
from runtime.temporal_server import DYNAMIC_CONFIG, program
from runtime.worker_host import build_worker
from tests.cast import signing
from tests.domain.examples import (
    ADOPTION,
    FIFE,
    OFFICE,
    ORKNEY,
    PLAYBOOK,
    PROGRAMME,
    PROPOSAL,
    TAYSIDE,
    TECHNOLOGY,
    make_plan,
    make_step,
)
from tests.workflows.life import bring, decide
from tests.workflows.office import CAST, CLINICIAN, DECIDER, EVERYBODY, Office, office
from tests.workflows.test_notice_desk import DESK, Post, Shelf, once
from workflows import attributes
from workflows.lives import NoticeLife
from workflows.notice_desk import NoticeDesk

IDENTITY = "recorder"
"""Who did it, in place of the process and the machine on which the corpus was recorded."""

HISTORIES = Path(__file__).parent / "histories"
MANY = tuple(f"step-{number}" for number in range(15))
"""Enough steps for a rollout's history to pass the size at which a stage's end continues as new."""

LONG_PLAYBOOK = PLAYBOOK.model_copy(
    update={
        "implementation": make_plan(
            "replication",
            *map(make_step, MANY),
            make_step("train", evidence=[{"id": "trained", "title": "Staff trained"}]),
        )
    }
)
WAIVABLE = PROPOSAL.gates.go_live.model_copy(update={"waiving": Waiving(approvers=("npt",))})
PUNCTUAL = PROPOSAL.model_copy(
    update={
        "waves": (Wave(name="first", boards=("orkney",)),),
        "proof_of_concept": make_plan(
            "proof",
            make_step("set-up"),
            make_step("try", "set-up", evidence=[{"id": "outcomes", "title": "Outcomes"}]),
            make_step("survey", "set-up", priority="acceptance"),
        ),
        "gates": PROPOSAL.gates.model_copy(update={"go_live": WAIVABLE}),
        "checks": (CheckNeeded(id="certified", title="Certified", signers=("npt",)),),
        "board_workstreams": {"team": make_plan("team", make_step("fill-post", provides="lead-post"))},
        "go_live_needs": ("lead-post",),
    }
)
TEAMS = ("workstream/ccbt/team@fife", "workstream/ccbt/team@orkney")
LATE = PUNCTUAL.model_copy(
    update={
        "technology": "late",
        "pilots": ("fife",),
        "waves": (),
        "pace": Pace(day=timedelta(milliseconds=20)),
        "board_workstreams": {},
        "go_live_needs": (),
    }
)
REASON = "It was discussed."


def completion(plan: str, step: str, *evidence: str) -> CompleteStep:
    """Complete a step, with the evidence that it asks for."""
    return CompleteStep(actor=EVERYBODY, plan=plan, step=step, evidence=tuple(map(bring, evidence)))


class Script:
    """What people do, one after the other, each after what they need stands in the ledger."""

    def __init__(self, at_work: Office) -> None:
        self._at_work = at_work

    async def see(self, stream: str, kind: str, times: int = 1) -> None:
        """Wait until the ledger shows so many events of a kind."""
        await self._at_work.ledger.until(lambda ledger: ledger.kinds(stream).count(kind) >= times)

    async def tell(self, stream: str, update: str, command: Command) -> None:
        """Send an update, and wait until its events are recorded."""
        receipt = await self._at_work.tell(stream, update, command)
        await self._at_work.ledger.until(lambda ledger: len(ledger.kinds(stream)) >= receipt.sequence)

    async def complete(self, stream: str, plan: str, *steps: str) -> None:
        """Complete steps that ask for nothing."""
        for step in steps:
            await self.tell(stream, "complete_step", completion(plan, step))

    async def decide(self, stream: str, gate: str, outcome: str = "go", *reopen: str) -> None:
        """Decide at a gate, once it is open."""
        await self.tell(stream, "decide_gate", decide(gate, outcome, reopen=reopen))

    async def rest(self, stream: str) -> None:
        """Pause and resume."""
        await self.tell(stream, "pause", Pause(actor=EVERYBODY, reason=REASON))
        await self.tell(stream, "resume", Resume(actor=EVERYBODY, reason=REASON))

    async def assess(self, technology: str) -> None:
        """Assessment, with a step that is done again and the database away for a while."""
        await self.complete(technology, "assessment", "describe")
        reopening = ReopenStep(actor=EVERYBODY, plan="assessment", step="describe", reason=REASON)
        self._at_work.ledger.away = 2
        await self.tell(technology, "reopen_step", reopening)
        await self.complete(technology, "assessment", "describe", "procure")

    async def begin(self, technology: str) -> None:
        """The first decision: objected to, taken on a condition that is met; and a check that is signed."""
        objection = ObjectToGate(actor=EVERYBODY, gate="begin", reason=REASON)
        await self.tell(technology, "object_to_gate", objection)
        answer = AnswerObjection(actor=DECIDER, gate="begin", objection=1, reason=REASON)
        await self.tell(technology, "answer_objection", answer)
        signature = SignCheck(
            actor=DECIDER,
            check="certified",
            verdict=Verdict.ACCEPTED,
            statement="Seen.",
            source="Certificate",
            dated=date(2026, 1, 1),
        )
        await self.tell(technology, "sign_check", signature)
        terms = Terms(text="Sign the contract", owner="team", due=datetime.now(UTC) + timedelta(days=1))
        await self.tell(technology, "decide_gate", decide("begin", terms=[terms]))
        met = MeetCondition(actor=EVERYBODY, gate="begin", condition=1, reason=REASON)
        await self.tell(technology, "meet_condition", met)

    async def test_a_change(self, stream: str) -> None:
        """A test of change at a pilot."""
        start = StartTrial(
            actor=EVERYBODY, trial="calls", title="Call", priority="acceptance", prediction="More stay."
        )
        await self.tell(stream, "start_trial", start)
        study = StudyTrial(actor=EVERYBODY, trial="calls", evidence=bring("calls"))
        await self.tell(stream, "study_trial", study)
        act = DecideTrial(actor=EVERYBODY, trial="calls", verdict=Act.ADOPT, reason=REASON)
        await self.tell(stream, "decide_trial", act)

    async def withdraw_and_waive(self, stream: str) -> None:
        """What a gate asks for is withdrawn, waived, and brought anew."""
        ref = f"{stream.partition('/')[2]}/trained/1"
        gone = WithdrawEvidence(actor=EVERYBODY, ref=ref, reason=REASON)
        await self.tell(stream, "withdraw_evidence", gone)
        until = datetime.now(UTC) + timedelta(days=1)
        wish = AskWaiver(actor=EVERYBODY, gate="go-live", criterion="trained", reason=REASON, until=until)
        await self.tell(stream, "ask_waiver", wish)
        grant = GrantWaiver(actor=DECIDER, gate="go-live", waiver=1, reason=REASON)
        await self.tell(stream, "grant_waiver", grant)
        add = AddEvidence(actor=EVERYBODY, evidence=bring("trained"))
        await self.tell(stream, "add_evidence", add)

    async def pilot(self, stream: str) -> None:
        """A proof of concept, with the database away for a while."""
        await self.see(stream, "step-opened")
        await self.complete(stream, "proof", "set-up")
        self._at_work.ledger.away = 2
        await self.tell(stream, "complete_step", completion("proof", "try", "outcomes"))
        await self.tell(
            stream, "skip_step", SkipStep(actor=EVERYBODY, plan="proof", step="survey", reason=REASON)
        )

    async def test_and_learn(self) -> None:
        """Two cycles at two pilots, and a track beside them."""
        await self.see(FIFE, "step-opened")
        await self.test_a_change(FIFE)
        for stream in (FIFE, TAYSIDE):
            await self.pilot(stream)
        await self.see(ADOPTION, "step-opened")
        await self.complete(ADOPTION, "adoption", "engage")
        await self.rest(ADOPTION)
        await self.complete(ADOPTION, "adoption", "include")
        await self.see(TECHNOLOGY, "gate-opened", 2)
        await self.decide(TECHNOLOGY, "scale", "again", "survey")
        for stream in (FIFE, TAYSIDE):
            await self.see(stream, "cycle-started")
            await self.complete(stream, "proof", "survey")
        await self.see(TECHNOLOGY, "gate-opened", 3)
        await self.decide(TECHNOLOGY, "scale")

    async def standardise(self) -> None:
        """The playbook is written, published and approved, while the technology rests for a moment."""
        await self.complete(TECHNOLOGY, "standardisation", "write")
        await self.rest(TECHNOLOGY)
        await self.complete(TECHNOLOGY, "standardisation", "review")
        await self.rearrange()
        await self.tell(
            TECHNOLOGY, "publish_playbook", PublishPlaybook(actor=EVERYBODY, playbook=LONG_PLAYBOOK)
        )
        change = DeclareChange(actor=EVERYBODY, version="2", reason=REASON)
        await self.tell(TECHNOLOGY, "declare_change", change)
        await self.decide(TECHNOLOGY, "approve")

    async def replicate(self, stream: str) -> None:
        """A board's replication, with a pause and a decision that sends it back, and its handover."""
        await self.see(stream, "slot-granted")
        await self.complete(stream, "replication", *MANY[:5])
        await self.rest(stream)
        await self.complete(stream, "replication", *MANY[5:])
        await self.tell(stream, "complete_step", completion("replication", "train", "trained"))
        await self.decide(stream, "go-live", "again", MANY[0])
        await self.complete(stream, "replication", MANY[0])
        await self.withdraw_and_waive(stream)
        await self.decide(stream, "go-live")
        await self.complete(stream, "handover", "transfer")
        await self.decide(stream, "accept")

    async def equip(self, *tracks: str) -> None:
        """What going live needs is made ready."""
        for track in tracks:
            await self.see(track, "step-opened")
            await self.complete(track, "team", "fill-post")

    async def swap(self) -> None:
        """A pilot makes room for another board, and comes back."""
        for out, into in (("tayside", "orkney"), ("orkney", "tayside")):
            change = SwapPilot(actor=EVERYBODY, out=out, into=into, reason=REASON)
            await self.tell(TECHNOLOGY, "swap_pilot", change)

    async def rearrange(self) -> None:
        """Waves in another order, one that rests for a moment, and one that is ended before it began."""
        waves = (Wave(name="islands", boards=("orkney",)),)
        changes: tuple[tuple[str, Command], ...] = (
            ("reorder_waves", ReorderWaves(actor=EVERYBODY, waves=waves, reason=REASON)),
            ("pause_wave", PauseWave(actor=EVERYBODY, wave="islands", reason=REASON)),
            ("resume_wave", ResumeWave(actor=EVERYBODY, wave="islands", reason=REASON)),
            ("add_board", AddBoard(actor=EVERYBODY, board="shetland", wave="late", checks=(), reason=REASON)),
            ("stop_wave", StopWave(actor=EVERYBODY, wave="late", reason=REASON)),
        )
        for update, command in changes:
            await self.tell(TECHNOLOGY, update, command)

    async def stop_the_line(self, *streams: str) -> None:
        """A halt that everybody hears of, and its release by two."""
        halt = HaltTechnology(actor=EVERYBODY, concern="A wrong score", owner="clinician", reason=REASON)
        await self.tell(TECHNOLOGY, "halt_technology", halt)
        for stream in streams:
            await self.see(stream, "halted")
        review = AddEvidence(actor=EVERYBODY, evidence=bring("safety-review-1"))
        await self.tell(TECHNOLOGY, "add_evidence", review)
        for by in (CLINICIAN, OFFICE):
            await self.tell(TECHNOLOGY, "decide_gate", decide("lift-halt-1", by=by))
        for stream in streams:
            await self.see(stream, "halt-released")

    async def hinder(self, stream: str) -> None:
        """A barrier that blocks a step, what is tried against it, and its end."""
        blocking = RaiseBarrier(
            actor=EVERYBODY,
            what="Nobody has time",
            category="available-resources",
            severity=Severity.BLOCKING,
            steps=(MANY[0],),
            owner="team",
            reason=REASON,
        )
        await self.tell(stream, "raise_barrier", blocking)
        again = ReassessBarrier(actor=EVERYBODY, barrier=1, severity=Severity.SERIOUS, reason=REASON)
        await self.tell(stream, "reassess_barrier", again)
        hire = MitigateBarrier(actor=EVERYBODY, barrier=1, strategy="hire", what="Hire", reason=REASON)
        await self.tell(stream, "mitigate_barrier", hire)
        ended = ConcludeMitigation(
            actor=EVERYBODY, barrier=1, attempt=1, outcome=Outcome.WORKED, reason=REASON
        )
        await self.tell(stream, "conclude_mitigation", ended)
        over = CloseBarrier(actor=EVERYBODY, barrier=1, resolution=Resolution.OVERCOME, reason=REASON)
        await self.tell(stream, "close_barrier", over)

    async def learn(self, stream: str, number: int, update: str, decision: type[EditionCommand]) -> None:
        """A change to the playbook, its review, the version that it makes, and a board's decision on that."""
        change = AlterStep(part=Part.IMPLEMENTATION, id=MANY[-1], duration=timedelta(days=20 + number))
        propose = ProposeAmendment(actor=EVERYBODY, change=change, reason=REASON)
        await self.tell(TECHNOLOGY, "propose_amendment", propose)
        review = ReviewAmendment(actor=DECIDER, amendment=number, accept=True, reason=REASON)
        await self.tell(TECHNOLOGY, "review_amendment", review)
        await self.tell(TECHNOLOGY, "publish_amendments", PublishAmendments(actor=EVERYBODY, reason=REASON))
        await self.see(stream, "edition-offered", number)
        await self.tell(stream, update, decision(actor=EVERYBODY, version=number + 1, reason=REASON))

    async def stop(self, technology: str, *others: str) -> None:
        """Stop a technology, and see everything of it end."""
        await self.tell(technology, "stop", Stop(actor=EVERYBODY, reason="The supplier withdrew."))
        for stream in others:
            await self.see(stream, "stopped")

    async def steer(self) -> None:
        """The programme office's own decisions."""
        capacity = SetCapacity(actor=EVERYBODY, capacity=1, reason=REASON)
        await self.tell(PROGRAMME, "set_capacity", capacity)
        priority = SetPriority(actor=EVERYBODY, technology="ccbt", priority=1, reason=REASON)
        await self.tell(PROGRAMME, "set_priority", priority)
        work = TakeOnWork(
            actor=EVERYBODY, work="move", title="Move house", lane=Lane.SUSTAINING, reason=REASON
        )
        await self.tell(PROGRAMME, "take_on_work", work)
        await self.tell(PROGRAMME, "finish_work", FinishWork(actor=EVERYBODY, work="move", reason=REASON))


async def punctual_life(at_work: Office) -> list[str]:
    """From the proposal to sustained, and to the end; answer with the streams worth keeping."""
    await at_work.open()
    await at_work.propose(PUNCTUAL)
    script = Script(at_work)
    await script.assess(TECHNOLOGY)
    await script.swap()
    await script.begin(TECHNOLOGY)
    await script.steer()
    await script.test_and_learn()
    await script.standardise()
    await at_work.ledger.until(
        lambda ledger: any("slot-granted" in ledger.kinds(stream) for stream in (FIFE, TAYSIDE))
    )
    await script.tell(TAYSIDE, "stop", Stop(actor=EVERYBODY, reason=REASON))
    await script.see(FIFE, "playbook-adopted")
    await script.hinder(FIFE)
    await script.equip(*TEAMS[:1])
    await script.stop_the_line(FIFE, ADOPTION, *TEAMS[:1])
    await script.learn(FIFE, 1, "adopt_edition", AdoptEdition)
    await script.learn(FIFE, 2, "decline_edition", DeclineEdition)
    await script.replicate(FIFE)
    await script.equip(*TEAMS[1:])
    await script.replicate(ORKNEY)
    await script.see(TECHNOLOGY, "step-opened", 7)
    await script.complete(TECHNOLOGY, "sustain", "assign")
    await script.decide(TECHNOLOGY, "sustain")
    replace = ReplaceTechnology(actor=EVERYBODY, by="next", reason=REASON)
    await script.tell(TECHNOLOGY, "replace_technology", replace)
    await script.stop(TECHNOLOGY, FIFE, ORKNEY, ADOPTION, *TEAMS)
    return [PROGRAMME, TECHNOLOGY, ADOPTION, TEAMS[0], FIFE, ORKNEY]


async def late_life(at_work: Office) -> list[str]:
    """Due dates that pass at the technology, at a pilot and in a track; answer with the streams."""
    await at_work.propose(LATE)
    script = Script(at_work)
    technology, pilot, track = "technology/late", "rollout/late/fife", "workstream/late/adoption"
    await script.see(technology, "step-overdue")
    await script.assess(technology)
    await script.decide(technology, "begin")
    for stream in (pilot, track):
        await script.see(stream, "step-overdue")
    await script.pilot(pilot)
    await script.stop(technology, pilot, track)
    return [technology, pilot, track]


async def keep_notice_desk(client: Client, folder: Path) -> None:
    """Write the history of a notice desk that cannot deliver at first, and is told to try again."""
    tries: list[str] = []

    def fate(name: str, _times: int) -> Result:
        tries.append(name)
        return Result.REFUSED if len(tries) == 1 else Result.SENT

    shelf, queue = Shelf(writes=once("lead@fife/1")), f"queue-{uuid.uuid4()}"
    activities = NoticeActivities(shelf, Post(fate)).all()
    async with build_worker(client, Settings(task_queue=queue), activities, CAST.verify, identity=IDENTITY):
        handle = await signing(client).start_workflow(
            NoticeDesk.run, NoticeLife(programme="scotland"), id=DESK, task_queue=queue
        )
        await shelf.settled("lead@fife/1", "undeliverable")
        again = SendAgain(actor=EVERYBODY, notice="lead@fife/1")
        await handle.execute_update("send_again", again, result_type=bool)
        await shelf.settled("lead@fife/1", "sent")
        test = TestNotice(actor=EVERYBODY, role="lead", board="fife")
        name = await handle.execute_update("test_notice", test, result_type=str)
        await shelf.settled(name, "sent")
        await keep(client, DESK, folder)
        await handle.terminate()


def _without_traces(value: Any) -> Any:
    """A history without stack traces: no replay reads them, and they tell where the recorder's code lay."""
    if isinstance(value, dict):
        return {name: _without_traces(part) for name, part in value.items() if name != "stackTrace"}
    return [_without_traces(part) for part in value] if isinstance(value, list) else value


async def keep(client: Client, stream: str, folder: Path) -> None:
    """Write the history of each run of a workflow into a file of its own, the first run first."""
    runs = []
    run_id: str | None = None
    while run_id != "":
        history = await client.get_workflow_handle(stream, run_id=run_id).fetch_history()
        runs.append(history)
        started = history.events[0].workflow_execution_started_event_attributes
        run_id = started.continued_execution_run_id
    for number, history in enumerate(reversed(runs), start=1):
        name = f"{stream.replace('/', '.')}.run-{number}.json"
        text = json.dumps(_without_traces(json.loads(history.to_json())), separators=(",", ":"))
        await asyncio.to_thread((folder / name).write_text, f"{text}\n", encoding="utf-8")


@asynccontextmanager
async def server() -> AsyncIterator[Client]:
    """A development server for as long as the block lasts."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(program()),
        data_converter=DATA_CONVERTER,
        identity=IDENTITY,
        search_attributes=attributes.ALL,
        dev_server_log_level="error",
        dev_server_extra_args=[
            part for value in DYNAMIC_CONFIG for part in ("--dynamic-config-value", value)
        ],
    ) as environment:
        yield environment.client


async def record(folder: Path) -> None:
    """Play both lives and keep their histories in a folder, in place of what it holds."""
    async with server() as client, office(client, identity=IDENTITY) as at_work:
        for life in (punctual_life, late_life):
            for stream in await life(at_work):
                handle = client.get_workflow_handle(stream)
                if stream != PROGRAMME:
                    await handle.result()
                await keep(client, stream, folder)
        await keep_notice_desk(client, folder)


def main() -> None:
    """Record the corpus again."""
    logging.getLogger("temporalio.activity").setLevel(logging.CRITICAL)  # the database is away on purpose
    HISTORIES.mkdir(exist_ok=True)
    for old in HISTORIES.glob("*.json"):
        old.unlink()
    asyncio.run(record(HISTORIES))
    for file in sorted(HISTORIES.glob("*.json")):
        sys.stdout.write(f"{file.stat().st_size:8,} {file.name}\n")


if __name__ == "__main__":
    main()
