"""What can go wrong around the engine, so that a person reads one sentence instead of a traceback.

What can go wrong around the ledger's database stands in `catalogue.errors`.

* `CairnError`
    * `SettingsInvalid`
    * `ServerUnreachable`
    * `SearchAttributesRefused`
    * `SecretUnusable`
    * `AddressesUnusable`
    * `KeyMissing`
    * `PayloadAltered`
    * `StackError`
        * `AlreadyRunning`
        * `ServiceFailed`
"""


class CairnError(Exception):
    """One sentence that says what is wrong, where, and what to do about it."""


class SettingsInvalid(CairnError):
    """A setting or the running stack's state file cannot be read as what it should be."""


class ServerUnreachable(CairnError):
    """The Temporal server does not answer, or does not let Cairn in."""


class SearchAttributesRefused(CairnError):
    """The Temporal server does not let Cairn register its search attributes."""


class SecretUnusable(CairnError):
    """A file that holds keys or a token cannot be used, or is open to other users."""


class AddressesUnusable(CairnError):
    """The address book of notices cannot be read as what it should be."""


class KeyMissing(CairnError):
    """A payload was encrypted with a key that is not at hand."""


class PayloadAltered(CairnError):
    """A payload is not what was encrypted."""


class StackError(CairnError):
    """The embedded services cannot be run."""


class AlreadyRunning(StackError):
    """Another process runs the embedded services of the same home."""


class ServiceFailed(StackError):
    """An embedded service ended or stayed silent while it should have been starting."""
