"""What each kind of reader sees, over every table and view that there is, and that none gets any further."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from catalogue.audit import verify
from catalogue.connection import Connection, Pool
from catalogue.database import connect, open_pool, read_json
from catalogue.errors import DatabaseUnreachable, PartlySeen, ReaderRefused
from catalogue.notices import Notices
from catalogue.readers import Reader, add_reader, list_readers, remove_reader
from catalogue.registry import register
from catalogue.schema import BOARD_ROLE, NATIONAL_ROLE, READER_ROLES, VIEWER_ROLE
from catalogue.seals import seal
from domain.office_commands import SetPriority
from domain.programme import ProgrammeEvent
from domain.technology import TechnologyEvent
from domain.workstream import WorkstreamEvent
from runtime.postgres import LOGIN, OWNER, SUPERUSER, Postgres
from tests.catalogue import queries
from tests.catalogue.conftest import Database, administer, new_database
from tests.catalogue.eventful_life import eventful_life
from tests.catalogue.halting_life import stop_the_line
from tests.catalogue.life import OFFICE, START, Life
from tests.catalogue.notices import lived as live
from tests.catalogue.notices import look
from tests.catalogue.tracks_life import with_tracks

OWN = "board-0"
OTHERS = {f"board-{number}" for number in range(14)} - {OWN}
LOGINS = {BOARD_ROLE: "fife_reader", NATIONAL_ROLE: "office_reader", VIEWER_ROLE: "viewing_reader"}
NOBODY = "entered_nowhere"
PASSWORD = "throw-away"

NOT_LET = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.WrongObjectTypeError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.FeatureNotSupportedError,
)
"""What PostgreSQL answers who may not write, or tries to write to a view."""

NATIONAL = {
    *("catalogue.technologies", "catalogue.waves", "catalogue.playbooks", "catalogue.programmes"),
    "catalogue.amendments",
    *("catalogue.limits", "catalogue.entities", "ledger.migrations"),
}
"""Tables whose every row is the national programme's. A new table is either about boards or belongs here."""
CLOSED = {"ledger.seals", "ledger.sealed_heads"}
"""What only the application and the national programme read."""
OWN_ROW = {"ledger.readers"}
"""Where a login sees what was entered for itself."""
EVENTS = {"ledger.events", "ledger.streams"}
FLEETING = {
    "catalogue.to_renew",
    "catalogue.holds",
    "catalogue.waiting",
    "catalogue.playbooks",
    "catalogue.planned",
}
"""What need hold nothing on the day on which the life is looked at; it follows from tables that do."""

_RELATIONS = """
SELECT schema.nspname || '.' || relation.relname AS name, relation.relkind::text AS kind,
       relation.relrowsecurity AS guarded,
       coalesce('security_invoker=true' = ANY (relation.reloptions), false) AS invoker,
       (SELECT array_agg(attname::text) FROM pg_attribute
        WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped) AS columns
FROM pg_class AS relation JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
WHERE schema.nspname IN ('ledger', 'catalogue') AND relation.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY name
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lived(postgres: Postgres) -> AsyncIterator[Database]:
    """Return a database in which everything happened, and a login of each kind to read it."""
    async for database in new_database(postgres):
        life: Life = deepcopy(eventful_life(24, 80))
        for boards_ranked in ((), ("board-3",)):
            priority = SetPriority(
                actor=OFFICE, technology="iecbt", boards=boards_ranked, priority=1, reason="Demand."
            )
            life.do("programme/scotland", priority)
        equipped = life.propose(with_tracks("equipped"))
        while life.states[equipped].stage == "assess":
            life.work()
        stop_the_line(life, "technology/iecbt")
        async with await open_pool(database.url) as pool:
            boards = [("board", board, {"name": board}) for board in (OWN, *sorted(OTHERS))]
            await register(pool, boards, now=START)
            await tell(pool, life)
            async with pool.acquire() as connection:
                await seal(connection)
        for login in (*LOGINS.values(), NOBODY):
            await administer(postgres, f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'")
        await administer(postgres, f"GRANT {BOARD_ROLE} TO {NOBODY}")
        await add_reader(database.owner_url, LOGINS[BOARD_ROLE], BOARD_ROLE, [OWN])
        await add_reader(database.owner_url, LOGINS[NATIONAL_ROLE], NATIONAL_ROLE)
        await add_reader(database.owner_url, LOGINS[VIEWER_ROLE], VIEWER_ROLE)
        yield database
    for login in (*LOGINS.values(), NOBODY):
        await administer(postgres, f"DROP ROLE {login}")


async def tell(pool: Pool, life: Life) -> None:
    """Record a life and tell people of it, as if each notice had been tried once."""
    looked = await look(pool, await live(pool, life))
    for notice in looked.waiting:
        async with Notices(pool).hold(notice) as held:
            await held.claim("mail:nowhere")


def url_of(database: Database, login: str) -> str:
    """The address by which a login comes."""
    return f"postgresql://{login}:{PASSWORD}@127.0.0.1:{database.server.port}/{database.name}"


@asynccontextmanager
async def as_login(database: Database, login: str) -> AsyncIterator[Connection]:
    """A connection of that login, in no role but its own."""
    connection = await asyncpg.connect(url_of(database, login))
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def as_superuser(database: Database) -> AsyncIterator[Connection]:
    """A connection that sees everything."""
    connection = await asyncpg.connect(database.server.url(SUPERUSER, database.name))
    try:
        yield connection
    finally:
        await connection.close()


async def relations(database: Database) -> list[Any]:
    """Every table and view of Cairn's."""
    async with as_superuser(database) as connection:
        return await connection.fetch(_RELATIONS)


async def rows(connection: Connection, relation: str) -> list[dict[str, Any]]:
    """What a connection sees of a table or view, as JSON."""
    await read_json(connection)
    found = await connection.fetch(f"SELECT to_jsonb(it) AS it FROM {relation} AS it")
    return sorted((row["it"] for row in found), key=str)


def boards_of(relation: str, row: dict[str, Any]) -> Iterator[str]:
    """The boards that a row is about."""
    if row.get("board"):
        yield row["board"]
    for whose in ("stream", "life", "about"):
        if str(row.get(whose, "")).startswith("rollout/"):
            yield row[whose].split("/")[2]
        if "@" in str(row.get(whose, "")):
            yield row[whose].partition("@")[2]
    if relation == "catalogue.tasks" and row["place"].startswith("board-"):
        yield row["place"]
    if relation == "ledger.events":
        yield from (it["board"] for it in _objects(row["data"]) if isinstance(it.get("board"), str))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for it in value if isinstance(value, list) else ():
        yield from _objects(it)


async def test_every_table_is_guarded_and_says_whose_its_rows_are(lived: Database) -> None:
    """A table that a later migration brings is closed until it is settled who reads what of it.

    Open it with ``CALL ledger.open_to_readers(...)``, as migration 0003 does.
    """
    for relation in await relations(lived):
        if relation["kind"] == "v":
            assert relation["invoker"], f"{relation['name']} asks with its owner's rights"
            continue
        assert relation["kind"] == "r"
        assert relation["guarded"], f"{relation['name']} has no row-level security"
        whose = {"board", "stream"} & set(relation["columns"])
        settled = relation["name"] in NATIONAL | CLOSED | OWN_ROW
        assert whose or settled, f"{relation['name']} is about boards or not: nobody says"


async def test_a_board_sees_its_own_rows_and_the_national_ones_and_no_other(lived: Database) -> None:
    """In every table and every view; and of those, all."""
    seen: dict[str, int] = {}
    async with as_superuser(lived) as everything, as_login(lived, LOGINS[BOARD_ROLE]) as board:
        for relation in await relations(lived):
            name = relation["name"]
            if name in CLOSED:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await board.fetch(f"SELECT * FROM {name}")
                continue
            there = await rows(everything, name)
            if name in OWN_ROW:
                there = [row for row in there if row["login"] == LOGINS[BOARD_ROLE]]
            if name not in NATIONAL | FLEETING:
                assert name in OWN_ROW or any(OTHERS & set(boards_of(name, row)) for row in there), name
            ours = [row for row in there if not OTHERS & set(boards_of(name, row))]
            assert await rows(board, name) == ours, name
            seen[name] = len(ours)
    assert {name for name, count in seen.items() if not count} <= FLEETING


def places_of_boards(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    """Where within a serialised event the slug of one board may stand."""
    schema = definitions[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
    for option in schema.get("anyOf", ()):
        yield from places_of_boards(option, definitions)
    for name, field in schema.get("properties", {}).items():
        if name == "board" and field.get("type") != "array":
            yield name
        yield from (f"{name}.{rest}" for rest in places_of_boards(field, definitions))


@pytest.mark.parametrize("events", [TechnologyEvent, WorkstreamEvent, ProgrammeEvent])
def test_an_event_of_a_national_stream_says_where_it_is_looked_for_which_board_it_is_about(
    events: Any,
) -> None:
    """Whoever gives an event a board elsewhere has to teach it to ``ledger.board_of``."""
    schema = TypeAdapter(events).json_schema()
    definitions = schema["$defs"]
    kinds = [option["$ref"] for option in schema["oneOf"]]
    places = {place for kind in kinds for place in places_of_boards({"$ref": kind}, definitions)}
    # The board of a track stands in the name of its stream, too.
    assert places <= {"board", "report.board", *(("brief.board",) if events is WorkstreamEvent else ())}


async def test_the_national_programme_sees_everything(lived: Database) -> None:
    """But not what was entered for others."""
    async with as_superuser(lived) as everything, as_login(lived, LOGINS[NATIONAL_ROLE]) as national:
        for relation in await relations(lived):
            name = relation["name"]
            there = [] if name in OWN_ROW else await rows(everything, name)
            assert await rows(national, name) == there, name


async def test_a_viewer_sees_the_catalogue_and_no_event(lived: Database) -> None:
    """Where everything stands, and not the ledger's record of who did what."""
    async with as_superuser(lived) as everything, as_login(lived, LOGINS[VIEWER_ROLE]) as viewer:
        for relation in await relations(lived):
            name = relation["name"]
            if name in CLOSED:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await viewer.fetch(f"SELECT * FROM {name}")
                continue
            hidden = EVENTS | OWN_ROW
            assert await rows(viewer, name) == ([] if name in hidden else await rows(everything, name)), name


async def test_a_login_that_was_entered_nowhere_sees_nothing(lived: Database) -> None:
    """Being granted the role is not enough: not even national rows are shown."""
    async with as_login(lived, NOBODY) as nobody:
        for relation in await relations(lived):
            if relation["name"] not in CLOSED | {"ledger.migrations"}:
                assert await rows(nobody, relation["name"]) == [], relation["name"]


@pytest.mark.parametrize("login", [*LOGINS.values(), NOBODY])
async def test_a_reader_cannot_write_anywhere(lived: Database, login: str) -> None:
    """Neither to what it sees nor to what it does not, nor its own entitlement."""
    async with as_login(lived, login) as reader:
        for relation in await relations(lived):
            name, column = relation["name"], relation["columns"][-1]
            for statement in (
                f"INSERT INTO {name} DEFAULT VALUES",
                f"UPDATE {name} SET {column} = {column}",
                f"DELETE FROM {name}",
                f"TRUNCATE {name}",
                f"SELECT * FROM {name} FOR UPDATE",
                f"LOCK TABLE {name} IN EXCLUSIVE MODE",
            ):
                with pytest.raises(NOT_LET):
                    async with reader.transaction():
                        await reader.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE cairn_app",
        "SET ROLE cairn_national",
        "SET ROLE cairn_viewer",
        f"SET ROLE {OWNER}",
        f"SET ROLE {LOGIN}",
        f"SET ROLE {LOGINS[NATIONAL_ROLE]}",
        "SELECT set_config('role', 'cairn_national', false)",
        f"SET SESSION AUTHORIZATION {LOGINS[NATIONAL_ROLE]}",
        "SET session_replication_role = replica",
        f"INSERT INTO ledger.readers VALUES ('{LOGINS[BOARD_ROLE]}', '{{board-5}}')",
        "UPDATE ledger.readers SET boards = '{board-5}'",
        f"GRANT cairn_national TO {LOGINS[BOARD_ROLE]}",
        f"GRANT cairn_board TO {NOBODY}",
        "ALTER POLICY readers ON catalogue.tasks USING (true)",
        "DROP POLICY readers ON catalogue.tasks",
        "CREATE POLICY mine ON catalogue.tasks USING (true)",
        "ALTER TABLE catalogue.tasks DISABLE ROW LEVEL SECURITY",
        "CREATE OR REPLACE FUNCTION ledger.scope() RETURNS text[] LANGUAGE sql RETURN '{*}'::text[]",
        "CALL ledger.open_to_readers('catalogue.tasks', 'NULL::text', 'cairn_board')",
        "CREATE TABLE ledger.mine (id integer)",
        "CREATE VIEW catalogue.mine AS SELECT 1 AS one",
        "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql RETURN 1",
        "ALTER ROLE cairn_board BYPASSRLS",
        "COPY catalogue.tasks TO '/tmp/tasks'",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "DO LANGUAGE plpgsql $$ BEGIN PERFORM set_config('role', 'cairn_app', false); END $$",
        "SET row_security = off; SELECT * FROM catalogue.tasks",
    ],
)
async def test_a_board_cannot_widen_what_it_sees(lived: Database, statement: str) -> None:
    """By no role, no setting, no function and no policy of its own; what it sees stays the same."""
    async with as_login(lived, LOGINS[BOARD_ROLE]) as board:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await board.execute(statement)
        await board.execute("RESET row_security")
        assert {row["board"] for row in await rows(board, "catalogue.tasks")} == {None, OWN}


@pytest.mark.parametrize("setting", ["SET ROLE cairn_board", "RESET ROLE", "SET ROLE NONE"])
async def test_a_board_sees_the_same_in_every_role_that_it_may_take(lived: Database, setting: str) -> None:
    """The login is what counts."""
    async with as_login(lived, LOGINS[BOARD_ROLE]) as board:
        await board.execute(setting)
        assert {row["board"] for row in await rows(board, "catalogue.rollouts")} == {OWN}


async def test_a_function_of_its_own_is_shown_no_other_rows(lived: Database) -> None:
    """A condition that costs nothing would be asked first, were the policy no barrier."""
    heard: list[str] = []
    async with as_login(lived, LOGINS[BOARD_ROLE]) as board:
        board.add_log_listener(lambda _connection, message: heard.append(message.message))
        await board.execute(
            "CREATE FUNCTION pg_temp.listens(text) RETURNS boolean LANGUAGE plpgsql COST 0.000001 AS"
            " $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
        )
        for relation in ("catalogue.rollouts", "catalogue.planned", "ledger.events"):
            column = "stream" if relation == "ledger.events" else "board"
            await board.fetch(f"SELECT * FROM {relation} WHERE pg_temp.listens({column})")
        assert await board.fetchval("SELECT count(*) FROM pg_stats WHERE schemaname = 'catalogue'") == 0
    assert OWN in heard
    rollouts = {text.split("/")[-1] for text in heard if text.startswith("rollout/")}
    assert rollouts == {OWN}
    assert not OTHERS & set(heard)


async def test_a_later_table_is_closed_until_it_is_opened(lived: Database) -> None:
    """Nobody but its owner reads it, so nothing is let out by forgetting."""
    owner = await asyncpg.connect(lived.owner_url)
    await owner.execute("CREATE TABLE catalogue.later (board text)")
    try:
        for login in LOGINS.values():
            async with as_login(lived, login) as reader:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await reader.fetch("SELECT * FROM catalogue.later")
        await owner.execute("INSERT INTO catalogue.later VALUES ('board-0'), ('board-5'), (NULL)")
        await owner.execute("CALL ledger.open_to_readers('catalogue.later', 'board', 'cairn_board')")
        async with as_login(lived, LOGINS[BOARD_ROLE]) as board:
            assert {row["board"] for row in await rows(board, "catalogue.later")} == {OWN, None}
    finally:
        await owner.execute("DROP TABLE catalogue.later")
        await owner.close()


@pytest.mark.parametrize("role", READER_ROLES)
async def test_every_question_of_the_console_is_answered_in_every_role(lived: Database, role: str) -> None:
    """Lists are shorter; nothing fails."""
    connection = await connect(url_of(lived, LOGINS[role]), role=role)
    try:
        rollouts = await queries.list_rollouts(connection)
        assert {rollout.board for rollout in rollouts} == ({OWN} if role == BOARD_ROLE else OTHERS | {OWN})
        cells = await queries.coverage(connection)
        assert {cell.board for cell in cells} == {rollout.board for rollout in rollouts}
        assert bool(await queries.list_events(connection)) == (role != VIEWER_ROLE)
        assert len(await queries.list_technologies(connection)) == 3
        assert await queries.show_technology(connection, "ccbt")
        assert await queries.show_rollout(connection, "ccbt", OWN)
        assert await queries.watch(connection, "ccbt")
        assert await queries.list_waits(connection)
        assert await queries.show_programme(connection, "scotland")
        tasks = await queries.list_tasks(connection)
        assert await queries.show_task(connection, tasks[0].id)
        for ask in (
            *(queries.list_decisions, queries.list_steering, queries.list_gates, queries.list_trials),
            *(queries.list_conditions, queries.list_objections, queries.list_waivers),
            *(queries.list_workstreams, queries.list_programmes, queries.list_entities, queries.list_boards),
        ):
            await ask(connection)
    finally:
        await connection.close()


async def test_a_part_of_the_ledger_is_not_called_sound(lived: Database) -> None:
    """Only who sees everything can verify."""
    for role, login in LOGINS.items():
        connection = await connect(url_of(lived, login), role=role)
        try:
            if role == NATIONAL_ROLE:
                assert (await verify(connection)).findings == ()
            else:
                with pytest.raises(PartlySeen, match="verify it as cairn_national"):
                    await verify(connection)
        finally:
            await connection.close()


async def test_a_reader_cannot_connect_as_the_application(lived: Database) -> None:
    """The sentence says what to do."""
    with pytest.raises(DatabaseUnreachable, match=r"may not act as cairn_app: .* CAIRN_DATABASE_ROLE"):
        await connect(url_of(lived, LOGINS[BOARD_ROLE]))


async def test_the_owner_says_who_reads(lived: Database) -> None:
    """What a login read before no longer counts, and what was taken is gone at once."""
    login = "comes_and_goes"
    await administer(lived.server, f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'")
    try:
        for role, boards in ((NATIONAL_ROLE, ()), (BOARD_ROLE, (OWN, "board-4")), (BOARD_ROLE, (OWN,))):
            reader = await add_reader(lived.owner_url, login, role, boards)
            assert reader == Reader(login, role, boards)
            assert [it for it in await list_readers(lived.owner_url) if it.login == login] == [reader]
        async with as_login(lived, login) as present:
            assert {row["board"] for row in await rows(present, "catalogue.rollouts")} == {OWN}
            assert await remove_reader(lived.owner_url, login)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await present.fetch("SELECT * FROM catalogue.rollouts")
        assert not await remove_reader(lived.owner_url, login)
    finally:
        await administer(lived.server, f"DROP ROLE {login}")


@pytest.mark.parametrize(
    ("login", "boards", "sentence"),
    [
        ("never_was", [OWN], 'no login "never_was"'),
        ("cairn_board", [OWN], 'no login "cairn_board"'),
        (LOGIN, [OWN], "may do more than read"),
        (OWNER, [OWN], "may do more than read"),
        (SUPERUSER, [OWN], "may do more than read"),
        (LOGINS[BOARD_ROLE], [], "name its boards"),
        (LOGINS[BOARD_ROLE], ["bord-3"], "no board bord-3: choose from board-0"),
        (LOGINS[BOARD_ROLE], ["*"], r"no board \*"),
        (LOGINS[BOARD_ROLE], ["national"], "no board national"),
    ],
)
async def test_what_would_not_hold_is_refused(
    lived: Database, login: str, boards: list[str], sentence: str
) -> None:
    """An entitlement that says nothing, or less than the login may do, is none; nothing has changed."""
    before = await list_readers(lived.owner_url)
    with pytest.raises(ReaderRefused, match=sentence):
        await add_reader(lived.owner_url, login, BOARD_ROLE, boards)
    assert await list_readers(lived.owner_url) == before


async def test_what_somebody_else_granted_is_not_passed_over(lived: Database) -> None:
    """A login that reads everything by another's grant is not entered as a board's."""
    login = "granted_elsewhere"
    await administer(lived.server, f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}' IN ROLE {NATIONAL_ROLE}")
    try:
        with pytest.raises(ReaderRefused, match="Somebody else granted cairn_national"):
            await add_reader(lived.owner_url, login, BOARD_ROLE, [OWN])
    finally:
        await administer(lived.server, f"DROP ROLE {login}")


async def test_only_the_owner_says_who_reads(lived: Database) -> None:
    """The application's own login cannot."""
    with pytest.raises(ReaderRefused, match="CAIRN_DATABASE_ADMIN_URL"):
        await add_reader(lived.url, LOGINS[BOARD_ROLE], BOARD_ROLE, [OWN])
