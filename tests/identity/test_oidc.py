"""People as an identity provider knows them, its keys fetched from a real server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from domain.actor import Actor
from domain.proof import Deed
from domain.refusal import Refusal
from identity import jws
from identity.decision import sign_deed, verify_deed
from identity.directory import Person
from identity.errors import IssuerRefused
from identity.keys import PrivateKey
from identity.oidc import Issuer, Terms, TrustedKeys
from runtime import trust
from runtime.errors import SettingsInvalid
from runtime.settings import Settings

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ISSUER, AUDIENCE = "https://login.example.scot", "cairn"
OWN = PrivateKey(b"o" * 32)
JEAN = Actor(name="Jean Kerr", roles=("board-lead",), boards=("fife",))
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
OKP = OKPKey.generate_key("Ed25519", {"kid": "okp-1"})
SIGNERS: list[tuple[str, RSAKey | ECKey | OKPKey]] = [("RS256", RSA), ("ES256", EC), ("Ed25519", OKP)]


def jwks(*keys: RSAKey | ECKey | OKPKey) -> dict[str, Any]:
    """A provider's published keys."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def claims(**changes: Any) -> dict[str, Any]:
    """What the provider says of Jean; ``None`` leaves a claim out."""
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "Jean Kerr",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(hours=8)).timestamp()),
        "roles": ["board-lead"],
        "boards": ["fife"],
        "cnf": {"jwk": OWN.public.model_dump()},
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def credential(
    said: dict[str, Any] | None = None, algorithm: str = "RS256", key: Any = RSA, **header: Any
) -> str:
    """A credential as a provider issues it."""
    head = {"alg": algorithm, "kid": key.kid, **header}
    return jwt.encode(head, said or claims(), key, algorithms=[algorithm])


def issuer(**terms: str) -> Issuer:
    """The provider as a worker knows it."""
    keys = TrustedKeys()
    keys.replace(jwks(RSA, EC, OKP), "the test")
    return Issuer(Terms(issuer=ISSUER, audience=AUDIENCE, **terms), keys)


def deed(actor: Actor = JEAN, key: PrivateKey = OWN, **changes: Any) -> Deed:
    """A signed decision with a credential beside it."""
    wanted = Deed(workflow="w", update="pause", id="1", arguments=(), actor=actor, credential=credential())
    wanted = wanted.model_copy(update=changes)
    return wanted.model_copy(update={"signature": sign_deed(wanted, key, NOW)})


@pytest.mark.parametrize(("algorithm", "key"), SIGNERS, ids=[name for name, _ in SIGNERS])
def test_whom_the_provider_vouches_for_may_act(algorithm: str, key: Any) -> None:
    """With the key that the credential binds."""
    wanted = deed(credential=credential(algorithm=algorithm, key=key))
    outcome = verify_deed(wanted, issuer(), NOW)
    assert isinstance(outcome, Person), outcome
    assert (outcome.roles, outcome.boards) == (("board-lead",), ("fife",))


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_a_provider_may_still_write_eddsa() -> None:
    """The older name of the algorithm, without a warning on our side."""
    assert isinstance(
        verify_deed(deed(credential=credential(algorithm="EdDSA", key=OKP)), issuer(), NOW), Person
    )


def test_claims_may_have_other_names() -> None:
    """Each provider has its own, some of them nested."""
    terms = {"name": "name", "roles": "realm_access.roles", "boards": "https://cairn/boards"}
    said = claims(
        sub="f7c1",
        name="Jean Kerr",
        realm_access={"roles": ["offline_access", "Default roles", "board-lead"]},
        roles=None,
        boards=None,
    )
    said["https://cairn/boards"] = "all"
    outcome = verify_deed(deed(credential=credential(said)), issuer(**terms), NOW)
    assert isinstance(outcome, Person)
    assert outcome.boards == "all"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "credential-missing"),
        ("nonsense", "credential-unreadable"),
        (credential(claims(iss="https://elsewhere")), "credential-of-another-issuer"),
        (credential(claims(aud="payroll")), "credential-for-another-audience"),
        (credential(claims(aud=["payroll", "mail"])), "credential-for-another-audience"),
        (credential(claims(aud=None)), "credential-for-another-audience"),
        (credential(claims(exp=int(NOW.timestamp()) - 6)), "credential-expired"),
        (credential(claims(exp=None)), "credential-expired"),
        (credential(claims(exp="tomorrow")), "credential-expired"),
        (credential(claims(nbf=int(NOW.timestamp()) + 60)), "credential-not-yet-valid"),
        (credential(claims(sub="Iain Muir")), "credential-of-another"),
        (credential(claims(cnf=None)), "credential-unreadable"),
        (
            credential(claims(cnf={"jwk": PrivateKey(b"x" * 32).public.model_dump()})),
            "credential-of-another-key",
        ),
        (credential(claims(cnf={"jwk": RSA.as_dict(private=False)})), "credential-unreadable"),
        (credential(claims(roles="board-lead")), "credential-unreadable"),
        (credential(claims(roles=None)), "credential-unreadable"),
        (credential(claims(roles=["clinical-lead"])), "role-not-held"),
        (credential(claims(boards=["orkney"])), "board-not-covered"),
        (credential(claims(boards=None)), "board-not-covered"),
        (credential(key=RSAKey.generate_key(2048, {"kid": "rsa-2"})), "credential-key-unknown"),
        (credential(key=RSAKey.generate_key(2048, {"kid": "rsa-1"})), "credential-tampered"),
        (
            credential(algorithm="HS256", key=OctKey.import_key("s" * 32, {"kid": "rsa-1"})),
            "credential-unreadable",
        ),
        (credential(algorithm="RS384"), "credential-unreadable"),
        ("a" * 20_000, "credential-unreadable"),
    ],
)
def test_a_credential_that_does_not_hold_is_refused(text: str, code: str) -> None:
    """Each in one sentence."""
    outcome = verify_deed(deed(credential=text), issuer(), NOW)
    assert isinstance(outcome, Refusal), outcome
    assert outcome.code == code
    assert outcome.message.endswith(".")


def test_an_unsigned_credential_is_refused() -> None:
    """Whatever its header says of itself."""
    _, body, _ = credential().split(".")
    for algorithm in ("none", "None", "HS256"):
        head = json.dumps({"alg": algorithm, "kid": "rsa-1"}).encode()
        outcome = verify_deed(deed(credential=f"{jws.encode(head)}.{body}."), issuer(), NOW)
        assert isinstance(outcome, Refusal)
        assert outcome.code == "credential-unreadable"


def test_a_credential_is_worth_nothing_without_its_key() -> None:
    """Whoever reads it in a history cannot use it."""
    outcome = verify_deed(deed(key=PrivateKey.generate()), issuer(), NOW)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "credential-of-another-key"


@pytest.mark.parametrize("document", [None, [], {}, {"keys": []}, {"keys": [{"kty": "oct", "k": "AA"}]}, "x"])
def test_what_is_no_key_set_is_refused(document: Any) -> None:
    """And the former keys stay."""
    keys = TrustedKeys()
    keys.replace(jwks(RSA), "the test")
    with pytest.raises(IssuerRefused, match=r"^The test .* CAIRN_OIDC_JWKS\.$"):
        keys.replace(document, "The test")
    assert keys.find("rsa-1")


# --- a provider that answers --------------------------------------------------------------------------------


class Provider:
    """An identity provider's key server."""

    def __init__(self) -> None:
        self.keys: Any = jwks(RSA)
        self.asked = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Publish the keys."""
        del request
        self.asked += 1
        return web.json_response(self.keys)


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    """Return a provider that answers on a port of its own."""
    serving = Provider()
    app = web.Application()
    app.router.add_get("/jwks", serving.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    serving.url = f"http://127.0.0.1:{runner.addresses[0][1]}/jwks"
    yield serving
    await runner.cleanup()


def settings(**changes: Any) -> Settings:
    """A worker's settings with a provider."""
    named = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "directory": None, "directory_key": None}
    return Settings(**{**named, **changes})


async def until(condition: Callable[[], bool]) -> None:
    """Return once it is so."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # a worker's own thread asks, and nothing announces it
            await asyncio.sleep(0.01)


async def test_a_worker_fetches_the_keys_and_keeps_them(provider: Provider) -> None:
    """Once, however many decisions come."""
    async with trust.trusted(settings(oidc_jwks=provider.url)) as verify:
        for _ in range(20):
            assert verify(deed(), NOW) is None
    assert provider.asked == 1


async def test_a_key_that_is_new_is_fetched_when_it_is_first_met(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that rotates its keys is followed without a restart; a withdrawn key counts no longer."""
    monkeypatch.setattr(trust, "REST_BETWEEN", 0.01)
    async with trust.trusted(settings(oidc_jwks=provider.url)) as verify:
        by_new_key = deed(credential=credential(algorithm="ES256", key=EC))
        provider.keys = jwks(EC)
        refusal = verify(by_new_key, NOW)
        assert refusal
        assert refusal.code == "credential-key-unknown"
        await until(lambda: verify(by_new_key, NOW) is None)
        assert verify(deed(), NOW) is not None
        provider.keys = "out of order"
        before = provider.asked
        await until(lambda: verify(deed(), NOW) is not None and provider.asked > before)
        assert verify(by_new_key, NOW) is None


async def test_the_keys_may_stand_in_a_file(tmp_path: Path) -> None:
    """For those whose workers reach no provider."""
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(jwks(RSA)))
    async with trust.trusted(settings(oidc_jwks=str(file))) as verify:
        assert verify(deed(), NOW) is None


@pytest.mark.parametrize("path", ["/nothing", "/jwks"])
async def test_a_worker_whose_provider_does_not_answer_does_not_start(provider: Provider, path: str) -> None:
    """It says where it asked."""
    provider.keys = "nonsense"
    where = provider.url.replace("/jwks", path)
    with pytest.raises(IssuerRefused, match=rf"{where} .*CAIRN_OIDC_JWKS.*\.$"):
        async with trust.trusted(settings(oidc_jwks=where)):
            pass


async def test_keys_are_not_fetched_where_somebody_could_change_them() -> None:
    """Whoever can put a key among them can be anybody."""
    with pytest.raises(IssuerRefused, match="use https"):
        async with trust.trusted(settings(oidc_jwks="http://login.example.scot/jwks")):
            pass


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"oidc_issuer": ""}, "Nobody has said who may act, so no worker starts"),
        ({"oidc_jwks": ""}, "set CAIRN_OIDC_AUDIENCE and CAIRN_OIDC_JWKS"),
        ({"oidc_audience": ""}, "set CAIRN_OIDC_AUDIENCE and CAIRN_OIDC_JWKS"),
        ({"directory": Path("directory")}, "keep one and unset the other"),
        ({"oidc_issuer": "", "directory": Path("directory")}, "set CAIRN_DIRECTORY_KEY"),
    ],
)
async def test_a_worker_that_trusts_nobody_does_not_start(named: dict[str, Any], sentence: str) -> None:
    """Nor one that trusts two."""
    with pytest.raises(SettingsInvalid, match=sentence):
        async with trust.trusted(settings(**{"oidc_jwks": "jwks.json", **named})):
            pass
