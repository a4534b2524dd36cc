"""Reads days as people write them, and says what moment is meant."""

from datetime import UTC, date, datetime, time, timedelta

from console.ending import NotDone

LAST_SECOND = time(23, 59, 59)


def today() -> date:
    """The present day, in UTC."""
    return datetime.now(UTC).date()


def read_day(what: str, written: str) -> date:
    """Read ``2026-11-20``.

    Raises:
        NotDone: It is no such day.
    """
    try:
        return date.fromisoformat(written.strip())
    except ValueError as error:
        raise NotDone(f'{what} is "{written[:40]}": write the day as YYYY-MM-DD.') from error


def begin_of(what: str, written: str) -> datetime:
    """The moment at which a day begins, or the very moment where a time is written with it.

    Raises:
        NotDone: It is neither a day nor a moment.
    """
    return _moment(what, written, time())


def end_of(what: str, written: str) -> datetime:
    """The last moment of a day, or the very moment where a time is written with it.

    Raises:
        NotDone: It is neither a day nor a moment.
    """
    return _moment(what, written, LAST_SECOND)


def _moment(what: str, written: str, at: time) -> datetime:
    if "T" not in written:
        return datetime.combine(read_day(what, written), at, tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError as error:
        raise NotDone(
            f'{what} is "{written[:40]}": write a day as YYYY-MM-DD, or a time as YYYY-MM-DDTHH:MMZ.'
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_duration(written: str, form: str) -> timedelta:
    """The duration of an ISO 8601 text.

    Args:
        written: What was typed.
        form: How it is written, for whoever wrote something else.

    Raises:
        NotDone: It is none, or not above zero.
    """
    from pydantic import TypeAdapter, ValidationError

    wrong = NotDone(f'"{written[:40]}" is no duration: write {form}.')
    if not written.strip().lstrip("+-").upper().startswith("P"):
        raise wrong
    try:
        length = TypeAdapter(timedelta).validate_python(written)
    except ValidationError as error:
        raise wrong from error
    if length <= timedelta(0):
        raise NotDone(f'"{written[:40]}" is no time at all: it has to last longer than nothing.')
    return length
