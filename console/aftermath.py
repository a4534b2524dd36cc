"""What a command brings about in other lives: waited for until the ledger shows it, then told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from console.ending import complain
from console.finding import see

if TYPE_CHECKING:
    from catalogue.rows.evidence import Evidence
    from catalogue.rows.work import Gate
    from console.reading import Connection
    from domain.record import Receipt

PATIENCE = 15.0
"""Seconds to wait for what other lives make of it; they go on by themselves afterwards."""

NOT_YET = (
    "This is done, and not everywhere where it counts has it been recorded yet: it will be once a worker is "
    "free, so look again with `gate list`."
)


async def of_withdrawing(connection: "Connection", withdrawn: "Evidence") -> list[str]:
    """What the withdrawal of evidence did: which gates have to be decided again, and where."""
    expected = frozenset(await _still_going(connection, withdrawn))
    lines = [f"{withdrawn.ref} is withdrawn."]
    if not expected:
        return [*lines, "No passed gate relied on it."]
    await _wait(connection, lambda: _are_reopened(connection, withdrawn.technology, expected))
    reopened = await _reopened(connection, withdrawn.technology, expected)
    late = sorted(expected.difference(it.name for it in reopened))
    return [
        *lines,
        *_tell(reopened),
        *(f"To be decided again, as soon as a worker has recorded it: {name}." for name in late),
        *_consequence(reopened),
    ]


async def of_bringing(
    connection: "Connection", receipt: "Receipt", slug: str, old: "Evidence | None"
) -> list[str]:
    """Under which name evidence is on record now, and what it did to the gates of its life."""
    from catalogue.queries.evidence import list_evidence
    from console.moments import today

    found = await list_evidence(connection, today=today(), stream=receipt.stream, evidence=slug)
    lines = [f"{it.ref} is on record." for it in found[-1:]]
    if old is None:
        return lines
    lines.append(f"It takes the place of {old.ref}.")
    if old.relied_on:
        lines.append(
            f"On that one rested {', '.join(old.relied_on)}: what no longer holds has to be decided again, "
            f"{see('gate list')}"
        )
    return [*lines, *_tell(await _reopened(connection, old.technology, frozenset(old.relied_on)))]


async def of_change(connection: "Connection", technology: str, version: str) -> list[str]:
    """What a material change did: which gates have to be decided again, once every board knows of it."""
    await _wait(connection, lambda: _all_know(connection, technology, version))
    reopened = await _reopened(connection, technology)
    lines = [f"{technology} is at version {version}."]
    if not reopened:
        return [*lines, "No gate has to be decided again."]
    return [*lines, *_tell(reopened), *_consequence(reopened)]


async def of_halting(connection: "Connection", technology: str, receipt: "Receipt") -> list[str]:
    """What a halt did: at how many of its boards the line has stopped, and how long that took."""
    from catalogue.queries.halts import list_freezing, list_halts
    from console.halts import frozen_in_words, goes_on

    (halt,) = [
        it
        for it in await list_halts(connection, stream=receipt.stream)
        if it.number == await connection.fetchval(_LAST_HALT, receipt.stream, receipt.sequence)
    ]

    async def is_frozen() -> bool:
        (found,) = await list_freezing(connection, technology, halt.number)
        return found.complete

    await _wait(connection, is_frozen)
    (found,) = await list_freezing(connection, technology, halt.number)
    return [
        f"The line of {technology} is stopped (halt {halt.number}), {frozen_in_words(found)}.",
        f"{halt.owner} owns it. Goes on meanwhile: {goes_on(halt).rstrip('.')}.",
        f"Only its own gate releases it: {see(f'technology release {technology} {halt.number}')}",
    ]


_LAST_HALT = """
SELECT (data -> 'halt' ->> 'number')::integer FROM ledger.events
WHERE stream = $1 AND type = 'halted' AND sequence <= $2 ORDER BY sequence DESC LIMIT 1
"""


def _tell(reopened: "tuple[Gate, ...]") -> list[str]:
    return [
        f"To be decided again: {it.title}, {f'at {it.board}' if it.board else 'nationally'} ({it.name})."
        for it in reopened
    ]


def _consequence(reopened: "tuple[Gate, ...]") -> list[str]:
    if any(it.board is None for it in reopened):
        return ["Until that is decided again, no board passes a gate."]
    return []


async def _reopened(
    connection: "Connection", technology: str, names: frozenset[str] | None = None
) -> "tuple[Gate, ...]":
    from catalogue.queries.gates import list_gates

    found = await list_gates(connection, technology=technology)
    return tuple(it for it in found if it.because is not None and (names is None or it.name in names))


async def _are_reopened(connection: "Connection", technology: str, names: frozenset[str]) -> bool:
    return len(await _reopened(connection, technology, names)) == len(names)


async def _still_going(connection: "Connection", it: "Evidence") -> list[str]:
    """The passed gates that rely on evidence, but for those of what was stopped, which stay closed."""
    from catalogue.queries.rollouts import list_rollouts
    from catalogue.queries.technologies import find_technology

    technology = await find_technology(connection, it.technology)
    ended = {row.board for row in await list_rollouts(connection, technology=it.technology) if row.stopped}
    if technology is None or technology.stopped:
        return []
    return [name for name in it.relied_on if name.split("/")[1] not in ended]


async def _all_know(connection: "Connection", technology: str, version: str) -> bool:
    from catalogue.queries.rollouts import list_rollouts

    rollouts = await list_rollouts(connection, technology=technology)
    return all(it.version == version for it in rollouts if it.stage != "planned" and not it.stopped)


async def _wait(connection: "Connection", question: Callable[[], Awaitable[bool]]) -> None:
    from catalogue.tail import until_so

    try:
        await asyncio.wait_for(until_so(connection, question), PATIENCE)
    except TimeoutError:
        complain(NOT_YET)
