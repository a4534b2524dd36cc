"""Which ports the embedded services take: the usual ones where they are free, so that links keep working."""

import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """The ports to prefer; zero is any free one."""

    temporal: int = 7233
    ui: int = 8233
    database: int = 5433
    codec: int = 8234

    @classmethod
    def anywhere(cls) -> "Ports":
        """Prefer none, so that many stacks start side by side."""
        return cls(temporal=0, ui=0, database=0, codec=0)


def is_free(port: int) -> bool:
    """Say whether a service could listen on `port` of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(preferred: int) -> int:
    """Return `preferred` if it is free, else some free port."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
