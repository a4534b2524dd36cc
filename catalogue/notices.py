"""Keeps notices: what was written for whom, what each was told with it, and how its deliveries went.

Notices and what they tell are written in one transaction, so that nothing is told and forgotten, or told
twice. A delivery is claimed, in a transaction of its own, before anything is sent; so whatever dies in
between, the next attempt knows whether something may have been sent.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from catalogue.connection import Lent, Pool, Record
from catalogue.database import TROUBLE
from catalogue.errors import DatabaseUnreachable, LedgerError
from catalogue.queries.matters import list_matters
from domain.notice import Draft, compose
from domain.notice_text import Notice
from domain.noticing import Look, Looked
from domain.reminders import Policy, Recipient, digest_day, next_look

WITHOUT_RULES = timedelta(hours=1)
"""How often it is looked whether a programme has rules for notices by now."""

REPORTED = timedelta(days=30)
"""For how long it is reported that something could not be delivered."""

POLICY_KIND = "policy"
"""The kind under which the catalogue keeps a programme's rules for notices."""

# Taken before anything is read, so that two that compose at once do it one after the other.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('cairn notices'), hashtext($1))"
_POLICY = "SELECT data FROM catalogue.entities WHERE kind = $2 AND id = $1 AND status <> 'retired'"
_TOLD = (
    "SELECT recipient, array_agg(remark) AS remarks FROM ledger.told WHERE programme = $1 GROUP BY recipient"
)
_HAD = "SELECT recipient FROM ledger.notices WHERE programme = $1 AND sort = 'digest' AND day >= $2"
_NUMBER = "SELECT coalesce(max(number), 0) + 1 FROM ledger.notices WHERE recipient = $1"
_WRITE = """
INSERT INTO ledger.notices (id, programme, role, board, recipient, number, sort, day, written, content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_TELL = """
INSERT INTO ledger.told (programme, recipient, board, remark, matter, notice)
SELECT $1, $2, $3, remark, matter, $4 FROM unnest($5::text[], $6::text[]) AS told (remark, matter)
ON CONFLICT (recipient, remark) DO NOTHING
"""
_FORGET = "DELETE FROM ledger.told WHERE programme = $1 AND NOT matter = ANY ($2::text[])"
_WAITING = """
SELECT id FROM ledger.notices WHERE programme = $1 AND state = 'waiting' ORDER BY written, id
"""
_UNDELIVERABLE = """
SELECT count(*) FROM ledger.notices
WHERE programme = $1 AND state = 'undeliverable' AND settled > $2
"""
_NOTICE = "SELECT id, programme, content, state FROM ledger.notices WHERE id = $1"
_HOLD = "SELECT pg_try_advisory_lock(hashtext('cairn delivery'), hashtext($1))"
_LET_GO = "SELECT pg_advisory_unlock(hashtext('cairn delivery'), hashtext($1))"
# A claim that was never settled is one of which nobody knows what came.
_CLAIM = """
INSERT INTO ledger.deliveries AS known (notice, target, board, state, claimed)
VALUES ($1, $2, $3, 'claimed', clock_timestamp())
ON CONFLICT (notice, target) DO UPDATE SET
    state = 'claimed', claimed = clock_timestamp(), attempts = known.attempts + 1,
    doubts = known.doubts + (known.state = 'claimed')::integer
WHERE known.state IN ('claimed', 'failed')
RETURNING doubts
"""
_SETTLE_DELIVERY = """
UPDATE ledger.deliveries SET state = $3, trouble = $4,
       settled = CASE WHEN $3 IN ('sent', 'refused') THEN clock_timestamp() END
WHERE notice = $1 AND target = $2
"""
_STATES = "SELECT state FROM ledger.deliveries WHERE notice = $1 AND target = ANY ($2)"
_SETTLE = """
UPDATE ledger.notices SET state = $2, trouble = $3,
       settled = CASE WHEN $2 <> 'waiting' THEN clock_timestamp() END
WHERE id = $1 AND state = 'waiting'
"""
_AGAIN = """
UPDATE ledger.notices SET state = 'waiting', settled = NULL
WHERE id = $1 AND programme = $2 AND state IN ('undeliverable', 'unaddressed') RETURNING id
"""
_TRY_REFUSED_AGAIN = "UPDATE ledger.deliveries SET state = 'failed' WHERE notice = $1 AND state = 'refused'"


class UnderWay(LedgerError):
    """Another attempt to deliver the same notice has not ended yet."""


class Notices:
    """The notices behind a pool of connections."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def look(self, look: Look) -> Looked:
        """Write the notices that are to be written now; asked again, it writes nothing twice.

        Raises:
            DatabaseUnreachable: PostgreSQL did not answer.
        """
        async with self._connected() as connection, connection.transaction():
            await connection.execute(_ONE_AT_A_TIME, look.programme)
            content = await connection.fetchval(_POLICY, look.programme, POLICY_KIND)
            if content is None:
                again = look.now + WITHOUT_RULES
                return Looked(next=again, digests_of=look.digests_of, rules=False)
            policy = Policy.model_validate(content)
            day = digest_day(policy, look.digests_of, look.now)
            drafts = await _drafts(connection, policy, look, digests=day is not None)
            for draft in drafts:
                await _write(connection, look, draft)
            return Looked(
                next=next_look(policy, look.now),
                digests_of=day or look.digests_of,
                written=len(drafts),
                **await _standing(connection, look),
            )

    async def write_test(self, programme: str, recipient: Recipient, now: datetime) -> str:
        """Write a notice that only tries whether notices arrive, and return its name."""
        async with self._connected() as connection, connection.transaction():
            await connection.execute(_ONE_AT_A_TIME, programme)
            number = await connection.fetchval(_NUMBER, str(recipient))
            notice = Notice(
                id=f"{recipient}/{number}", recipient=recipient, test=True, day=now.date(), written=now
            )
            await _insert(connection, programme, notice, number, "test")
            return notice.id

    async def send_again(self, programme: str, notice: str) -> bool:
        """Have a notice delivered that could not be; say whether there is such a one."""
        async with self._connected() as connection, connection.transaction():
            if await connection.fetchval(_AGAIN, notice, programme) is None:
                return False
            await connection.execute(_TRY_REFUSED_AGAIN, notice)
            return True

    @asynccontextmanager
    async def hold(self, notice: str) -> AsyncIterator["HeldNotice"]:
        """Hold a notice while it is delivered: no other attempt can, and it is free when this process dies.

        Raises:
            UnderWay: Another attempt holds it.
            DatabaseUnreachable: PostgreSQL did not answer.
        """
        async with self._connected() as connection:
            if not await connection.fetchval(_HOLD, notice):
                raise UnderWay(f"Another attempt to deliver {notice} has not ended yet.")
            try:
                yield HeldNotice(connection, await connection.fetchrow(_NOTICE, notice))
            finally:
                await connection.fetchval(_LET_GO, notice)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Lent]:
        try:
            async with self._pool.acquire() as connection:
                yield connection
        except TROUBLE as error:
            raise DatabaseUnreachable(f"PostgreSQL did not answer ({type(error).__name__}).") from error


class HeldNotice:
    """One notice that is being delivered.

    Attributes:
        notice: It, as it was written.
        programme: Whose.
        waits: Whether it still waits to be delivered.
    """

    def __init__(self, connection: Lent, record: Record | None) -> None:
        if record is None:
            raise LedgerError("There is no such notice.")
        self._connection = connection
        self.notice = Notice.model_validate(record["content"])
        self.programme: str = record["programme"]
        self.waits: bool = record["state"] == "waiting"

    async def policy(self) -> Policy | None:
        """The rules that are in force now."""
        content = await self._connection.fetchval(_POLICY, self.programme, POLICY_KIND)
        return None if content is None else Policy.model_validate(content)

    async def claim(self, target: str) -> int | None:
        """Claim the delivery to a place before it is sent there.

        Returns:
            How many earlier attempts may have arrived; ``None`` where nothing is to be sent there any more.
        """
        notice = self.notice
        doubts: int | None = await self._connection.fetchval(
            _CLAIM, notice.id, target, notice.recipient.board
        )
        return doubts

    async def settle_delivery(self, target: str, state: str, trouble: str | None) -> None:
        """Note how a delivery went; one that stays ``claimed`` may have arrived."""
        await self._connection.execute(_SETTLE_DELIVERY, self.notice.id, target, state, trouble)

    async def states(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """How the deliveries to these places went so far."""
        rows = await self._connection.fetch(_STATES, self.notice.id, list(targets))
        return tuple(row["state"] for row in rows)

    async def settle(self, state: str, trouble: str | None = None) -> None:
        """Note how it stands with the notice."""
        await self._connection.execute(_SETTLE, self.notice.id, state, trouble)


async def _drafts(connection: Lent, policy: Policy, look: Look, *, digests: bool) -> tuple[Draft, ...]:
    matters = await list_matters(
        connection, look.programme, now=look.now, expiring_within=policy.reminders.expiring_within
    )
    await connection.execute(_FORGET, look.programme, [matter.key for matter in matters])
    told = {
        row["recipient"]: frozenset(row["remarks"]) for row in await connection.fetch(_TOLD, look.programme)
    }
    today = policy.calendar.local_time(look.now).date()
    had = frozenset(row["recipient"] for row in await connection.fetch(_HAD, look.programme, today))
    return compose(matters, policy, told, had, digests, look.now)


async def _write(connection: Lent, look: Look, draft: Draft) -> None:
    recipient = draft.recipient
    number = await connection.fetchval(_NUMBER, str(recipient))
    notice = Notice(
        id=f"{recipient}/{number}",
        recipient=recipient,
        urgent=draft.urgent,
        day=draft.day,
        written=look.now,
        items=draft.items,
        waiting=draft.waiting,
        overdue=draft.overdue,
    )
    await _insert(connection, look.programme, notice, number, "urgent" if draft.urgent else "digest")
    remarks, matters = [it.remark for it in draft.told], [it.matter for it in draft.told]
    await connection.execute(
        _TELL, look.programme, str(recipient), recipient.board, notice.id, remarks, matters
    )


async def _insert(connection: Lent, programme: str, notice: Notice, number: int, sort: str) -> None:
    recipient = notice.recipient
    await connection.execute(
        _WRITE,
        notice.id,
        programme,
        recipient.role,
        recipient.board,
        str(recipient),
        number,
        sort,
        notice.day,
        notice.written,
        notice.model_dump(mode="json"),
    )


async def _standing(connection: Lent, look: Look) -> Mapping[str, Any]:
    waiting = await connection.fetch(_WAITING, look.programme)
    undeliverable = await connection.fetchval(_UNDELIVERABLE, look.programme, look.now - REPORTED)
    return {"waiting": tuple(row["id"] for row in waiting), "undeliverable": undeliverable}
