"""Judges the signatures that the ledger keeps, long after: by the keys that counted when they were made."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from identity import jws
from identity.decision import LIFETIME, SKEW, TYP, Decision
from identity.directory import Directory, Key, Revocation
from identity.jws import Unverified

GRACE = timedelta(minutes=1)
"""By how much the engine's moment of an event may lie beside the life of its signature."""


class RecordedProofs:
    """Judges the proofs of recorded events against a directory; each proof counts once.

    Who held which role at the time is not judged, for a directory says what people hold now.

    Args:
        directory: The last issue, which has every key that ever counted.
    """

    def __init__(self, directory: Directory) -> None:
        self._people = directory.by_name
        self._used: set[tuple[str, str]] = set()

    def find_fault(self, proof: str, stream: str, event: Mapping[str, Any]) -> str | None:
        """What is wrong with the proof of an event of a stream, in a sentence, or ``None``."""
        found = jws.take_apart(proof, TYP)
        decision = None if found is None else _read(found)
        if found is None or decision is None:
            return "it is no decision signature."
        return (
            self._wrong_signer(found, decision)
            or _wrong_target(decision, stream, event)
            or self._used_before(decision)
        )

    def _wrong_signer(self, found: Unverified, decision: Decision) -> str | None:
        person = self._people.get(decision.sub)
        if person is None:
            return f'the directory does not have "{decision.sub}".'
        key = next((it for it in person.keys if it.key.id == found.kid), None)
        if key is None:
            return f'the directory has no key {found.kid} of "{decision.sub}".'
        if not jws.is_signed_by(found, key.key.verifying):
            return f'key {found.kid} of "{decision.sub}" did not write it.'
        return _wrong_time(key, person.revoked, decision)

    def _used_before(self, decision: Decision) -> str | None:
        use = (decision.wf, decision.jti)
        if use in self._used:
            return "it proves an earlier event already."
        self._used.add(use)
        return None


def _wrong_time(key: Key, gone: Revocation | None, decision: Decision) -> str | None:
    signed, slack = decision.iat, SKEW.total_seconds()
    whose = f'key {key.key.id} of "{decision.sub}"'
    if key.revoked is not None and signed > key.revoked.at.timestamp() + slack:
        return f"{whose} was revoked at {key.revoked.at:%Y-%m-%d %H:%M:%S} and signed it later."
    if gone is not None and signed > gone.at.timestamp() + slack:
        return f'"{decision.sub}" was revoked at {gone.at:%Y-%m-%d %H:%M:%S} and signed it later.'
    if signed + (LIFETIME + SKEW).total_seconds() < key.since.timestamp():
        return f"{whose} counts from {key.since:%Y-%m-%d %H:%M:%S} on and signed it earlier."
    return None


def _wrong_target(decision: Decision, stream: str, event: Mapping[str, Any]) -> str | None:
    if decision.wf != stream:
        return f"it is for {decision.wf}."
    if decision.sub != event["by"]["name"]:
        return f'"{decision.sub}" signed it and the event is by "{event["by"]["name"]}".'
    moment = datetime.fromisoformat(event["at"]).timestamp()
    grace = GRACE.total_seconds()
    if not decision.iat - grace <= moment <= decision.exp + grace:
        return f"it was signed {_apart(moment - decision.iat)} the event."
    return None


def _apart(seconds: float) -> str:
    return f"{timedelta(seconds=round(abs(seconds)))} {'before' if seconds > 0 else 'after'}"


def _read(found: Unverified) -> Decision | None:
    try:
        decision = Decision.model_validate(found.claims)
    except ValidationError:
        return None
    return decision if 0 <= decision.exp - decision.iat <= LIFETIME.total_seconds() else None
