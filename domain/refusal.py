"""A refusal is an answer, not an error: one sentence that says what is wrong and what to do."""

from domain.value import Value


class Refusal(Value):
    """Why a command was not accepted; nothing has changed.

    Attributes:
        code: A stable kebab-case word for programs, such as ``wrong-role``.
        message: One sentence for people: what is wrong, where, what to do.
    """

    code: str
    message: str
