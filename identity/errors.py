"""What can go wrong around keys and the directory, so that a person reads one sentence.

* `IdentityError`
    * `KeyUnusable`
    * `DirectoryRefused`
    * `ChangeRefused`
    * `IssuerRefused`
"""


class IdentityError(Exception):
    """One sentence that says what is wrong, where, and what to do about it."""


class KeyUnusable(IdentityError):
    """A key cannot be read, or others could read it."""


class DirectoryRefused(IdentityError):
    """The directory cannot be read, or is not what the root key signed."""


class ChangeRefused(IdentityError):
    """A change would leave the directory unsound."""


class IssuerRefused(IdentityError):
    """The identity provider's keys cannot be had."""
