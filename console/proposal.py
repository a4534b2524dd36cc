"""Begins a technology's life: reads the proposal, asks the rules, starts it, waits for the ledger."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogue.queries.programmes import show_programme
from catalogue.queries.technologies import find_technology, show_technology
from console.beginning import see_begun
from console.desk import Desk
from console.ending import NotDone
from console.files import check_file
from console.moments import read_duration
from console.output import day as in_words
from domain.calendar import DAY
from domain.form import check_form
from domain.names import technology_id
from domain.proposal import Proposal
from domain.refusal import Refusal
from domain.technology import Propose
from domain.technology_rules import decide
from programme.errors import ProgrammeInvalid
from programme.reader import load_programme, read_proposal
from runtime.settings import Settings

if TYPE_CHECKING:
    from temporalio.client import WorkflowHandle

    from catalogue.rows.cards import TechnologyCard

DAY_LENGTH = "--day PT24H for real days, or PT1S for a second each"
"""How the length of a day is written."""


def read(file: Path, day: str | None = None) -> Proposal:
    """The proposal of a file, checked against the programme's own files.

    Raises:
        NotDone: It cannot be used; says every problem, a line each.
    """
    check_file(file)
    length = None if day is None else read_duration(day, DAY_LENGTH)
    try:
        proposal = read_proposal(file, load_programme(Settings().programme))
    except ProgrammeInvalid as error:
        raise NotDone(str(error)) from error
    return proposal if length is None else with_day(proposal, length)


def with_day(proposal: Proposal, length: timedelta) -> Proposal:
    """The proposal with days of another length, for which no calendar counts unless they are real days."""
    calendar = proposal.pace.calendar if length == DAY else None
    pace = proposal.pace.model_copy(update={"day": length, "calendar": calendar})
    return proposal.model_copy(update={"pace": pace})


async def begin(desk: Desk, proposal: Proposal) -> "TechnologyCard":
    """Start the technology's life and return how it stands once the ledger has it.

    Raises:
        NotDone: The rules refuse it, it has been proposed before, or no worker answers.
    """
    await _refuse_second(desk, proposal)
    command = Propose(actor=desk.actor, proposal=proposal)
    outcome = check_form(command) or decide(None, command, datetime.now(UTC))
    if isinstance(outcome, Refusal):
        raise NotDone(outcome.message)
    if await show_programme(desk.connection, proposal.programme) is None:
        raise NotDone(
            f"The programme office of {proposal.programme} is not open: "
            "run `python starter.py catalogue load` first."
        )
    await see_begun(await _start(desk, command), desk.connection)
    return await _found(desk, proposal.technology)


async def _refuse_second(desk: Desk, proposal: Proposal) -> None:
    if before := await find_technology(desk.connection, proposal.technology):
        raise NotDone(
            f"{before.title} ({before.slug}) has already been proposed on {in_words(before.proposed)} by "
            f"{before.proposed_by}: see `python starter.py technology show {before.slug}`."
        )


async def _start(desk: Desk, command: Propose) -> "WorkflowHandle[Any, Any]":
    from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
    from temporalio.exceptions import WorkflowAlreadyStartedError

    from workflows.lives import TechnologyLife
    from workflows.shell import TASK_TIMEOUT

    client = await desk.client()
    proposal = command.proposal
    try:
        return await client.start_workflow(
            "TechnologyLifecycle",
            TechnologyLife(start=command),
            id=technology_id(proposal.technology),
            task_queue=desk.settings.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            task_timeout=TASK_TIMEOUT,
            static_summary=f"{proposal.title}: from test and learn to business as usual",
        )
    except WorkflowAlreadyStartedError as error:
        raise NotDone(
            f"{proposal.title} ({proposal.technology}) has already been proposed, and the ledger does not "
            "have it yet: see that a worker runs, and look again."
        ) from error


async def _found(desk: Desk, technology: str) -> "TechnologyCard":
    card = await show_technology(desk.connection, technology)
    if card is None:
        raise NotDone(f"{technology} was recorded and cannot be found: rebuild the catalogue.")
    return card
