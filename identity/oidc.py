"""People as an identity provider knows them: a signed credential, bound to the key of its holder.

The credential names roles and boards and, in `cnf`, the one key that may use it (RFC 7800). So it is worth
nothing without that key, and may travel beside decisions that are kept for ever.
"""

import json
import re
import threading
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from pydantic import ValidationError

from domain.refusal import Refusal
from identity import jws
from identity.directory import Key, Person
from identity.errors import IssuerRefused, KeyUnusable
from identity.keys import PublicKey, as_public
from identity.people import Bearer

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
"""What a provider may sign with; nothing symmetric, and never nothing."""

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

SIZE_LIMIT = 16 * 1024
"""Characters of a credential."""

SKEW_SECONDS = 5

AsymmetricKey = RSAKey | ECKey | OKPKey

_warnings = threading.Lock()


@dataclass(frozen=True)
class Terms:
    """What a credential must say, and where it says the rest.

    Attributes:
        issuer: Who must have issued it.
        audience: For whom.
        name: The claim that names the person.
        roles: The claim that lists the roles; a dot leads into a claim, as in ``realm_access.roles``.
        boards: The claim that lists the boards, or says ``all``.
    """

    issuer: str
    audience: str
    name: str = "sub"
    roles: str = "roles"
    boards: str = "boards"


class TrustedKeys:
    """The provider's public keys as they were last published."""

    def __init__(self) -> None:
        self._keys: dict[str, AsymmetricKey] = {}
        self.wanting = threading.Event()
        """Set when a credential names a key that is not here: it may have been published since."""

    def replace(self, document: Any, where: str) -> None:
        """Take the keys of a JSON Web Key Set in place of the former ones.

        Raises:
            IssuerRefused: It is none, or holds no key that could have signed a credential.
        """
        listed = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(listed, list):
            raise IssuerRefused(f"{where} is no JSON Web Key Set: correct CAIRN_OIDC_JWKS.")
        read = [_import_key(members) for members in listed if isinstance(members, dict)]
        keys = {str(key.kid): key for key in read if key is not None}
        if not keys:
            raise IssuerRefused(
                f"{where} holds no public key with a key id for signatures: correct CAIRN_OIDC_JWKS."
            )
        self._keys = keys

    def find(self, kid: str) -> AsymmetricKey | None:
        """The key of that id."""
        key = self._keys.get(kid)
        if key is None:
            self.wanting.set()
        return key


class Issuer:
    """An identity provider that says who may act.

    Args:
        terms: What its credentials must say.
        keys: Its public keys.
    """

    def __init__(self, terms: Terms, keys: TrustedKeys) -> None:
        self._terms = terms
        self._keys = keys

    def find(self, subject: str, key_id: str, credential: str, now: datetime) -> Bearer | Refusal:
        """Whoever the credential says bears that name and that key."""
        claims = self._verify(credential)
        if isinstance(claims, Refusal):
            return claims
        if refusal := self._check_terms(claims, now):
            return refusal
        try:
            key = as_public(dict(claims["cnf"]["jwk"]), "The credential's cnf claim")
            person = self._person(claims, key, now)
        except (KeyError, TypeError, ValueError, KeyUnusable, ValidationError):
            return _refuse("unreadable", "does not say who acts in which roles with which Ed25519 key")
        if person.name != subject:
            return _refuse("of-another", f'is that of "{person.name}" and "{subject}" signed')
        if key.id != key_id:
            return _refuse("of-another-key", f"is bound to key {key.id} and key {key_id} signed")
        return Bearer(person, key)

    def _verify(self, credential: str) -> dict[str, Any] | Refusal:
        if not credential:
            return _refuse("missing", "did not come with the decision")
        header = _header(credential)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS or not isinstance(kid, str):
            return _refuse("unreadable", f"is not signed by a named key with {', '.join(ALGORITHMS)}")
        key = self._keys.find(kid)
        if key is None:
            return _refuse("key-unknown", f"is signed by key {kid}, which its issuer does not publish")
        try:
            with _warnings, warnings.catch_warnings():
                # Providers still write EdDSA where RFC 9864 would have Ed25519.
                warnings.simplefilter("ignore", SecurityWarning)
                return dict(jwt.decode(credential, key, algorithms=[str(algorithm)]).claims)
        except (JoseError, ValueError, TypeError):
            return _refuse("tampered", "was not signed by the key that it names")

    def _check_terms(self, claims: dict[str, Any], now: datetime) -> Refusal | None:
        audience = claims.get("aud")
        seconds = now.timestamp()
        if claims.get("iss") != self._terms.issuer:
            return _refuse("of-another-issuer", f"was not issued by {self._terms.issuer}")
        if self._terms.audience not in (audience if isinstance(audience, list) else [audience]):
            return _refuse("for-another-audience", f"was not issued for {self._terms.audience}")
        if not _is_number(claims.get("exp")) or claims["exp"] + SKEW_SECONDS <= seconds:
            return _refuse("expired", "has expired, or does not say when it does")
        if any(
            _is_number(claims.get(name)) and claims[name] - SKEW_SECONDS > seconds for name in ("nbf", "iat")
        ):
            return _refuse("not-yet-valid", "counts only later")
        return None

    def _person(self, claims: dict[str, Any], key: PublicKey, now: datetime) -> Person:
        boards = _look_up(claims, self._terms.boards)
        issued = claims.get("iat")
        since = datetime.fromtimestamp(float(issued), UTC) if issued and _is_number(issued) else now
        return Person.model_validate(
            {
                "name": _look_up(claims, self._terms.name),
                "roles": _slugs(_look_up(claims, self._terms.roles)),
                "boards": boards if boards == "all" else _slugs(boards or []),
                "keys": (Key(key=key, since=since),),
            }
        )


def _slugs(names: Any) -> tuple[str, ...]:
    """Those of a provider's names that could be a programme's; it has others, for other services.

    Raises:
        TypeError: They are no list.
    """
    if not isinstance(names, list):
        raise TypeError("no list of names")
    return tuple(name for name in names if isinstance(name, str) and SLUG.fullmatch(name))


def _import_key(members: dict[str, Any]) -> AsymmetricKey | None:
    """The key that could have signed a credential; ``None`` where these are the members of no such key."""
    kinds: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    kind = kinds.get(str(members.get("kty")))
    if kind is None or not members.get("kid") or members.get("use", "sig") != "sig":
        return None
    try:
        return kind.import_key(members)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _refuse(code: str, what: str) -> Refusal:
    return Refusal(
        code=f"credential-{code}", message=f"The credential {what}: sign in again and take a new one."
    )


def _header(credential: str) -> dict[str, Any]:
    raw = jws.decode(credential.partition(".")[0]) if len(credential) <= SIZE_LIMIT else None
    try:
        header = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) else {}


def _look_up(claims: dict[str, Any], path: str) -> Any:
    if path in claims:  # a provider's own claims are often named like addresses, dots and all
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
