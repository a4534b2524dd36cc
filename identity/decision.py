"""Decision signatures: one person wants exactly this of exactly that workflow, now.

A signature stays in the engine's history and in the ledger for ever, so it must be worth nothing to whoever
finds it there: it is bound to the workflow, the update, its id and its arguments, and dies within a minute.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field, ValidationError

from domain.actor import ENGINE, Actor
from domain.proof import START, Deed
from domain.refusal import Refusal
from domain.value import Value, at_day
from identity import jws
from identity.directory import Person, check_mandate
from identity.errors import IdentityError
from identity.keys import PrivateKey
from identity.people import Bearer, People

TYP = "cairn-decision+jws"

LIFETIME = timedelta(seconds=60)
"""How long a signature counts: long enough for a worker that is being replaced."""

SKEW = timedelta(seconds=5)
"""By how much the clocks of a person and of a worker may differ."""


class Decision(Value):
    """What is signed; the names are those of JSON Web Tokens.

    Attributes:
        sub: Who signs.
        wf: The workflow that is told.
        upd: The update's name.
        jti: The update's id.
        arg: The digest of its arguments.
        iat: When it was signed, in seconds since 1970.
        exp: Until when it counts.
    """

    sub: str = Field(strict=True)
    wf: str = Field(strict=True)
    upd: str = Field(strict=True)
    jti: str = Field(strict=True)
    arg: str = Field(strict=True)
    iat: int = Field(strict=True)
    exp: int = Field(strict=True)


def sign_deed(deed: Deed, key: PrivateKey, now: datetime) -> str:
    """Sign what the deed's own actor wants."""
    decision = Decision(
        sub=deed.actor.name,
        wf=deed.workflow,
        upd=deed.update,
        jti=deed.id,
        arg=digest(deed.arguments),
        iat=int(now.timestamp()),
        exp=int((now + LIFETIME).timestamp()),
    )
    return key.sign(decision.model_dump(), TYP)


def digest(arguments: tuple[Any, ...]) -> str:
    """What arguments are known by, whatever the order of their fields."""
    return jws.encode(hashlib.sha256(jws.encode_json(list(arguments))).digest())


def verify_deed(deed: Deed, people: People, now: datetime) -> Person | Refusal:
    """The person who signed the deed and may claim what its actor claims, or why there is none.

    Args:
        deed: What is wanted, with its signature.
        people: Where people are known from.
        now: The moment at which the engine is asked.
    """
    if not deed.signature:
        return Refusal(
            code="unsigned",
            message=f"{_words(deed)} bears no signature: send it with `python starter.py`, or sign it.",
        )
    found = jws.take_apart(deed.signature, TYP)
    decision = None if found is None else _read(found.claims)
    if found is None or decision is None:
        return _tampered(deed)
    try:
        bearer = people.find(decision.sub, found.kid, deed.credential, now)
    except IdentityError as error:
        return Refusal(code="identity-unavailable", message=str(error))
    if isinstance(bearer, Refusal):
        return bearer
    if not jws.is_signed_by(found, bearer.key.verifying):
        return _tampered(deed)
    return _check_time(decision, now) or _check_target(decision, deed) or _check_actor(deed, bearer, now)


def _check_actor(deed: Deed, bearer: Bearer, now: datetime) -> Person | Refusal:
    mandate = check_mandate(deed.actor, bearer.person, bearer.delegations, now)
    return mandate or _check_engine(deed.actor) or bearer.person


def _check_engine(actor: Actor) -> Refusal | None:
    if ENGINE.name not in actor.people and ENGINE.roles[0] not in actor.roles:
        return None
    return Refusal(
        code="the-engines-own",
        message=f'Nobody acts as "{ENGINE.name}" or in the role {ENGINE.roles[0]}, for they belong to the '
        "engine alone: use another name and role.",
    )


def _check_time(decision: Decision, now: datetime) -> Refusal | None:
    if decision.exp - decision.iat > LIFETIME.total_seconds():
        return Refusal(
            code="lifetime",
            message=f"The signature is to count for longer than {LIFETIME.total_seconds():.0f} seconds: "
            "sign with this release.",
        )
    if decision.iat > (now + SKEW).timestamp():
        return Refusal(
            code="not-yet-valid",
            message=f"The signature is dated {_moment(decision.iat)} and it is {_moment(now.timestamp())} "
            "here: set your clock and sign again.",
        )
    if decision.exp <= (now - SKEW).timestamp():
        return Refusal(
            code="expired",
            message=f"The signature expired at {_moment(decision.exp)}, before the engine could act on it: "
            "send it again.",
        )
    return None


def _check_target(decision: Decision, deed: Deed) -> Refusal | None:
    for code, signed, asked, what in (
        ("another-workflow", decision.wf, deed.workflow, ""),
        ("another-update", decision.upd, deed.update, "update "),
        ("another-update-id", decision.jti, deed.id, "update id "),
    ):
        if signed != asked:
            return Refusal(
                code=code,
                message=f"The signature is for {what}{signed} and came with {what}{asked}: "
                "sign what you send.",
            )
    if decision.arg != digest(deed.arguments):
        return Refusal(
            code="other-arguments",
            message=f"{_words(deed)} is not what was signed: sign what you send.",
        )
    return None


def _tampered(deed: Deed) -> Refusal:
    return Refusal(
        code="tampered",
        message=f"The signature of {_words(deed)} is not one that its signer wrote: sign it again.",
    )


def _words(deed: Deed) -> str:
    return f"{deed.update} of {deed.workflow}" if deed.update != START else f"the start of {deed.workflow}"


def _read(claims: dict[str, Any]) -> Decision | None:
    try:
        return Decision.model_validate(claims)
    except ValidationError:
        return None


def _moment(seconds: float) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return "no moment at all"
    return f"{moment:%H:%M:%S} on {at_day(moment)} UTC"
