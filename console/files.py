"""Reads the files that people hand over, and says in one sentence what keeps one from being read."""

from pathlib import Path

from console.ending import NotDone

SIZE_LIMIT = 1_048_576
"""Bytes; a larger file is no note and no list of evidence."""


def check_file(path: Path) -> None:
    """Return if there is a file of that name.

    Raises:
        NotDone: There is none, or it is a directory.
    """
    if path.is_dir():
        raise NotDone(f"{path} is a directory: name the file in it.")
    if not path.exists():
        raise NotDone(f"There is no file {path}: correct the path.")


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        NotDone: It cannot be read, is too large, or is not UTF-8 text.
    """
    check_file(path)
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise NotDone(f"{path} cannot be read ({error.strerror}): check who may read it.") from error
    if len(content) > SIZE_LIMIT:
        raise NotDone(f"{path} is larger than 1 MiB: shorten it, or put it in a document and cite that.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotDone(f"{path} is not UTF-8 text: save it again with the encoding UTF-8.") from error
