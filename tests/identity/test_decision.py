"""What a decision signature proves, and that nothing else passes for it."""

import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.actor import Actor
from domain.privacy import find_identifier
from domain.proof import START, Deed
from domain.refusal import Refusal
from domain.steps import CompleteStep
from identity import jws
from identity.decision import LIFETIME, SKEW, TYP, Decision, digest, sign_deed, verify_deed
from identity.directory import Delegation, Directory, Person, Revocation
from identity.errors import DirectoryRefused
from identity.keys import PrivateKey
from identity.people import Bearer
from tests.cast import KEYS, LONG_AGO, Cast

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEAD = Actor(name="Jean Kerr", roles=("board-lead",), boards=("fife",))
OTHER = Actor(name="Iain Muir", roles=("clinical-lead",), boards="all")
CAST = Cast(LEAD.model_copy(update={"boards": ("fife", "tayside")}), OTHER)
CHANGED = st.sampled_from(string.ascii_letters + string.digits + "-_.= ")


def deed(actor: Actor = LEAD, **changes: Any) -> Deed:
    """A step that is completed, not yet signed."""
    command = CompleteStep(actor=actor, plan="replication", step="train-staff")
    wanted: dict[str, Any] = {
        "workflow": "rollout/ccbt/fife",
        "update": "complete_step",
        "id": "complete/1",
        "arguments": (command.model_dump(mode="json", exclude_unset=True),),
        "actor": actor,
    }
    return Deed(**{**wanted, **changes})


def signed(wanted: Deed, at: datetime = NOW, key: PrivateKey | None = None) -> Deed:
    """The deed with its actor's signature."""
    signature = sign_deed(wanted, key or KEYS.key_of(wanted.actor), at)
    return wanted.model_copy(update={"signature": signature})


def refused(wanted: Deed, cast: Cast = CAST, at: datetime = NOW) -> Refusal:
    """Why a deed is refused."""
    outcome = verify_deed(wanted, cast, at)
    assert isinstance(outcome, Refusal), outcome
    return outcome


def changed(cast: Cast, name: str, change: Callable[[Person], Person]) -> Cast:
    """The cast with one person changed."""
    new = Cast()
    people = tuple(change(it) if it.name == name else it for it in cast.directory.people)
    new.directory = cast.directory.model_copy(update={"people": people})
    return new


def test_who_signs_what_they_may_is_known() -> None:
    """The person of the directory answers for it."""
    outcome = verify_deed(signed(deed()), CAST, NOW)
    assert isinstance(outcome, Person)
    assert outcome.name == "Jean Kerr"


@given(data=st.data())
def test_a_signature_with_any_letter_changed_is_refused(data: st.DataObject) -> None:
    """Header, claims or signature, and those last letters too that decode to the same bytes."""
    whole = signed(deed())
    place = data.draw(st.integers(0, len(whole.signature) - 1))
    letter = data.draw(CHANGED.filter(lambda it: it != whole.signature[place]))
    text = whole.signature[:place] + letter + whole.signature[place + 1 :]
    assert refused(whole.model_copy(update={"signature": text})).code in {
        "tampered",
        "key-unknown",
        "person-unknown",
    }


@given(bit=st.integers(0, 64 * 8 - 1))
def test_a_signature_with_any_bit_changed_is_refused(bit: int) -> None:
    """All 512 of them."""
    whole = signed(deed())
    head, _, tail = whole.signature.rpartition(".")
    raw = bytearray(jws.decode(tail) or b"")
    raw[bit // 8] ^= 1 << bit % 8
    text = f"{head}.{jws.encode(bytes(raw))}"
    assert refused(whole.model_copy(update={"signature": text})).code == "tampered"


@pytest.mark.parametrize("claim", list(Decision.model_fields))
def test_a_signature_with_any_claim_changed_is_refused(claim: str) -> None:
    """Whoever changes a claim would have to sign again."""
    whole = signed(deed())
    header, claims, tail = whole.signature.split(".")
    said = jws.take_apart(whole.signature, TYP)
    assert said
    said.claims[claim] = said.claims[claim] + 1 if claim in {"iat", "exp"} else "Iain Muir"
    text = ".".join((header, jws.encode(jws.encode_json(said.claims)), tail))
    assert text.split(".")[1] != claims
    assert refused(whole.model_copy(update={"signature": text})).code in {"tampered", "key-unknown"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"workflow": "rollout/ccbt/tayside"}, "another-workflow"),
        ({"update": "skip_step"}, "another-update"),
        ({"update": START}, "another-update"),
        ({"id": "complete/2"}, "another-update-id"),
        ({"arguments": ({"step": "hold-the-door"},)}, "other-arguments"),
        ({"arguments": ()}, "other-arguments"),
        ({"signature": ""}, "unsigned"),
        ({"signature": "a.b.c"}, "tampered"),
        ({"signature": "."}, "tampered"),
        ({"signature": "x" * 100}, "tampered"),
    ],
)
def test_a_signature_is_for_one_deed_alone(change: dict[str, Any], code: str) -> None:
    """Another workflow, update, id or argument needs another signature."""
    assert refused(signed(deed()).model_copy(update=change)).code == code


@given(
    st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.lists(st.booleans()), min_size=1)
)
def test_the_digest_is_of_the_content_and_not_of_its_order(content: dict[str, Any]) -> None:
    """The same fields in another order are the same; another content is not."""
    assert digest((dict(reversed(content.items())),)) == digest((content,))
    assert digest(({**content, "more": 1, "": 0},)) != digest((content,))


def test_a_signature_counts_for_a_minute() -> None:
    """Not before it was made and not after it expired, but for the difference of two clocks."""
    whole = signed(deed())
    moment = timedelta(seconds=1)
    assert isinstance(verify_deed(whole, CAST, NOW - SKEW), Person)
    assert refused(whole, at=NOW - SKEW - moment).code == "not-yet-valid"
    assert isinstance(verify_deed(whole, CAST, NOW + LIFETIME + SKEW - moment), Person)
    expired = refused(whole, at=NOW + LIFETIME + SKEW)
    assert expired.code == "expired"
    assert expired.message.startswith("The signature expired at 12:01:00 on 25 Nov 2026 UTC, before the ")


@pytest.mark.parametrize("exp", [NOW.timestamp() + 61, NOW.timestamp() * 10**6, -1])
def test_nobody_signs_for_longer(exp: float) -> None:
    """A signature that its signer would like to count for years is refused, and so is nonsense."""
    said = jws.take_apart(signed(deed()).signature, TYP)
    assert said
    text = KEYS.key_of(LEAD).sign({**said.claims, "exp": int(exp)}, TYP)
    assert refused(deed(signature=text)).code in {"lifetime", "expired"}


@pytest.mark.parametrize("claims", [{}, {"sub": "Jean Kerr"}, {"sub": 1}, {"more": "than that"}])
def test_claims_that_are_not_a_decisions_are_refused(claims: dict[str, Any]) -> None:
    """Every claim is needed, and no other is known."""
    said = jws.take_apart(signed(deed()).signature, TYP)
    assert said
    whole = claims if not claims or claims == {"sub": "Jean Kerr"} else {**said.claims, **claims}
    assert refused(deed(signature=KEYS.key_of(LEAD).sign(whole, TYP))).code == "tampered"


def test_another_kind_of_signed_text_is_no_decision() -> None:
    """What a key signed for one purpose serves no other."""
    said = jws.take_apart(signed(deed()).signature, TYP)
    assert said
    assert (
        refused(deed(signature=KEYS.key_of(LEAD).sign(said.claims, "cairn-directory+jws"))).code == "tampered"
    )


def test_an_unknown_person_and_an_unknown_key_are_refused() -> None:
    """The sentences say whom the directory lacks."""
    stranger = LEAD.model_copy(update={"name": "Morag Weir"})
    assert refused(signed(deed(stranger))).code == "person-unknown"
    own = signed(deed(), key=PrivateKey.generate())
    assert refused(own).code == "key-unknown"
    assert 'of "Jean Kerr": sign with the key that it has' in refused(own).message


def test_somebody_elses_key_is_not_ones_own() -> None:
    """Who signs as Jean with Iain's key is not Jean."""
    assert refused(signed(deed(), key=KEYS.key_of(OTHER))).code == "key-unknown"


def test_a_revoked_key_and_a_revoked_person_sign_nothing_more() -> None:
    """From the moment of the revocation on, and not before."""
    gone = Revocation(at=NOW, reason="Laptop stolen")

    def lose_key(person: Person) -> Person:
        return person.model_copy(
            update={"keys": tuple(it.model_copy(update={"revoked": gone}) for it in person.keys)}
        )

    whole = signed(deed())
    without_key = changed(CAST, "Jean Kerr", lose_key)
    assert refused(whole, without_key).code == "key-revoked"
    assert "(Laptop stolen)" in refused(whole, without_key).message
    assert isinstance(verify_deed(whole, without_key, NOW - timedelta(seconds=1)), Person)
    without_person = changed(CAST, "Jean Kerr", lambda it: it.model_copy(update={"revoked": gone}))
    assert refused(whole, without_person).code == "person-revoked"


def test_a_key_that_counts_later_signs_nothing_now() -> None:
    """It was handed over early."""

    def later(person: Person) -> Person:
        since = NOW + timedelta(days=1)
        return person.model_copy(
            update={"keys": tuple(it.model_copy(update={"since": since}) for it in person.keys)}
        )

    assert refused(signed(deed()), changed(CAST, "Jean Kerr", later)).code == "key-not-yet-valid"


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ({"roles": ("clinical-lead",)}, "role-not-held"),
        ({"roles": ("board-lead", "clinical-lead")}, "role-not-held"),
        ({"roles": ("engine",), "boards": "all"}, "role-not-held"),
        ({"boards": "all"}, "board-not-covered"),
        ({"boards": ("fife", "orkney")}, "board-not-covered"),
        ({"on_behalf_of": "Iain Muir"}, "no-delegation"),
        ({"on_behalf_of": "Jean Kerr"}, "no-delegation"),
    ],
)
def test_nobody_claims_more_than_they_hold(claim: dict[str, Any], code: str) -> None:
    """Though the signature is theirs."""
    assert refused(signed(deed(LEAD.model_copy(update=claim)))).code == code


def test_nobody_signs_under_another_name() -> None:
    """The name in the command is the signer's."""
    as_iain = deed(LEAD.model_copy(update={"name": "Iain Muir"}))
    own = sign_deed(as_iain.model_copy(update={"actor": LEAD}), KEYS.key_of(LEAD), NOW)
    assert refused(as_iain.model_copy(update={"signature": own})).code == "another-name"


def test_less_than_one_holds_may_be_claimed() -> None:
    """A board of several, and no role at all."""
    for claim in ({"boards": ("tayside",)}, {"boards": ()}, {"roles": ()}):
        assert isinstance(verify_deed(signed(deed(LEAD.model_copy(update=claim))), CAST, NOW), Person)


def lent(**changes: Any) -> Cast:
    """The cast in which Jean lent Iain her role at Fife for a fortnight."""
    terms: dict[str, Any] = {
        "grantor": "Jean Kerr",
        "deputy": "Iain Muir",
        "role": "board-lead",
        "boards": ("fife",),
        "since": NOW - timedelta(days=7),
        "until": NOW + timedelta(days=7),
        "reason": "Annual leave",
    }
    return Cast(
        *(Actor(name=it.name, roles=it.roles, boards=it.boards) for it in CAST.directory.people),
        delegations=(Delegation(**{**terms, **changes}),),
    )


DEPUTY = Actor(name="Iain Muir", roles=("board-lead",), boards=("fife",), on_behalf_of="Jean Kerr")


def test_a_deputy_acts_with_exactly_what_was_lent() -> None:
    """The role and the boards of the delegation, in its time, and said so."""
    whole = signed(deed(DEPUTY))
    assert isinstance(verify_deed(whole, lent(), NOW), Person)
    assert refused(whole, lent(until=NOW)).code == "no-delegation"
    assert refused(whole, lent(since=NOW + timedelta(days=1))).code == "no-delegation"
    assert refused(whole, lent(boards=("tayside",))).code == "no-delegation"
    for claim in ({"boards": "all"}, {"boards": ("fife", "tayside")}, {"roles": ("clinical-lead",)}):
        assert refused(signed(deed(DEPUTY.model_copy(update=claim))), lent()).code == "no-delegation"
    assert (
        refused(signed(deed(DEPUTY.model_copy(update={"on_behalf_of": None}))), lent()).code
        == "role-not-held"
    )


def test_a_delegation_ends_with_whoever_gave_it() -> None:
    """A delegator who was revoked lends nothing any more."""
    gone = Revocation(at=LONG_AGO, reason="Left")
    cast = changed(lent(), "Jean Kerr", lambda it: it.model_copy(update={"revoked": gone}))
    assert refused(signed(deed(DEPUTY)), cast).code == "no-delegation"


def test_whoever_cannot_be_asked_refuses() -> None:
    """A directory that cannot be trusted stops every decision, with its sentence."""

    class Away:
        def find(self, subject: str, key_id: str, credential: str, now: datetime) -> Bearer | Refusal:
            raise DirectoryRefused(f"The directory is away for {subject}, {key_id}, {credential}, {now}.")

    outcome = verify_deed(signed(deed()), Away(), NOW)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "identity-unavailable"


def test_every_refusal_is_one_sentence_and_names_what_to_do() -> None:
    """For a person to read."""
    stranger = signed(deed(LEAD.model_copy(update={"name": "Morag Weir"})))
    for outcome in (
        refused(deed()),
        refused(signed(deed()), at=NOW - LIFETIME),
        refused(signed(deed()), at=NOW + 2 * LIFETIME),
        refused(stranger),
        refused(signed(deed(DEPUTY))),
        refused(signed(deed(DEPUTY)), lent(boards=("tayside",))),
        refused(signed(deed()).model_copy(update={"workflow": "rollout/x/y"})),
    ):
        assert outcome.message.endswith(".")
        assert ": " in outcome.message
        assert "\n" not in outcome.message
        assert find_identifier(outcome.message) is None


def test_an_empty_directory_knows_nobody() -> None:
    """Nothing is accepted by default."""
    cast = Cast()
    cast.directory = Directory(serial=1, issued=LONG_AGO)
    assert refused(signed(deed()), cast).code == "person-unknown"


@pytest.mark.parametrize("claim", [{"name": "cairn"}, {"roles": ("board-lead", "engine")}])
def test_nobody_acts_as_the_engine(claim: dict[str, Any]) -> None:
    """What the engine does by itself bears its name and no signature: nobody may hide behind it."""
    actor = LEAD.model_copy(update=claim)
    assert refused(signed(deed(actor)), Cast(actor)).code == "the-engines-own"
