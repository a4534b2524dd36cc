"""What a signature that the ledger keeps still proves, years after it has expired and its key was revoked."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.actor import Actor
from identity import changes
from identity.decision import LIFETIME, sign_deed
from identity.directory import Directory
from identity.keys import PrivateKey
from identity.recorded import GRACE, RecordedProofs
from tests.cast import KEYS
from tests.identity.test_decision import CAST, LEAD, NOW, OTHER, deed

STREAM = "rollout/ccbt/fife"
LATER = NOW + timedelta(days=400)
SECOND = timedelta(seconds=1)
KEY = f"key {KEYS.key_of(LEAD).id}"


def proof(actor: Actor = LEAD, at: datetime = NOW, key: PrivateKey | None = None, **more: Any) -> str:
    """A signature of that moment."""
    return sign_deed(deed(actor, **more), key or KEYS.key_of(actor), at)


def event(actor: Actor = LEAD, at: datetime = NOW) -> dict[str, Any]:
    """An event as it was serialised."""
    return {"kind": "step-completed", "at": at.isoformat(), "by": actor.model_dump(mode="json")}


def fault(
    text: str, told: dict[str, Any] | None = None, directory: Directory = CAST.directory, stream: str = STREAM
) -> str | None:
    """What is wrong with a proof."""
    return RecordedProofs(directory).find_fault(text, stream, told or event())


def rotated(at: datetime) -> Directory:
    """The directory once Jean Kerr has a new key in place of the one that signed."""
    return changes.rotate(CAST.directory, LEAD.name, PrivateKey.generate().public, "A year is over", at)


def test_a_proof_holds_long_after_it_expired() -> None:
    """It is judged by the moment at which it was made."""
    assert fault(proof()) is None


@pytest.mark.parametrize("days", [1, 400])
def test_a_key_that_was_retired_or_revoked_still_proves_what_it_signed_before(days: int) -> None:
    """And so does a person who has left."""
    at = NOW + timedelta(days=days)
    assert fault(proof(), directory=rotated(at)) is None
    key = KEYS.key_of(LEAD).id
    assert fault(proof(), directory=changes.revoke(CAST.directory, LEAD.name, key, "Stolen", at)) is None
    assert fault(proof(), directory=changes.revoke(CAST.directory, LEAD.name, None, "Left", at)) is None


def test_what_a_key_signed_after_it_was_revoked_is_named() -> None:
    """A thief cannot date it back, for the signature dies soon and the event has its own moment."""
    told = event(at=LATER)
    words = "was revoked at 2026-11-25 12:00:00 and signed it later."
    assert fault(proof(at=LATER), told, rotated(NOW)) == (f'{KEY} of "Jean Kerr" {words}')
    gone = changes.revoke(CAST.directory, LEAD.name, None, "Left", NOW)
    assert fault(proof(at=LATER), told, gone) == f'"Jean Kerr" {words}'
    assert (
        fault(proof(at=NOW), told, rotated(NOW + SECOND))
        == "it was signed 400 days, 0:00:00 before the event."
    )


def test_what_a_key_signed_before_it_counted_is_named() -> None:
    """A new key proves nothing of former days."""
    new = PrivateKey.generate()
    directory = changes.rotate(CAST.directory, LEAD.name, new.public, "A year is over", LATER)
    assert fault(proof(key=new), directory=directory) == (
        f'key {new.id} of "Jean Kerr" counts from 2027-12-30 12:00:00 on and signed it earlier.'
    )


@pytest.mark.parametrize(
    ("text", "told", "stream", "words"),
    [
        (proof(), event(), "rollout/ccbt/orkney", "it is for rollout/ccbt/fife."),
        (proof(), event(OTHER), STREAM, '"Jean Kerr" signed it and the event is by "Iain Muir".'),
        (
            proof(),
            event(at=NOW + timedelta(hours=9)),
            STREAM,
            "it was signed 9:00:00 before the event.",
        ),
        (proof(), event(at=NOW - timedelta(hours=1)), STREAM, "it was signed 1:00:00 after the event."),
        (
            proof()[:-4] + "AAAA",
            event(),
            STREAM,
            f'{KEY} of "Jean Kerr" did not write it.',
        ),
        ("a.b.c", event(), STREAM, "it is no decision signature."),
        ("", event(), STREAM, "it is no decision signature."),
    ],
    ids=["stream", "actor", "later", "earlier", "tampered", "nonsense", "empty"],
)
def test_a_proof_that_does_not_match_its_event_is_named(
    text: str, told: dict[str, Any], stream: str, words: str
) -> None:
    """Its stream, its actor, its time, and what was changed of it."""
    assert fault(text, told, stream=stream) == words


def test_whoever_the_directory_does_not_have_proves_nothing() -> None:
    """Nor does a key of theirs that it does not have."""
    stranger = Actor(name="Morag Weir", roles=("board-lead",), boards=("fife",))
    assert fault(proof(stranger), event(stranger)) == 'the directory does not have "Morag Weir".'
    other = PrivateKey.generate()
    assert fault(proof(key=other)) == f'the directory has no key {other.id} of "Jean Kerr".'


def test_a_proof_counts_once() -> None:
    """An event that was added with the proof of another is named."""
    proofs = RecordedProofs(CAST.directory)
    assert proofs.find_fault(proof(), STREAM, event()) is None
    assert proofs.find_fault(proof(id="complete/2"), STREAM, event()) is None
    assert proofs.find_fault(proof(), STREAM, event()) == "it proves an earlier event already."


def test_the_engines_moment_may_lie_a_little_beside_the_signature() -> None:
    """Its clock is another one, and a worker may have been replaced meanwhile."""
    for at in (NOW - GRACE, NOW + LIFETIME + GRACE):
        assert fault(proof(), event(at=at)) is None
        beyond = at + (SECOND if at > NOW else -SECOND)
        assert fault(proof(), event(at=beyond)) is not None
