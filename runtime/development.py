"""The embedded stack's own identities, so that everything can be tried on a machine of one's own.

DEVELOPMENT ONLY: see `identity.development`.
"""

from datetime import UTC, datetime
from pathlib import Path

from identity.development import cast, prepare
from identity.errors import IdentityError
from programme.errors import ProgrammeInvalid
from programme.reader import load_programme
from runtime.errors import StackError

FOLDER = "identity"


def prepare_identities(home: Path, programme: Path) -> None:
    """Make identities for every role and board of a programme, or add those that are missing.

    Raises:
        StackError: They cannot be made.
    """
    folder = home / FOLDER
    try:
        loaded = load_programme(programme)
        everywhere = [role.id for role in loaded.roles]
        local = [role.id for role in loaded.roles if role.level == "local"]
        people = cast(everywhere, local, [board.id for board in loaded.boards])
        prepare(folder, people, datetime.now(UTC))
    except (ProgrammeInvalid, IdentityError, OSError) as error:
        raise StackError(
            f"The development identities in {folder} cannot be made ({error}): correct that, or remove the "
            "folder and start again."
        ) from error
