"""How a command ends: with an exit code and, where it could not do its work, one sentence on stderr."""

import contextlib
import os
import sys
from difflib import get_close_matches
from typing import Any, NoReturn

import typer
from typer.exceptions import TyperException

from catalogue.errors import LedgerError
from identity.errors import IdentityError
from runtime.errors import CairnError

FAILED = 1
INTERRUPTED = 130
PIPE_BROKEN = 141

_UNWRITTEN = "The output could not be written ({}): make room or choose another place."


class NotDone(CairnError):
    """Why a command did nothing, in a sentence that says what to do."""


def run(app: typer.Typer) -> int:
    """Run the command line that this process was given and return its exit code."""
    try:
        code = typer.main.get_command(app).main(standalone_mode=False)
    except TyperException as error:
        complain(_usage(error))
        return error.exit_code
    except (CairnError, LedgerError, IdentityError) as error:
        complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, typer.Abort):
        return PIPE_BROKEN
    except OSError as error:
        if error.filename is not None:
            raise
        complain(_UNWRITTEN.format(error.strerror))
        return FAILED
    except SystemExit as error:  # Typer's answer to a reader of the output that went away
        return error.code if isinstance(error.code, int) else FAILED
    return code if isinstance(code, int) else 0


def end(code: int) -> NoReturn:
    """End this process, its output written, in the way that what it used calls for."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = code or PIPE_BROKEN
    except OSError as error:
        code = code or FAILED
        complain(_UNWRITTEN.format(error.strerror))
    if "temporalio" in sys.modules and code != PIPE_BROKEN:
        from runtime.client import leave

        leave(code)
    # Nothing is left to be tidied up, and an interpreter's ordinary end takes longer than a query.
    os._exit(code)


def complain(sentence: str) -> None:
    """Say on stderr what is wrong."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()


def suggest(word: str, known: Any, *, most: int = 2) -> str:
    """What to say after a name that is not known: the names that were probably meant, or where to look."""
    names = sorted(known)
    close = get_close_matches(word.lower(), names, n=most, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(close)}?"
    few = 8
    if 0 < len(names) <= few:
        return f"choose from {', '.join(names)}."
    return ""


def _usage(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.message
    sentence = " ".join(error.format_message().split()).rstrip(".")
    where = f" (see {context.command_path} --help)" if context is not None else ""
    return f"{sentence}{where}."
