"""A process that the embedded stack starts, watches and ends."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from runtime import leash
from runtime.errors import ServiceFailed

LOG_LIMIT = 10_000_000
"""Bytes after which a log is put aside when its service next starts."""

PAUSE = 0.02

CLOCK_TOLERANCE = 2.0
"""Seconds by which two readings of one process's start may differ: the boot time they rest on is rounded."""


@dataclass(frozen=True)
class Ident:
    """A process beyond doubt: its id may be given to another one, but not with the same start."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Ident":
        """Read the identity of a process that runs."""
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """Return the process if it is still this one."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < CLOCK_TOLERANCE
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


@dataclass(frozen=True)
class User:
    """Whom a process runs as, by number."""

    uid: int = field(default_factory=os.geteuid)
    gid: int = field(default_factory=os.getegid)


@dataclass(frozen=True)
class Launch:
    """How a child is started and ended."""

    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    polite: signal.Signals = signal.SIGTERM
    """The signal that asks it to end."""
    orphaned: signal.Signals = signal.SIGKILL
    """The signal it gets from the kernel when the supervisor is gone."""
    user: User = field(default_factory=User)
    told: bool = False
    """Whether it waits to be told before it begins."""


class Child:
    """One process at a time, of one name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ident: Ident | None = None
        self._launch: Launch | None = None
        self._heard = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self, launch: Launch) -> None:
        """Start the process; it answers when it answers."""
        put_aside(launch.log)
        with launch.log.open("ab") as log:
            self._heard = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", leash.__file__),
                *(str(os.getpid()), str(int(launch.orphaned))),
                *(str(launch.user.uid), str(launch.user.gid)),
                *launch.command,
                stdin=asyncio.subprocess.PIPE if launch.told else asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(launch.environment),
                start_new_session=True,  # Ctrl-C is for the supervisor, which ends them in order
            )
        self._launch = launch
        with contextlib.suppress(psutil.NoSuchProcess):  # it may have failed already
            self.ident = Ident.of(self._process.pid)

    def tell(self) -> None:
        """Tell a process that waits for it to begin; it hears even if it is not ready to listen yet."""
        if self._process and self._process.stdin:
            self._process.stdin.write(b"begin\n")

    def surrounded_by(self, environment: Mapping[str, str]) -> bool:
        """Say whether the process was started in this environment."""
        return self._launch is not None and self._launch.environment == environment

    async def ended(self) -> int:
        """Wait for the process to end and return its code."""
        return await self._process.wait() if self._process else 0

    async def stop(self, patience: float) -> None:
        """Ask the process to end, insist after `patience` seconds, and return when it is gone."""
        if not (self.running and self._process and self._launch):
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(self._launch.polite)
        try:
            await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the process without asking, as a crash would."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def listens(self, port: int) -> None:
        """Return once the process itself listens on the port; that something answers there is not enough."""
        while port not in self._listening():  # noqa: ASYNC110  # the kernel does not call
            await asyncio.sleep(PAUSE)

    def _listening(self) -> set[int]:
        process = self.ident.find() if self.ident else None
        with contextlib.suppress(psutil.Error):
            sockets = process.net_connections(kind="tcp") if process else []
            return {each.laddr.port for each in sockets if each.status == psutil.CONN_LISTEN}
        return set()

    def has_said(self, words: str) -> bool:
        """Say whether the words, in lower case, are in its log since it was started last."""
        if self._launch is None:
            return False
        with self._launch.log.open("rb") as log:
            log.seek(self._heard)
            return words in log.read().decode(errors="replace").lower()

    def failure(self) -> ServiceFailed:
        """Return what to tell a person about a process that would not start."""
        log = self._launch.log if self._launch else None
        last = last_line(log) if log else ""
        said = f' It last said "{last}".' if last else ""
        return ServiceFailed(f"{self.name} did not start: put right what {log} says and start again.{said}")


def put_aside(log: Path) -> None:
    """Keep a log from growing without end: one older part is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))


def last_line(log: Path) -> str:
    """Return the last line of a log, short enough to stand in a sentence."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2_000))
        lines = file.read().decode(errors="replace").split("\n")
    return next((line.strip()[-200:] for line in reversed(lines) if line.strip()), "")


def end_leftover(ident: Ident, polite: signal.Signals, patience: float) -> bool:
    """End a process that an earlier supervisor left behind; say whether there was one."""
    process = ident.find()
    if process is None:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(polite)
        try:
            process.wait(patience)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(patience)
    return True
