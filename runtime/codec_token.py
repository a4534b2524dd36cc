"""The token that lets its bearer have payloads decrypted by the codec endpoint."""

import secrets
from pathlib import Path

from runtime.errors import SecretUnusable
from runtime.private_file import read_private, writing

WHAT = "The token file"
SHORTEST = 32
"""Characters; a shorter token could be guessed."""


def read_token(path: Path) -> str:
    """Read the token of a file.

    Raises:
        SecretUnusable: It cannot be read, is open to other users, or holds no token.
    """
    token = read_private(path, WHAT).strip()
    if len(token) < SHORTEST:
        raise SecretUnusable(
            f"The token in {path} has fewer than {SHORTEST} characters and could be guessed: "
            "write one with `openssl rand -hex 32`."
        )
    return token


def make_token(path: Path) -> bool:
    """Make a token at random, unless there is one; say whether there was none.

    Raises:
        SecretUnusable: There is something else, or this user may not write there.
    """
    if path.exists():
        read_token(path)
        return False
    with writing(path, WHAT) as write:
        write(f"{secrets.token_urlsafe(32)}\n")
    return True
