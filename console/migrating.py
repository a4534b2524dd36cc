"""Taking boards to another version of the playbook: what it would do, and doing it at many boards at once.

Each board decides for itself, so one that refuses or does not answer keeps none of the others back. Each
decision bears an id that follows from what it is, so that whoever gives the command again does nothing twice.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from console.ending import NotDone
from console.finding import find_started_rollout, find_technology

if TYPE_CHECKING:
    from catalogue.rows.journeys import Rollout
    from console.desk import Desk
    from console.reading import Connection
    from domain.edition_rules import Preview
    from domain.editions import EditionCommand
    from domain.playbook import Edition
    from domain.record import Receipt

IN_FLIGHT = ("replication", "handover")
"""The stages in which a board replicates a version and can go on by another."""

AT_ONCE = 32
"""Decisions that are under way at the same time."""

OFFERED_WITHIN = 60.0
"""Seconds that a version which has just been published is given to reach all of the boards."""

Ending = Literal["adopted", "declined", "was already", "not done"]


@dataclass(frozen=True)
class Prospect:
    """What adopting a version would do at one board: a preview, or why there can be none."""

    technology: str
    board: str
    stage: str
    before: int | None
    version: int
    preview: "Preview | None"
    why_not: str


@dataclass(frozen=True)
class Outcome:
    """What became of one board's decision.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        version: The version that it was about.
        ending: What became of it.
        why: Why it was not done.
    """

    technology: str
    board: str
    version: int
    ending: Ending
    why: str = ""


@dataclass(frozen=True)
class Target:
    """A board that may go on by another version: its rollout, and that version."""

    rollout: "Rollout"
    version: int


# --- which boards, which version ----------------------------------------------------------------------------


async def find_targets(
    connection: "Connection", technologies: Iterable[str], boards: Sequence[str], to: int | None
) -> tuple[Target, ...]:
    """The boards that replicate: those named, or all of them.

    Raises:
        NotDone: There is no such technology, board or version, or nothing was published yet.
    """
    from catalogue.queries.rollouts import list_rollouts

    targets: list[Target] = []
    for technology in technologies:
        version = await find_version(connection, technology, to)
        if boards:
            found = [await find_started_rollout(connection, technology, board) for board in boards]
        else:
            found = [it for it in await list_rollouts(connection, technology=technology) if is_in_flight(it)]
        targets += [Target(it, version) for it in found]
    return tuple(targets)


def is_in_flight(rollout: "Rollout") -> bool:
    """Whether a board replicates a version and can go on by another."""
    return rollout.stage in IN_FLIGHT and rollout.playbook is not None and rollout.stopped is None


async def find_version(connection: "Connection", technology: str, version: int | None) -> int:
    """The number of a published version: the last one unless another is named.

    Raises:
        NotDone: There is no such technology, or no such version.
    """
    return (await find_editions(connection, technology, version))[-1].version


async def find_editions(connection: "Connection", technology: str, *versions: int | None) -> "list[Edition]":
    """Published versions as boards replicate them; ``None`` stands for the last.

    Raises:
        NotDone: There is no such technology, or no such version.
    """
    from catalogue.queries.playbooks import list_playbooks
    from domain.playbook import Playbook, edition_of

    await find_technology(connection, technology)
    found = {it.version: it for it in await list_playbooks(connection, technology)}
    if not found:
        raise NotDone(f"No playbook has been published for {technology} yet.")
    editions: list[Edition] = []
    for version in versions:
        wanted = version or max(found)
        if wanted not in found:
            known = ", ".join(map(str, found))
            raise NotDone(f"{technology} has no version {wanted} of its playbook: there is {known}.")
        editions.append(edition_of(Playbook.model_validate(found[wanted].content)))
    return editions


# --- before -------------------------------------------------------------------------------------------------


async def foresee(connection: "Connection", targets: Sequence[Target]) -> tuple[Prospect, ...]:
    """What adopting would do at each board, by the rules that decide when it is done."""
    from catalogue.lives import read_lives

    wanted = dict.fromkeys((it.rollout.technology, it.version) for it in targets)
    editions = {key: (await find_editions(connection, *key))[0] for key in wanted}
    lives = await read_lives(connection, [it.rollout.stream for it in targets])
    now = datetime.now(UTC)
    return tuple(
        _prospect(it, lives.get(it.rollout.stream), editions[it.rollout.technology, it.version], now)
        for it in targets
    )


def _prospect(target: Target, life: object, edition: "Edition", now: datetime) -> Prospect:
    from domain.edition_rules import preview
    from domain.refusal import Refusal
    from domain.rollout import Rollout as Life

    it = target.rollout
    if not isinstance(life, Life):
        why = "Its events may not be read here: ask somebody who may, or act in another role."
        return Prospect(it.technology, it.board, it.stage, it.playbook, target.version, None, why)
    found = preview(life, edition, now)
    stands = (it.technology, it.board, life.stage, life.adopted, target.version)
    if isinstance(found, Refusal):
        return Prospect(*stands, None, found.message)
    return Prospect(*stands, found, "; ".join(found.unsafe))


# --- doing it -----------------------------------------------------------------------------------------------


async def decide_all(
    desk: "Desk", targets: Sequence[Target], reason: str, *, decline: bool
) -> tuple[Outcome, ...]:
    """Send each board's decision, many at once, and return what became of each."""
    await _until_offered(desk.connection, targets)
    turns = asyncio.Semaphore(AT_ONCE)

    async def decide(target: Target) -> "tuple[Outcome, Receipt | None]":
        async with turns:
            return await _decide(desk, target, reason, decline=decline)

    decided = await asyncio.gather(*(decide(target) for target in targets))
    await desk.see_recorded(*(receipt for _, receipt in decided if receipt is not None))
    return tuple(outcome for outcome, _ in decided)


async def _decide(
    desk: "Desk", target: Target, reason: str, *, decline: bool
) -> "tuple[Outcome, Receipt | None]":
    from domain.editions import AdoptEdition, DeclineEdition

    it, version = target.rollout, target.version
    if it.playbook == version:
        return Outcome(it.technology, it.board, version, "was already"), None
    update = "decline_edition" if decline else "adopt_edition"
    kind: type[EditionCommand] = DeclineEdition if decline else AdoptEdition
    command = kind(actor=desk.actor, version=version, reason=reason)
    try:
        receipt = await desk.deliver(it.stream, update, command, update_id=id_of(update, command))
    except NotDone as error:
        return Outcome(it.technology, it.board, version, "not done", str(error)), None
    return Outcome(it.technology, it.board, version, "declined" if decline else "adopted"), receipt


def id_of(update: str, command: "EditionCommand") -> str:
    """What tells a decision about a version from every other: the same decision always bears the same id."""
    said = hashlib.sha256(command.model_dump_json().encode()).hexdigest()[:12]
    return f"{update.partition('_')[0]}/{command.version}/{said}"


async def _until_offered(connection: "Connection", targets: Sequence[Target]) -> None:
    """Wait until a version that has just been published has reached the boards, or it takes too long."""
    from catalogue.tail import until_so

    wanted = {it.rollout.stream: it.version for it in targets if is_in_flight(it.rollout)}

    async def is_offered() -> bool:
        return not await connection.fetchval(_NOT_YET_OFFERED, list(wanted), list(wanted.values()))

    with suppress(TimeoutError):
        await asyncio.wait_for(until_so(connection, is_offered), OFFERED_WITHIN)


_NOT_YET_OFFERED = """
SELECT count(*) FROM unnest($1::text[], $2::integer[]) AS wanted (stream, version)
JOIN catalogue.rollouts AS rollout USING (stream)
WHERE coalesce(rollout.offered, 0) < wanted.version AND coalesce(rollout.playbook, 0) < wanted.version
"""


def as_plain(prospect: Prospect) -> dict[str, Any]:
    """A prospect as programs read it."""
    found = prospect.preview
    plain: dict[str, Any] = {
        "technology": prospect.technology,
        "board": prospect.board,
        "stage": prospect.stage,
        "before": prospect.before,
        "version": prospect.version,
        "safe": found is not None and not found.unsafe,
        "why_not": prospect.why_not,
    }
    return plain if found is None else {**plain, **found.model_dump(mode="json", exclude={"plan", "unsafe"})}
