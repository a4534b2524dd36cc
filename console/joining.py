"""What a board that joins later has to sign: read from the programme's files, as a proposal's boards are."""

from typing import TYPE_CHECKING

from console.ending import NotDone

if TYPE_CHECKING:
    from domain.check import CheckNeeded
    from domain.outlook import Life


def checks_of(state: "Life", board: str) -> "tuple[CheckNeeded, ...]":
    """The governance checks of a board that joins a technology.

    Raises:
        NotDone: The programme's files cannot be used, or do not have the board.
    """
    from domain.technology import Technology, present_proposal
    from programme.errors import ProgrammeInvalid
    from programme.proposals import checks_for
    from programme.reader import load_programme
    from runtime.settings import Settings

    boards = present_proposal(state).board_checks if isinstance(state, Technology) else {}
    signed = [check.id for checks in boards.values() for check in checks]
    try:
        return checks_for(load_programme(Settings().programme), board, signed)
    except ProgrammeInvalid as error:
        raise NotDone(str(error)) from error
    except KeyError as error:
        raise NotDone(f'The programme\'s files have no board "{board}": add it to boards.yaml.') from error
