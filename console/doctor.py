"""Finds out what keeps Cairn from working here, and says what to do about each finding."""

import asyncio
import platform
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from console import output
from console.command import single
from console.ending import FAILED
from console.output import OutputOption, Styled, example
from runtime.errors import CairnError
from runtime.state import default_home, read_state

if TYPE_CHECKING:
    import asyncpg
    from temporalio.client import Client

    from runtime.settings import Settings

app = single()

OLDEST_PYTHON = (3, 11)
SHORTEST_RETENTION = timedelta(days=30)
FRESH = timedelta(minutes=2)
"""A worker that has asked for work within this time counts as running: one asks about every minute."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        check: What was looked at.
        ok: Whether it is as it should be.
        found: What was found.
        fix: What to do, where it is not as it should be.
    """

    check: str
    ok: bool
    found: str
    fix: str = ""


@app.command(epilog=example("doctor", "doctor -o json", "doctor --thorough"))
def doctor(
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Ask every workflow how far it has come, which takes a while.")
    ] = False,
    form: OutputOption = output.Format.TABLE,
) -> int:
    """Check everything that Cairn needs here. What is wrong comes with what to do about it."""
    findings = asyncio.run(_examine(thorough=thorough))
    if form is output.Format.JSON:
        output.write_json(findings)
    else:
        output.print_table(
            ("", "Check", "~Found"),
            [
                (
                    Styled("✔", "green") if it.ok else Styled("✘", "bold red"),
                    it.check,
                    it.found if it.ok else (it.found, Styled(it.fix, "yellow")),
                )
                for it in findings
            ],
            empty="",
        )
        wrong = sum(not it.ok for it in findings)
        output.write(
            "Everything is as it should be." if not wrong else f"{output.counted(wrong, 'check')} failed."
        )
    return FAILED if any(not it.ok for it in findings) else 0


async def _examine(*, thorough: bool) -> list[Finding]:
    from runtime.errors import SettingsInvalid
    from runtime.settings import Settings

    findings = [_python(), _stack()]
    try:
        settings = Settings()
    except SettingsInvalid as error:
        return [*findings, Finding("Settings", ok=False, found=str(error), fix="Correct it as it says.")]
    findings.append(_histories(settings))
    findings.append(_directory(settings))
    findings += [finding async for finding in _temporal(settings)]
    findings += [finding async for finding in _database(settings)]
    if all(finding.ok for finding in findings):
        findings.append(await _agreement(settings, thorough=thorough))
    return findings


def _python() -> Finding:
    found = platform.python_version()
    return Finding("Python", sys.version_info >= OLDEST_PYTHON, found, "Install Python 3.11 or later.")


def _stack() -> Finding:
    home = default_home()
    try:
        state = read_state(home)
    except CairnError as error:
        return Finding("Embedded services", ok=False, found=str(error), fix=_RESTART)
    if not state:
        found = f"none run in {home}; the settings lead elsewhere"
        return Finding("Embedded services", ok=True, found=found)
    pid = int(state["pid"])
    import psutil

    if not psutil.pid_exists(pid):
        return Finding(
            "Embedded services", ok=False, found=f"{home} names process {pid}, which is gone", fix=_RESTART
        )
    return Finding("Embedded services", ok=True, found=f"run in {home} (process {pid})")


def _histories(settings: "Settings") -> Finding:
    from runtime.keys import read_keys

    if settings.encryption_keys is None:
        fix = (
            "Run `make up`; or `python starter.py keys init --file FILE`, and set CAIRN_ENCRYPTION_KEYS=FILE."
        )
        return Finding("Histories", ok=False, found="they are not encrypted", fix=fix)
    try:
        ring = read_keys(settings.encryption_keys)
    except CairnError as error:
        found, _, fix = str(error).partition(": ")
        return Finding("Histories", ok=False, found=found, fix=fix)
    others = output.counted(len(ring.keys) - 1, "other key")
    return Finding("Histories", ok=True, found=f"encrypted with key {ring.current}; {others} at hand")


def _directory(settings: "Settings") -> Finding:
    from console.own import read_directory
    from identity.errors import IdentityError

    name = "Who may act"
    try:
        directory = read_directory(settings)
    except IdentityError as error:
        found, _, fix = str(error).partition(": ")
        return Finding(name, ok=False, found=found, fix=fix)
    if directory is not None:
        held = output.counted(len(directory.people), "person", "people")
        found = f"{held}, by issue {directory.serial} of {settings.directory}"
        return Finding(name, ok=True, found=found)
    if settings.oidc_issuer:
        return Finding(name, ok=True, found=f"whoever {settings.oidc_issuer} vouches for")
    return Finding(
        name, ok=False, found="nobody has said", fix="Run `make up`, or set CAIRN_DIRECTORY and its key."
    )


_RESTART = "Start them again with `make up`; the data are kept."


# --- Temporal -----------------------------------------------------------------------------------------------


async def _temporal(settings: "Settings") -> AsyncIterator[Finding]:
    from runtime.client import connect, connect_config
    from runtime.errors import CairnError

    try:
        client = await connect(settings)
    except CairnError as error:
        found, _, fix = str(error).partition(": ")
        yield Finding("Temporal server", ok=False, found=found, fix=fix or "Run `make up`.")
        return
    from temporalio.api.workflowservice.v1 import GetSystemInfoRequest

    info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    address = connect_config(settings)["target_host"]
    yield Finding(
        "Temporal server", ok=True, found=f"{info.server_version} at {address}, namespace {client.namespace}"
    )
    for name, check in (
        ("Retention", _retention),
        ("Search attributes", _search_attributes),
        ("Worker", _worker),
    ):
        yield await _guarded(name, check, client, settings)


TemporalCheck: TypeAlias = "Callable[[Client, Settings], Awaitable[Finding]]"


async def _guarded(name: str, check: TemporalCheck, client: "Client", settings: "Settings") -> Finding:
    from temporalio.service import RPCError

    try:
        return await check(client, settings)
    except RPCError as error:
        fix = "Ask the server's operator for the right to look."
        return Finding(name, ok=False, found=f"the server does not say ({error.message})", fix=fix)


async def _retention(client: "Client", settings: "Settings") -> Finding:
    from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

    del settings
    described = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    kept = described.config.workflow_execution_retention_ttl.ToTimedelta()
    return Finding(
        "Retention",
        kept >= SHORTEST_RETENTION,
        f"closed runs are kept for {kept.days:,} days",
        f"Run `temporal operator namespace update -n {client.namespace} --retention 87600h`.",
    )


async def _search_attributes(client: "Client", settings: "Settings") -> Finding:
    from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest

    from workflows import attributes

    del settings
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = [key.name for key in attributes.ALL if key.name not in answer.custom_attributes]
    found = f"missing: {', '.join(missing)}" if missing else f"all {len(attributes.ALL)} are registered"
    fix = "Start a worker, which registers them, or have the server's operator add them."
    return Finding("Search attributes", not missing, found, fix)


async def _worker(client: "Client", settings: "Settings") -> Finding:
    from temporalio.api.enums.v1 import TaskQueueType
    from temporalio.api.taskqueue.v1 import TaskQueue
    from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=settings.task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    oldest = datetime.now(UTC) - FRESH
    polling = sorted(
        {it.identity for it in answer.pollers if it.last_access_time.ToDatetime(tzinfo=UTC) > oldest}
    )
    found = ", ".join(polling) or f"none asks for work on {settings.task_queue}"
    return Finding("Worker", bool(polling), found, "Run `make up`, or `python worker.py` beside a cluster.")


# --- both ---------------------------------------------------------------------------------------------------


async def _agreement(settings: "Settings", *, thorough: bool) -> Finding:
    """Whether the server runs what the ledger says, which is asked once both are as they should be."""
    from console.comparison import compare
    from console.reading import opened
    from runtime.client import connect

    if settings.database_role not in {"cairn_app", "cairn_national"}:
        return Finding("Agreement", ok=True, found=f"not checked: {settings.database_role} sees a part only")
    async with opened(settings.database_url) as connection:
        compared = await compare(await connect(settings), connection, thorough=thorough)
    if not compared.differences:
        found = f"the server runs what the ledger says ({output.counted(compared.workflows, 'workflow')})"
        return Finding("Agreement", ok=True, found=found)
    told = compared.differences[:MOST]
    others = len(compared.differences) - len(told)
    more = f" And {output.counted(others, 'difference')} more." if others else ""
    return Finding("Agreement", ok=False, found=" ".join(told) + more, fix=INTRUSION)


MOST = 10
"""Differences that are named; the others are counted."""

INTRUSION = "Do what each says, and see who may reach the Temporal server past the command line."


# --- PostgreSQL ---------------------------------------------------------------------------------------------


async def _database(settings: "Settings") -> AsyncIterator[Finding]:
    from catalogue.database import connect, place
    from catalogue.errors import DatabaseUnreachable, LedgerError
    from catalogue.schema import OLDEST_SERVER

    try:
        connection = await connect(settings.database_url, role=settings.database_role)
    except DatabaseUnreachable as error:
        fix = "Run `make up`, or point CAIRN_DATABASE_URL at yours."
        yield Finding("PostgreSQL", ok=False, found=str(error).partition(": ")[0], fix=fix)
        return
    except LedgerError as error:
        fix = "Run `python starter.py catalogue migrate`."
        yield Finding("Migrations", ok=False, found=str(error), fix=fix)
        return
    try:
        version = connection.get_server_version()
        yield Finding(
            "PostgreSQL",
            version.major >= OLDEST_SERVER,
            f"{version.major}.{version.minor} at {place(settings.database_url)}",
            f"Use PostgreSQL {OLDEST_SERVER} or later.",
        )
        yield Finding("Migrations", ok=True, found="the database is of this release")
        yield await _rights(connection)
        yield await _soundness(connection, settings)
        yield await _programme(connection)
        yield await _office(connection)
        yield await _notices(connection)
    finally:
        connection.terminate()


async def _rights(connection: "asyncpg.Connection[Any]") -> Finding:
    may = [
        right
        for right in ("UPDATE", "DELETE", "TRUNCATE")
        if await connection.fetchval("SELECT has_table_privilege('cairn_app', 'ledger.events', $1)", right)
    ]
    found = f"the application may {', '.join(may)} events" if may else "the application can only add events"
    return Finding(
        "Ledger", not may, found, f"Run `REVOKE {', '.join(may)} ON ledger.events FROM cairn_app`."
    )


async def _soundness(connection: "asyncpg.Connection[Any]", settings: "Settings") -> Finding:
    from catalogue.audit import verify
    from catalogue.errors import PartlySeen
    from console.events import ALTERED, verdict_in_words
    from console.proofs import ProofCheck, find_check
    from identity.errors import IdentityError

    try:
        check = find_check(settings)
    except IdentityError:
        check = ProofCheck(None, "the directory cannot be trusted")
    try:
        verdict = await verify(connection, check_proof=check.judge)
    except PartlySeen as error:
        return Finding("Chain", ok=True, found=f"not checked here: {error}")
    if not verdict.findings:
        return Finding("Chain", ok=True, found=verdict_in_words(verdict, check))
    found = f"{output.counted(verdict.found, 'finding')}; the first: {verdict.findings[0].differs}"
    return Finding("Chain", ok=False, found=found, fix=f"{ALTERED} See `python starter.py events verify`.")


async def _programme(connection: "asyncpg.Connection[Any]") -> Finding:
    from catalogue.queries.entities import list_boards, list_entities

    boards, entries = await list_boards(connection), await list_entities(connection)
    found = f"{len(boards)} boards, {len(entries)} entries in all" if boards else "nothing is loaded"
    return Finding("Programme", bool(boards), found, _LOAD)


async def _office(connection: "asyncpg.Connection[Any]") -> Finding:
    from catalogue.queries.programmes import list_programmes

    offices = await list_programmes(connection)
    places = {it.slug: it.limits.get("national/developing", "any number of") for it in offices}
    found = ", ".join(f"{slug} with {most} places to develop" for slug, most in places.items())
    found = found or "none is open"
    return Finding("Programme office", bool(offices), found, _LOAD)


async def _notices(connection: "asyncpg.Connection[Any]") -> Finding:
    from catalogue.queries.notices import list_notices

    now = datetime.now(UTC)
    found = await list_notices(connection, states=("waiting", "undeliverable"), most=1000)
    lost = [it for it in found if it.state == "undeliverable" and it.settled and it.settled > now - REPORTED]
    late = [it for it in found if it.state == "waiting" and it.written < now - LATE]
    told = [
        *([f"{output.counted(len(lost), 'notice')} could not be delivered"] if lost else []),
        *([f"{output.counted(len(late), 'notice')} could not be delivered for a day so far"] if late else []),
    ]
    first = next((it.trouble for it in (*lost, *late) if it.trouble), None)
    why = f" (the first: {first})" if first else ""
    fix = "See `python starter.py notices list --undelivered`; mend it, and `notices send` sends it again."
    return Finding("Notices", not told, f"{', '.join(told)}{why}" if told else "none is undeliverable", fix)


REPORTED, LATE = timedelta(days=30), timedelta(days=1)
"""For how long a notice that is undeliverable is reported, and since when one that waits is late."""

_LOAD = "Run `python starter.py catalogue load`."
