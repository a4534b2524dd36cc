"""The guard against identifiable data: free text that could name a patient is refused, not stored.

The guard errs towards refusing. It does not check CHI check digits: since November 2025 not every real CHI
number satisfies modulus 11, so any ten digits that begin with a valid date count.
"""

import re
from collections.abc import Iterator
from datetime import date

_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d-\d\d-\d\d|\d{1,2}/\d{1,2}/(?:19|20)\d\d)(?!\d)")
_NUMBERS = re.compile(r"(?<![\d#])\d+(?:[\s()./\u2010-\u2015-]{1,3}\d+)*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_BIRTH = re.compile(
    r"\b(?:d\.?o\.?b\.?|born|date of birth)\b\D{0,20}\d{1,4}[ /.-](?:\d{1,2}|[a-z]{3,9})[ /.-]\d{2,4}",
    re.IGNORECASE,
)
_CHI_LENGTH = 10
_LONGEST = 11
_NHS_WEIGHTS = range(10, 1, -1)


def find_identifier(text: str) -> str | None:
    """Name the first kind of identifying data found in a text, or ``None`` when there is none.

    Looks for CHI numbers (ten digits, or nine with a lost leading zero, beginning with a date), NHS
    numbers, dates of birth, e-mail addresses, telephone numbers and full UK postcodes.
    """
    if _EMAIL.search(text):
        return "an e-mail address"
    if _BIRTH.search(text):
        return "a date of birth"
    for run in _NUMBERS.finditer(_DATE.sub(";", text)):
        for digits in _joined(re.findall(r"\d+", run.group())):
            if kind := _identifier_in(digits):
                return kind
    if re.search(r"(?<!\d)\+44[\d ()-]{9,}", text):
        return "a telephone number"
    if _POSTCODE.search(text):
        return "a full postcode"
    return None


def _joined(groups: list[str]) -> Iterator[str]:
    # An identifier may stand between other numbers: "ward 5 010203 1234".
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > _LONGEST:
                break
            yield digits


def _identifier_in(digits: str) -> str | None:
    if len(digits) in {_CHI_LENGTH - 1, _CHI_LENGTH} and _starts_with_date(digits.zfill(_CHI_LENGTH)):
        return "what looks like a CHI number"
    if len(digits) == _CHI_LENGTH and _is_nhs_number(digits):
        return "what looks like an NHS number"
    if digits.startswith("0") and len(digits) in {_CHI_LENGTH, _CHI_LENGTH + 1}:
        return "a telephone number"
    return None


def _starts_with_date(digits: str) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    # 2000 stands for every century: it was a leap year, so no valid day is missed.
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def _is_nhs_number(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, _NHS_WEIGHTS, strict=False))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])  # noqa: PLR2004 - ten has no check digit
