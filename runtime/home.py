"""The folder of an embedded stack: who runs it, where things answer, what a dead one left behind."""

import fcntl
import json
import os
import signal
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from runtime.child import Ident, end_leftover
from runtime.errors import AlreadyRunning, SettingsInvalid, StackError
from runtime.settings import Settings
from runtime.state import STATE_FILE, read_state

PUBLISHED = (
    *("home", "database_url", "database_admin_url", "temporal_address", "task_queue", "ui_url"),
    *("directory", "directory_key"),
)
"""The settings that other processes take from the state file."""

LEFTOVER_PATIENCE = 10.0


class Home:
    """One `.cairn` folder, held by one supervisor at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.started_at = datetime.now(UTC)
        self._lock: TextIO | None = None

    def take(self) -> None:
        """Become the one supervisor of this home.

        Raises:
            AlreadyRunning: Another process is.
            StackError: This user may not write there.
        """
        lock = self._open_lock()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip()
            lock.close()
            raise self._already_running(holder) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def leave(self) -> None:
        """Let another process take this home."""
        (self.path / STATE_FILE).unlink(missing_ok=True)
        if self._lock:
            self._lock.close()
            self._lock = None

    def clear_leftovers(self) -> list[str]:
        """End what a supervisor that was killed left running, and forget its state file; name what was ended.

        Whoever holds the lock knows that a state file it finds is stale.
        """
        try:
            children = read_state(self.path).get("children", {})
        except SettingsInvalid:
            children = {}
        ended = [name for name, child in reversed(children.items()) if _end(child)]
        (self.path / STATE_FILE).unlink(missing_ok=True)
        return ended

    def publish(self, settings: Settings, children: Mapping[str, Ident]) -> None:
        """Write the state file in one step, readable by this user alone."""
        state: dict[str, Any] = {
            "pid": os.getpid(),
            "started_at": self.started_at.isoformat(),
            "settings": settings.model_dump(mode="json", include=set(PUBLISHED)),
            "children": {name: {"pid": it.pid, "started": it.started} for name, it in children.items()},
        }
        new = self.path / f"{STATE_FILE}.new"
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
        new.replace(self.path / STATE_FILE)

    def _open_lock(self) -> TextIO:
        try:
            (self.path / "logs").mkdir(mode=0o700, parents=True, exist_ok=True)
            # For appending: a process that comes second must not erase who came first.
            return (self.path / "lock").open("a+", encoding="ascii")
        except OSError as error:
            raise StackError(
                f"The folder {self.path} cannot be written ({error.strerror}): "
                "run Cairn as the user it belongs to, or choose another CAIRN_HOME."
            ) from error

    def _already_running(self, holder: str) -> AlreadyRunning:
        ui = read_state(self.path).get("settings", {}).get("ui_url")
        where = f"Temporal UI at {ui}" if ui else "still starting"
        return AlreadyRunning(
            f"Cairn is already running in {self.path} (process {holder}, {where}): "
            f"use it, or stop it with `kill {holder}`."
        )


def _end(child: Any) -> bool:
    try:
        ident = Ident(pid=int(child["pid"]), started=float(child["started"]))
    except (KeyError, TypeError, ValueError):
        return False
    return end_leftover(ident, signal.SIGINT, LEFTOVER_PATIENCE)
