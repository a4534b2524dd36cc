"""Who may have payloads decrypted: whoever bears the token, or runs under the account of this process."""

import contextlib
import hmac
import os
import socket
import sys
from pathlib import Path
from typing import Protocol, TypeAlias

import psutil
from aiohttp import web

from runtime.codec_token import read_token
from runtime.errors import SecretUnusable

ESTABLISHED = "01"
"""The kernel's word for a connection that both sides hold; of others it no longer knows the owner."""

SOCKETS = Path("/proc/net/tcp")
ROOT = 0

Address: TypeAlias = tuple[str, int]
"""An IPv4 address and a port."""


class Doorkeeper(Protocol):
    """Tells who may come in by one kind of proof; another kind, such as a signed token, is another class."""

    async def admits(self, request: web.Request) -> bool:
        """Say whether the request brings the proof."""
        ...


class TokenBearers:
    """Lets in whoever bears the token of a file, which may be replaced at any time.

    Raises:
        SecretUnusable: The file cannot be used from the start.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        read_token(file)

    async def admits(self, request: web.Request) -> bool:
        """Compare the token in a time that does not tell where the two differ."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            wanted = read_token(self._file)
        except SecretUnusable:
            return False
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), wanted.encode())


class SameAccount:
    """Lets in what runs under this process's own account on this machine, or as root.

    Both can read the key file anyway. The kernel says whose a connection is, so a browser needs no secret.
    """

    async def admits(self, request: web.Request) -> bool:
        """Ask the kernel who holds the other end."""
        if request.transport is None:
            return False
        theirs = request.transport.get_extra_info("peername")[:2]
        ours = request.transport.get_extra_info("sockname")[:2]
        return is_held_here(theirs, ours)


def is_held_here(local: Address, remote: Address) -> bool:
    """Say whether this account or root holds that end of an established connection of this machine.

    Args:
        local: The end that is asked for.
        remote: The other end.
    """
    try:
        sockets = SOCKETS.read_text(encoding="ascii")
    except FileNotFoundError:  # another kernel than Linux, which is asked process by process
        return is_held_by_own_process(local, remote)
    return find_owner(sockets, local, remote) in {os.geteuid(), ROOT}


def find_owner(sockets: str, local: Address, remote: Address) -> int | None:
    """Find in the kernel's table of IPv4 sockets who holds the end of an established connection.

    Args:
        sockets: The table, as the kernel writes it.
        local: Address and port of the end whose owner is asked for.
        remote: Address and port of the other end.
    """
    ends = [_written(*local), _written(*remote), ESTABLISHED]
    for line in sockets.splitlines()[1:]:
        columns = line.split()
        if columns[1:4] == ends:
            return int(columns[7])
    return None


def is_held_by_own_process(local: Address, remote: Address) -> bool:
    """Say whether a process of this account holds that end of an established connection.

    Args:
        local: The end that is asked for.
        remote: The other end.
    """
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # one that has ended meanwhile, or that hides its connections
            if process.uids().effective != os.geteuid():
                continue
            for held in process.net_connections("tcp4"):
                if (held.status, held.laddr, held.raddr) == (psutil.CONN_ESTABLISHED, local, remote):
                    return True
    return False


def _written(address: str, port: int) -> str:
    """Write an address as the kernel does: as a number of this machine's byte order."""
    number = int.from_bytes(socket.inet_aton(address), sys.byteorder)
    return f"{number:08X}:{port:04X}"
