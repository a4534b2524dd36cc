"""What the record proves and who may read it, as people at the command line meet it on the real services."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from catalogue.audit import Verdict
from console.proofs import find_check, proofs_in_words
from runtime.settings import Settings
from tests.conftest import RunningStack
from tests.console.conftest import Starter

BOARD, VIEWER = "fife_console", "viewing_console"
PASSWORD = "throw-away"


def as_superuser(stack: RunningStack, *statements: str) -> None:
    """Do what only the server's superuser may."""

    async def do() -> None:
        url = urlsplit(stack.settings.database_url)
        connection = await asyncpg.connect(f"postgresql://postgres:{url.password}@127.0.0.1:{url.port}/cairn")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(do())


@pytest.fixture(scope="module")
def logins(stack: RunningStack, starter: Starter) -> Iterator[dict[str, dict[str, str]]]:
    """Two logins that read, with the environment of each one's console."""
    as_superuser(stack, *(f"CREATE ROLE {it} LOGIN PASSWORD '{PASSWORD}'" for it in (BOARD, VIEWER)))
    added = starter("catalogue", "readers", "add", BOARD, "--boards", "fife")
    assert added.out == (
        f"{BOARD} reads as cairn_board, for fife: give its console CAIRN_DATABASE_ROLE=cairn_board.\n"
    ), added.err
    assert starter("catalogue", "readers", "add", VIEWER, "--viewer").code == 0
    port = urlsplit(stack.settings.database_url).port
    yield {
        login: {
            "CAIRN_DATABASE_URL": f"postgresql://{login}:{PASSWORD}@127.0.0.1:{port}/cairn",
            "CAIRN_DATABASE_ROLE": role,
        }
        for login, role in ((BOARD, "cairn_board"), (VIEWER, "cairn_viewer"))
    }
    for login in (BOARD, VIEWER):
        assert starter("catalogue", "readers", "remove", login).out == f"{login} reads no more.\n"
    as_superuser(stack, *(f"DROP ROLE {it}" for it in (BOARD, VIEWER)))


def test_a_sound_ledger_is_said_to_be_so(starter: Starter) -> None:
    """For people in one sentence, for programs as JSON; a seal's digest is looked for."""
    sealed = starter("events", "seal", "-o", "json").json
    said = starter("events", "verify", "--seal", sealed["digest"])
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("The ledger is sound: ")
    verdict = starter("events", "verify", "-o", "json").json
    assert verdict["findings"] == []
    assert verdict["events"] >= sealed["events"] > 0
    assert verdict["seals"] >= sealed["number"] >= 1


def test_a_seal_is_printed_with_its_digest(starter: Starter) -> None:
    """To be kept outside, it stands on a line of its own."""
    first, digest = starter("events", "seal").out.splitlines()
    assert first.startswith("Seal ")
    assert len(digest) == 64
    again = starter("events", "verify", "--seal", "0" * 64)
    assert again.code == 1
    assert again.out == f"No seal has the digest {'0' * 64}: it was taken away or rewritten.\n"
    assert again.err.startswith("The ledger is not what was recorded: ")


def test_the_signatures_under_decisions_are_checked_by_the_directory(
    stack: RunningStack, starter: Starter, technology: str
) -> None:
    """One that stands under another event, or was taken away, is named by verify and by doctor."""
    said = starter("events", "verify")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith(" checked by the directory's keys.\n"), said.out
    assert starter("events", "verify", "-o", "json").json["proofs"] > 0
    event = f"Event 1 of technology/{technology} (technology-proposed)"
    where = f"WHERE stream = 'technology/{technology}' AND sequence = 1"
    as_superuser(
        stack,
        "CREATE TABLE public.kept AS SELECT stream, sequence, hash, proof FROM ledger.events",
        f"UPDATE ledger.events SET proof = NULL {where}",
    )
    try:
        assert f"{event} bears no signature, and says that " in starter("events", "verify").out
        as_superuser(
            stack,
            "UPDATE ledger.events SET proof = (SELECT proof FROM public.kept WHERE proof IS NOT NULL "
            f"AND stream LIKE 'programme/%' LIMIT 1) {where}",
        )
        assert f"{event} is not proved by its signature: it is for " in starter("events", "verify").out
        checks = {it["check"]: it for it in starter("doctor", "-o", "json").json}
        assert not checks["Chain"]["ok"]
    finally:
        as_superuser(
            stack,
            "UPDATE ledger.events AS event SET proof = kept.proof FROM public.kept "
            "WHERE (kept.stream, kept.sequence) = (event.stream, event.sequence) "
            "AND kept.proof IS DISTINCT FROM event.proof",
            "DROP TABLE public.kept",
        )
    assert starter("events", "verify").code == 0


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        (
            "https://id.example",
            "https://id.example vouches for people's keys, and the ledger does not keep with which",
        ),
        ("", "CAIRN_DIRECTORY and CAIRN_DIRECTORY_KEY are not set here"),
    ],
    ids=["provider", "nobody"],
)
def test_where_there_is_no_directory_it_is_said_that_signatures_are_not_checked(
    issuer: str, words: str
) -> None:
    """Nobody takes a ledger for proved that was only found unaltered."""
    check = find_check(Settings(directory=None, directory_key=None, oidc_issuer=issuer))
    verdict = Verdict(events=1, streams=1, seals=0, proofs=None, found=0, findings=())
    assert check.judge is None
    assert proofs_in_words(verdict, check) == f"Signatures were not checked: {words}."


def test_an_altered_event_is_named_by_verify_and_by_doctor(stack: RunningStack, starter: Starter) -> None:
    """Until it is put back."""
    where = "WHERE stream = 'entity/board/fife' AND sequence = 1"
    as_superuser(stack, f"UPDATE ledger.events SET actor = actor || '!' {where}")
    try:
        said = starter("events", "verify")
        assert said.code == 1
        assert "Event 1 of entity/board/fife (entity-registered) was altered" in said.out
        assert starter("events", "verify", "-o", "json").json["findings"][0]["stream"] == "entity/board/fife"
        checks = {it["check"]: it for it in starter("doctor", "-o", "json").json}
        assert not checks["Chain"]["ok"]
        assert "Event 1 of entity/board/fife" in checks["Chain"]["found"]
        assert "Agreement" not in checks
    finally:
        as_superuser(stack, f"UPDATE ledger.events SET actor = rtrim(actor, '!') {where}")
    assert starter("events", "verify").code == 0
    checks = {it["check"]: it for it in starter("doctor", "-o", "json").json}
    assert checks["Chain"]["ok"]
    assert checks["Agreement"]["ok"], checks["Agreement"]["found"]


def test_readers_are_listed(starter: Starter, logins: dict[str, dict[str, str]]) -> None:
    """Those that were entered, and what each reads."""
    assert logins
    listed = starter("catalogue", "readers", "list", "-o", "json").json
    assert [(it["login"], it["role"], it["boards"]) for it in listed] == [
        (BOARD, "cairn_board", ["fife"]),
        (VIEWER, "cairn_viewer", []),
    ]
    assert BOARD in starter("catalogue", "readers", "list").out


def test_a_boards_console_shows_its_board_and_the_national_programme(
    starter: Starter, technology: str, logins: dict[str, dict[str, str]]
) -> None:
    """Every list is that board's, and what it may not do is said in a sentence."""
    board = logins[BOARD]
    rollouts = starter("rollout", "list", "-o", "json", **board).json
    assert {it["board"] for it in rollouts} == {"fife"}
    assert {it["board"] for it in starter("catalogue", "coverage", "-o", "json", **board).json} == {"fife"}
    for words in (
        ("technology", "show", technology),
        ("task", "list", "--technology", technology),
        ("rollout", "show", technology, "fife"),
        ("catalogue", "list"),
        ("events", "list"),
        ("watch", technology, "--once"),
    ):
        said = starter(*words, **board)
        assert (said.code, said.err) == (0, ""), words
        assert f"{technology}/lothian" not in said.out, words
        # The national plan says which boards are in a wave, and the catalogue which boards there are.
        national = words[0] in {"technology", "watch", "events"}
        assert national or "lothian" not in said.out, words
    said = starter("rollout", "show", technology, "lothian", **board)
    assert said.code == 1
    said = starter("events", "verify", **board)
    assert "verify it as cairn_national" in said.err
    said = starter("events", "seal", **board)
    assert said.err.startswith("The role cairn_board may only read")
    said = starter("catalogue", "rebuild", **board)
    assert "may not act as cairn_app" in said.err
    checks = {it["check"]: it for it in starter("doctor", "-o", "json", **board).json}
    assert checks["Agreement"]["found"] == "not checked: cairn_board sees a part only"
    assert all(it["ok"] for it in checks.values()), checks


def test_whoever_reads_may_still_decide_in_the_roles_that_they_hold(
    starter: Starter, technology: str, logins: dict[str, dict[str, str]]
) -> None:
    """A decision goes to the workflow; from the database the desk needs to read alone."""
    said = starter(
        *("technology", "pause", technology, "--reason", "The supplier moves."),
        *("--as", "national-advisor"),
        **logins[BOARD],
    )
    assert (said.code, said.err) == (0, "")
    said = starter(
        *("technology", "resume", technology, "--reason", "It has moved."), "--as", "national-advisor"
    )
    assert said.code == 0, said.err


def test_a_viewers_console_shows_the_catalogue_and_no_event(
    starter: Starter, technology: str, logins: dict[str, dict[str, str]]
) -> None:
    """Of all boards."""
    viewer = logins[VIEWER]
    assert len({it["board"] for it in starter("rollout", "list", "-o", "json", **viewer).json}) == 14
    assert starter("technology", "show", technology, **viewer).code == 0
    assert starter("events", "list", **viewer).out == "No such event is in the ledger.\n"


@pytest.mark.parametrize(
    ("role", "part"),
    [
        ("cairn_national", "may not act as cairn_national: grant that role to it"),
        ("cairn_boss", 'CAIRN_DATABASE_ROLE is "cairn_boss", which is none of Cairn\'s roles: choose from'),
    ],
)
def test_a_role_that_cannot_be_taken_is_refused(
    starter: Starter, logins: dict[str, dict[str, str]], role: str, part: str
) -> None:
    """In one sentence that says what to do."""
    said = starter("catalogue", "list", **{**logins[BOARD], "CAIRN_DATABASE_ROLE": role})
    assert said.code == 1
    assert part in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("add", BOARD), "Give one of --boards, --national and --viewer."),
        (("add", BOARD, "--national", "--viewer"), "Give one of --boards, --national and --viewer."),
        (("add", BOARD, "--boards", "fief"), "The catalogue has no board fief: choose from"),
        (("add", BOARD, "--boards", ""), "name its boards"),
        (("add", "nobody", "--national"), 'PostgreSQL has no login "nobody": create it first'),
        (("add", "cairn", "--national"), "cairn may do more than read"),
        (("remove", "nobody"), 'No reader is called "nobody"'),
    ],
)
def test_an_entitlement_that_makes_no_sense_is_refused(
    starter: Starter, logins: dict[str, dict[str, str]], words: tuple[str, ...], part: str
) -> None:
    """In one sentence that says what to do."""
    assert logins
    said = starter("catalogue", "readers", *words)
    assert said.code == 1
    assert part in said.err
    assert said.err.count("\n") == 1
