import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload

from domain.record import Batch
from runtime import converter as converter_module
from runtime.converter import DATA_CONVERTER, data_converter, unpack_cargo
from runtime.encryption import ENCODING, KEY_ID, NONCE_BYTES, EncryptionCodec
from runtime.errors import KeyMissing, PayloadAltered, SecretUnusable
from runtime.keys import KeyFile, make_keys, read_keys, rotate_keys
from runtime.settings import Settings

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
SECRET = "Two of four posts are vacant."

ANY_PAYLOAD = st.builds(
    Payload,
    metadata=st.dictionaries(st.text(max_size=20), st.binary(max_size=20), max_size=4),
    data=st.binary(max_size=2_000),
).filter(lambda payload: payload.metadata.get("encoding") != ENCODING)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a key file with one key."""
    file = tmp_path / "keys.json"
    make_keys(file, NOW)
    return file


@pytest.fixture
def codec(path: Path) -> EncryptionCodec:
    """Return a codec on that file."""
    return EncryptionCodec(KeyFile(path))


def sealed_by(codec: EncryptionCodec, data: bytes = SECRET.encode()) -> Payload:
    """A payload, encrypted."""
    return codec.encrypt(Payload(metadata={"encoding": b"json/plain"}, data=data))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=ANY_PAYLOAD)
def test_what_was_encrypted_comes_back_whole(codec: EncryptionCodec, payload: Payload) -> None:
    """With its metadata, whatever they are; outside stand an encoding and the name of a key, and no more."""
    sealed = codec.encrypt(payload)
    assert codec.decrypt(sealed) == payload
    assert set(sealed.metadata) == {"encoding", KEY_ID}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=ANY_PAYLOAD)
def test_what_was_not_encrypted_is_handed_on(codec: EncryptionCodec, payload: Payload) -> None:
    """Histories from before encryption was switched on are read on."""
    assert codec.decrypt(payload) == payload


def test_the_same_text_never_looks_the_same(codec: EncryptionCodec) -> None:
    """Nobody sees that two boards wrote the same, nor reads any of it."""
    sealed = [sealed_by(codec).SerializeToString() for _ in range(100)]
    assert len({it[-len(SECRET) :] for it in sealed}) == 100
    assert not any(SECRET.encode() in it for it in sealed)


def test_no_byte_can_be_altered(codec: EncryptionCodec) -> None:
    """Neither of the nonce, nor of the text, nor of the tag; and nothing can be cut off or added."""
    sealed = sealed_by(codec)
    for place in range(len(sealed.data)):
        altered = bytearray(sealed.data)
        altered[place] ^= 1
        with pytest.raises(PayloadAltered, match="was altered on its way"):
            codec.decrypt(Payload(metadata=sealed.metadata, data=bytes(altered)))
    for data in (b"", sealed.data[:NONCE_BYTES], sealed.data[:-1], sealed.data + b"\0"):
        with pytest.raises(PayloadAltered):
            codec.decrypt(Payload(metadata=sealed.metadata, data=data))


def test_a_key_that_is_missing_is_named(codec: EncryptionCodec, tmp_path: Path) -> None:
    """The sentence says which key, in which file it is wanted, and what to do."""
    sealed = sealed_by(codec)
    other = tmp_path / "other.json"
    make_keys(other, NOW)
    name = sealed.metadata[KEY_ID].decode()
    with pytest.raises(KeyMissing) as caught:
        EncryptionCodec(KeyFile(other)).decrypt(sealed)
    assert str(caught.value) == (
        f'The encryption key "{name}" is not in the key file {other}: put it back from the backup of your '
        "keys; a worker tries what needs it again until it is there."
    )


def test_a_payload_cannot_be_passed_off_as_of_another_key(codec: EncryptionCodec, path: Path) -> None:
    """Another key does not read it."""
    sealed = sealed_by(codec)
    other = rotate_keys(path, NOW).current
    with pytest.raises(PayloadAltered, match=other):
        codec.decrypt(Payload(metadata={**sealed.metadata, KEY_ID: other.encode()}, data=sealed.data))


def test_the_name_of_the_key_is_authenticated(codec: EncryptionCodec, path: Path) -> None:
    """Where two names stand for one key, a payload belongs to the name that it was encrypted under."""
    sealed, file = sealed_by(codec), json.loads(path.read_text())
    file["keys"]["twin"] = file["keys"][file["current"]]
    path.write_text(json.dumps(file))
    with pytest.raises(PayloadAltered, match='the key "twin"'):
        codec.decrypt(Payload(metadata={**sealed.metadata, KEY_ID: b"twin"}, data=sealed.data))


def test_a_key_of_the_same_name_and_another_secret_is_found_out(codec: EncryptionCodec, path: Path) -> None:
    """Not everything that has the right name is the right key."""
    sealed, name = sealed_by(codec), read_keys(path).current
    path.unlink()
    make_keys(path, NOW)
    path.write_text(path.read_text().replace(read_keys(path).current, name))
    with pytest.raises(PayloadAltered, match="holds another key of that name"):
        EncryptionCodec(KeyFile(path)).decrypt(sealed)


def test_a_rotation_is_noticed_and_the_older_keys_read_on(codec: EncryptionCodec, path: Path) -> None:
    """Without a restart; each payload says which key it needs."""
    sealed = [sealed_by(codec)]
    for _ in range(3):
        rotate_keys(path, NOW)
        sealed.append(sealed_by(codec))
    assert [it.metadata[KEY_ID].decode() for it in sealed] == list(read_keys(path).keys)
    assert {codec.decrypt(it).data for it in sealed} == {SECRET.encode()}


def test_another_process_may_be_the_first_to_use_a_new_key(codec: EncryptionCodec, path: Path) -> None:
    """Who meets a key for the first time looks into the file before complaining."""
    rotate_keys(path, NOW)
    assert codec.decrypt(sealed_by(EncryptionCodec(KeyFile(path)))).data == SECRET.encode()


def test_a_file_that_goes_bad_stops_nobody_who_has_its_keys(
    codec: EncryptionCodec, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once, everything goes on encrypted, and the file is used again when it is mended."""
    good = path.read_text()
    path.write_text("{")
    sealed = [sealed_by(codec) for _ in range(3)]
    assert {it.metadata["encoding"] for it in sealed} == {ENCODING}
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "is damaged" in caplog.text
    path.unlink()
    assert codec.decrypt(sealed[0]).data == SECRET.encode()
    path.touch(mode=0o600)
    path.write_text(good)
    assert rotate_keys(path, NOW).current == sealed_by(codec).metadata[KEY_ID].decode()


async def test_the_settings_decide_whether_it_is_encrypted(path: Path) -> None:
    """Without a key file everything is in the clear; with one nothing is."""
    clear = data_converter(Settings())
    assert await clear.encode([SECRET]) == await DATA_CONVERTER.encode([SECRET])
    assert await clear.decode(await clear.encode([SECRET])) == [SECRET]
    converter = data_converter(Settings(encryption_keys=path))
    [payload] = await converter.encode([SECRET])
    assert payload.metadata["encoding"] == ENCODING
    assert await converter.decode([payload]) == [SECRET]


async def test_who_has_no_keys_says_so_instead_of_dropping_what_is_encrypted(
    codec: EncryptionCodec, path: Path
) -> None:
    """So the workers of a deployment may be given the keys one after the other."""
    with pytest.raises(KeyMissing, match=f"{read_keys(path).current}.*set CAIRN_ENCRYPTION_KEYS"):
        await data_converter(Settings()).decode([sealed_by(codec)])


def test_a_key_file_that_cannot_be_used_never_means_plain_text(tmp_path: Path) -> None:
    """Who asks for encryption gets it or is told."""
    with pytest.raises(SecretUnusable, match="cannot be read"):
        data_converter(Settings(encryption_keys=tmp_path / "nowhere.json"))


async def test_cargo_is_compressed_before_it_is_encrypted(path: Path) -> None:
    """What is encrypted cannot be compressed any more."""
    batch = Batch(stream="rollout/ccbt/fife", first=1, events=({"kind": "x", "note": "n" * 100},) * 100)
    converter = data_converter(Settings(encryption_keys=path))
    [payload] = await converter.encode([batch])
    assert len(payload.data) < 1_000
    assert await converter.decode([payload], [Batch]) == [batch]


async def test_cargo_can_be_unpacked_for_people() -> None:
    """As the JSON that it was; everything else is left alone."""
    batch = Batch(stream="rollout/ccbt/fife", first=1, events=({"kind": "x"},))
    [packed] = await DATA_CONVERTER.encode([batch])
    shown = unpack_cargo(packed)
    assert shown.metadata["encoding"] == b"json/plain"
    assert Batch.model_validate_json(shown.data) == batch
    assert unpack_cargo(shown) is shown
    for data in (b"", packed.data[:-1], b"none"):
        damaged = Payload(metadata=packed.metadata, data=data)
        assert unpack_cargo(damaged) is damaged


async def test_cargo_that_would_fill_the_memory_stays_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes may say that they are very many."""
    monkeypatch.setattr(converter_module, "LARGEST_CARGO", 10)
    [packed] = await DATA_CONVERTER.encode([Batch(stream="rollout/ccbt/fife", first=1, events=())])
    assert unpack_cargo(packed) is packed
