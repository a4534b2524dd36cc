"""The words for what is said of barriers, which commands offer without loading the rules."""

from enum import StrEnum


class Nature(StrEnum):
    """Whether something hinders or helps."""

    BARRIER = "barrier"
    FACILITATOR = "facilitator"


class Severity(StrEnum):
    """How much a barrier hinders."""

    MINOR = "minor"
    SERIOUS = "serious"
    BLOCKING = "blocking"


class Outcome(StrEnum):
    """How an attempt to mitigate a barrier ended."""

    WORKED = "worked"
    HELPED = "helped"
    FAILED = "failed"


class Resolution(StrEnum):
    """How a barrier ended: something helped, one lives with it, or it went away by itself."""

    OVERCOME = "overcome"
    ACCEPTED = "accepted"
    GONE = "gone"
