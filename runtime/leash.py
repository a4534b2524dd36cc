"""Starts a service so that it ends when the process that started it ends, however that happened.

Run as a program of its own (`python leash.py PARENT SIGNAL USER GROUP COMMAND...`), because to do this
between fork and exec is unsafe in a parent that has threads. It knows only the standard library, and replaces
itself by the command.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(user: int, group: int) -> None:
    """Give up being root for good and go on as another user; nothing if it is this one."""
    if user == os.geteuid():
        return
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def tie_to(parent: int, signal_number: int) -> None:
    """Ask for `signal_number` when `parent` ends; where the kernel has no such thing, do nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it ended before the kernel was asked
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Become the command."""
    parent, signal_number, user, group, *command = arguments
    become(int(user), int(group))  # before the kernel is asked: a change of user makes it forget
    tie_to(int(parent), int(signal_number))
    os.umask(0o077)
    os.execv(command[0], command)  # noqa: S606  # the command is the stack's own, never a person's input


if __name__ == "__main__":
    main(sys.argv[1:])
