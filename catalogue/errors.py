"""What can go wrong around the ledger, so that a person reads one sentence instead of a traceback.

* `LedgerError`
    * `DatabaseUnreachable`
    * `DatabaseUnfit`
        * `ServerTooOld`
        * `NotMigrated`
        * `DatabaseNewer`
        * `MigrationAltered`
        * `MigrationRefused`
    * `AppendRefused`
        * `StreamDiverged`
        * `SequenceGap`
        * `UnknownEvent`
        * `UnrecordableEvent`
        * `StreamAltered`
    * `PartlySeen`
    * `ReaderRefused`
"""


class LedgerError(Exception):
    """One sentence that says what is wrong, where, and what to do about it."""


class DatabaseUnreachable(LedgerError):
    """PostgreSQL does not answer, or does not let Cairn in."""


class DatabaseUnfit(LedgerError):
    """The database is there, and not one that this release can use."""


class ServerTooOld(DatabaseUnfit):
    """The PostgreSQL server is older than Cairn needs."""


class NotMigrated(DatabaseUnfit):
    """The database lacks migrations of this release."""


class DatabaseNewer(DatabaseUnfit):
    """The database has migrations that this release does not know."""


class MigrationAltered(DatabaseUnfit):
    """A migration file was changed after it had been applied."""


class MigrationRefused(DatabaseUnfit):
    """PostgreSQL did not let the migration do what it has to do."""


class AppendRefused(LedgerError):
    """Events do not fit what the ledger holds."""


class StreamDiverged(AppendRefused):
    """Another event stands in the ledger under the same number."""


class SequenceGap(AppendRefused):
    """Events that come before these are missing from the ledger."""


class UnknownEvent(AppendRefused):
    """The event is of a kind that this release does not know."""


class UnrecordableEvent(AppendRefused):
    """PostgreSQL cannot hold what the event says, such as a null character in a text."""


class StreamAltered(AppendRefused):
    """The stream's end in the ledger is not what was recorded, so nothing can follow upon it."""


class PartlySeen(LedgerError):
    """The role sees only a part of the ledger, so it cannot say whether the whole is sound."""


class ReaderRefused(LedgerError):
    """A login cannot be entitled in this way."""
