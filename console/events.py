"""The ledger's events, as they happened: for programs that follow them, and for people who look back."""

import asyncio
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.command import group
from console.ending import FAILED, NotDone, complain
from console.output import OutputOption, Styled, counted, example, minute
from console.proofs import ProofCheck, find_check, proofs_in_words

if TYPE_CHECKING:
    from catalogue.audit import Verdict
    from catalogue.rows.events import Event
    from catalogue.seals import Seal

app = group("Read and follow the ledger of all that happened.")

StreamOption = Annotated[
    str | None,
    typer.Option("--stream", help="A stream, or the beginning of several: rollout/ccbt-perinatal."),
]
TypeOption = Annotated[str | None, typer.Option("--type", help="A kind of event, such as gate-decided.")]
LimitOption = Annotated[
    int, typer.Option("--limit", min=1, max=100_000, help="How many at most, the latest.")
]


@app.command(
    "list",
    epilog=example(
        "events list --stream rollout/ccbt-perinatal/fife", "events list --type gate-decided -o json"
    ),
)
def list_(
    stream: StreamOption = None,
    kind: TypeOption = None,
    since: Annotated[
        datetime | None, typer.Option("--since", help="Only from this day or time on, in UTC.")
    ] = None,
    limit: LimitOption = 50,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the latest events, the oldest first. As JSON, one CloudEvent a line."""
    moment = None if since is None else since.replace(tzinfo=since.tzinfo or UTC)

    async def look(connection: reading.Connection) -> "tuple[Event, ...]":
        from catalogue.queries.events import list_events

        return await list_events(connection, stream=stream, type=kind, since=moment, limit=limit)

    found = reading.ask(look)
    if form is output.Format.JSON:
        _write_lines(found)
        return
    output.print_table(
        ("When", "Event", "~Stream", "~About"),
        [(minute(it.time), Styled(it.type, "bold"), f"{it.stream} {it.sequence}", about(it)) for it in found],
        empty="No such event is in the ledger.",
    )


@app.command(epilog=example("events tail --follow", "events tail --follow --type gate-decided -o json"))
def tail(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with every event to come.")] = False,
    stream: StreamOption = None,
    kind: TypeOption = None,
    limit: LimitOption = 10,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show the latest events and follow those to come. As JSON, one CloudEvent a line."""
    asyncio.run(_tail(stream, kind, limit, follow, form is output.Format.JSON))


@app.command(epilog=example("events verify", "events verify --seal DIGEST", "events verify -o json"))
def verify(
    seal: Annotated[str | None, typer.Option(help="The digest of a seal, as it was kept outside.")] = None,
    form: OutputOption = output.Format.TABLE,
) -> int:
    """Check that no event was altered, deleted, inserted or moved, and who signed. What is wrong is named."""
    from runtime.settings import Settings

    check = find_check(Settings())

    async def look(connection: reading.Connection) -> "Verdict":
        from catalogue.audit import verify as audit

        return await audit(connection, seal=seal, check_proof=check.judge)

    verdict = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(verdict)
    elif verdict.findings:
        for finding in verdict.findings:
            output.write(output.clean(finding.differs))
        if more := verdict.found - len(verdict.findings):
            output.write(f"And {counted(more, 'finding')} more.")
    else:
        output.write(verdict_in_words(verdict, check))
    if verdict.findings:
        complain(ALTERED)
    return FAILED if verdict.findings else 0


ALTERED = (
    "The ledger is not what was recorded: keep the database as it is, and compare what is named with a "
    "backup and with the workflows' histories."
)


def verdict_in_words(verdict: "Verdict", check: ProofCheck) -> str:
    """What an audit that found nothing looked at."""
    events, streams = counted(verdict.events, "event"), counted(verdict.streams, "stream")
    seals = counted(verdict.seals, "seal") if verdict.seals else "no seal yet"
    sound = f"The ledger is sound: {events} in {streams} are what was recorded ({seals})."
    return f"{sound} {proofs_in_words(verdict, check)}"


@app.command(epilog=example("events seal", "events seal -o json"))
def seal(form: OutputOption = output.Format.TABLE) -> None:
    """Seal the ledger as it stands, and print the digest: keep it where the database's owner cannot reach."""

    async def take(connection: reading.Connection) -> "Seal | None":
        from catalogue.seals import seal as take_seal

        return await take_seal(connection)

    taken = reading.ask(take)
    if taken is None:
        raise NotDone("The ledger is empty: there is nothing to seal.")
    if form is output.Format.JSON:
        output.write_json(taken)
        return
    over = f"{counted(taken.events, 'event')} in {counted(taken.streams, 'stream')}"
    output.write(f"Seal {taken.number} of {minute(taken.taken_at)}, over {over}:")
    output.write(taken.digest)


async def _tail(stream: str | None, kind: str | None, limit: int, follow: bool, as_json: bool) -> None:
    from catalogue.queries.events import list_events
    from catalogue.tail import Cursor, last_cursor
    from catalogue.tail import tail as events_to_come

    stream = stream.rstrip("/") if stream else None
    async with reading.opened() as connection:
        cursor = await last_cursor(connection)
        latest = await list_events(connection, stream=stream, type=kind, limit=limit)
        _write_lines([it for it in latest if Cursor.of(it) <= cursor or not follow], as_json=as_json)
        if follow:
            async for event in events_to_come(connection, cursor, stream=stream, type=kind):
                _write_lines([event], as_json=as_json)
                sys.stdout.flush()


def _write_lines(events: "Iterable[Event]", *, as_json: bool = True) -> None:
    from catalogue.cloudevents import as_cloudevent

    for event in events:
        if as_json:
            output.write(json.dumps(as_cloudevent(event), ensure_ascii=False, default=output.plain))
        else:
            line = f"{minute(event.time)}  {event.stream} {event.sequence}  {event.type}  {about(event)}"
            output.write(output.clean(line).rstrip())


_TELLING = (
    *("stage", "plan", "step", "gate", "outcome", "number", "criterion", "ref", "trial", "verdict"),
    *("version", "rag", "wave", "board", "reason", "because", "capacity"),
)
"""The fields that say most about an event."""


def about(event: "Event") -> str:
    """What an event says, in a few words."""
    words = [event.data.get(name) for name in _TELLING]
    named = [word.get("id") if isinstance(word, dict) else word for word in words]
    return ", ".join(str(word) for word in named if isinstance(word, str | int) and word != "")
