"""Keys in files, and everybody's keys of a machine of one's own."""

import json
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from domain.actor import Actor
from identity import development, jws
from identity.directory import Revocation
from identity.errors import KeyUnusable
from identity.issue import DirectoryFile, write_issue
from identity.keyring import OwnIdentity
from identity.keys import ID_LENGTH, PrivateKey, PublicKey, read_private, read_public, write_private

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROLES, BOARDS = ("policy-lead", "board-lead"), ("fife", "orkney")
CAST = tuple(development.cast(ROLES, ("board-lead",), BOARDS))


def test_a_keys_id_is_its_thumbprint() -> None:
    """That of RFC 7638, as the library computes it too."""
    key = PrivateKey.generate().public
    assert OKPKey.import_key(key.model_dump()).thumbprint()[:ID_LENGTH] == key.id


@given(st.binary())
def test_only_one_text_stands_for_the_same_bytes(raw: bytes) -> None:
    """Another spelling is refused."""
    text = jws.encode(raw)
    assert jws.decode(text) == raw
    for other in (f"{text}=", f"{text}\n", f" {text}"):
        assert jws.decode(other) is None


def test_a_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It is written so, and refused where it no longer is."""
    file = tmp_path / "own" / "identity"
    key = PrivateKey.generate()
    write_private(file, key, sub="Jean Kerr")
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_private(file)[0].public == key.public
    assert OwnIdentity.read(file).key_of(Actor(name="Jean Kerr", roles=())).id == key.id
    for mode in (0o640, 0o604, 0o660):
        file.chmod(mode)
        with pytest.raises(KeyUnusable, match=r"can be read by others than its owner: .*chmod 600"):
            read_private(file)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """What it has signed could not be told from what another has."""
    write_private(tmp_path / "identity", PrivateKey.generate())
    with pytest.raises(KeyUnusable, match="is not overwritten"):
        write_private(tmp_path / "identity", PrivateKey.generate())


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}', "{"]
)
def test_what_is_no_key_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    """Private or public."""
    file = tmp_path / "key"
    file.write_text(content)
    file.chmod(0o600)
    for read in (read_private, read_public):
        with pytest.raises(KeyUnusable, match=r"^.*/key .*: .*\.$"):
            read(file)


def test_a_private_key_whose_halves_do_not_match_is_refused(tmp_path: Path) -> None:
    """It would sign under another key's id."""
    file = tmp_path / "key"
    members = {**PrivateKey.generate().public.model_dump(), "d": jws.encode(b"1" * 32)}
    file.write_text(json.dumps(members))
    file.chmod(0o600)
    with pytest.raises(KeyUnusable):
        read_private(file)


def test_an_identity_signs_for_nobody_else(tmp_path: Path) -> None:
    """The command line would otherwise send what every worker refuses."""
    write_private(tmp_path / "identity", PrivateKey.generate(), sub="Jean Kerr")
    own = OwnIdentity.read(tmp_path / "identity")
    with pytest.raises(KeyUnusable, match='is that of "Jean Kerr" and not of "Iain Muir"'):
        own.key_of(Actor(name="Iain Muir", roles=()))
    assert own.credential_of(Actor(name="Jean Kerr", roles=())) == ""
    (tmp_path / "identity.credential").write_text("a.b.c\n")
    assert own.credential_of(Actor(name="Jean Kerr", roles=())) == "a.b.c"


def test_everybody_has_a_deputy_on_a_machine_of_ones_own(tmp_path: Path) -> None:
    """Two people a role nationally, and two a local role and board."""
    development.prepare(tmp_path, CAST, NOW)
    keys = development.DevelopmentKeys.read(tmp_path)
    found = DirectoryFile(tmp_path / development.DIRECTORY, keys.root.public).current().by_name
    assert list(found) == [
        *("policy lead", "policy lead (deputy)", "board lead", "board lead (deputy)"),
        *("fife board lead", "fife board lead (deputy)", "orkney board lead", "orkney board lead (deputy)"),
    ]
    assert found["board lead"].boards == "all"
    assert found["fife board lead (deputy)"].boards == ("fife",)
    assert found["fife board lead"].keys[0].key == keys.named("fife board lead").public
    assert (tmp_path / development.ROOT).stat().st_mode & 0o777 == 0o600


def test_preparing_again_changes_nobody_who_is_there(tmp_path: Path) -> None:
    """What was revoked by hand stays revoked; who is missing is added."""
    development.prepare(tmp_path, CAST, NOW)
    keys = development.DevelopmentKeys.read(tmp_path)
    path = tmp_path / development.DIRECTORY
    before = DirectoryFile(path, keys.root.public).current()
    assert development.prepare(tmp_path, CAST, NOW) == 0
    assert DirectoryFile(path, keys.root.public).current() == before
    gone = before.people[0].model_copy(update={"revoked": Revocation(at=NOW, reason="Left")})
    write_issue(
        path, before.model_copy(update={"serial": 2, "people": (gone, *before.people[1:])}), keys.root
    )
    more = tuple(development.cast((*ROLES, "clinical-lead"), (), ()))
    assert development.prepare(tmp_path, more, NOW) == 2
    after = DirectoryFile(path, keys.root.public).current()
    assert after.serial == 3
    assert after.by_name["policy lead"].revoked
    assert "clinical lead (deputy)" in after.by_name


def test_a_thousand_development_identities_take_well_under_a_second(tmp_path: Path) -> None:
    """A stack starts as quickly as before."""
    many = tuple(development.cast((), tuple(f"role-{number}" for number in range(40)), BOARDS * 7))
    begun = process_time()
    people = tuple({person.name: person for person in many}.values())
    people += tuple(
        person.model_copy(update={"name": f"{person.name} {number}"})
        for person in people
        for number in range(6)
    )
    assert development.prepare(tmp_path, people, NOW) > 1000
    assert process_time() - begun < 1


def test_whoever_has_another_root_is_nobody(tmp_path: Path) -> None:
    """Development keys of one home are worth nothing in another."""
    development.prepare(tmp_path / "one", CAST, NOW)
    development.prepare(tmp_path / "two", CAST, NOW)
    one, two = (development.DevelopmentKeys.read(tmp_path / home) for home in ("one", "two"))
    assert one.named("policy lead").id != two.named("policy lead").id
    assert isinstance(one.root.public, PublicKey)
