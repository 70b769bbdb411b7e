"""Signed tokens of an OpenID provider, verified: signature, issuer, audience, times, nonce, level (OIDC Core §3.1.3.7).

Only RS256 and ES256, each with a key of its own kind: no unsigned token, and no public key taken for a shared secret
(RFC 8725 §3.1). The library checks signatures; what the claims must say is checked here, on the gateway's own clock.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from gateway.domain.errors import ProviderRefused
from gateway.openid.documents import IdToken, SigningKey, claims_read, read_as

ALGORITHMS = ("RS256", "ES256")
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 3600
_LONGEST = 60_000
_FEWEST_BITS, _MOST_BITS = 2048, 8192


class UnknownKey(ProviderRefused):
    """No key that is known has this name: the provider may have new ones."""


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an ID token must say; `levels` are the values of ``acr`` that are enough, empty for any."""

    issuer: str
    audience: str
    nonce: str
    levels: tuple[str, ...]
    now: datetime


def verified_octets(token: str, keys: Sequence[SigningKey]) -> bytes:
    """Give what a token holds, once its signature is right. Raises `ProviderRefused`, of it `UnknownKey`."""
    # Imported here: a gateway without a provider does without it.
    import jwt
    from jwt.api_jws import PyJWS

    if len(token) > _LONGEST or token.count(".") != 2 or not token.isascii():
        raise ProviderRefused("token.form")
    try:
        header = read_as(msgspec.json.encode(jwt.get_unverified_header(token)), _Header, "token.header")
        if header.alg not in ALGORITHMS:
            raise ProviderRefused("token.algorithm")
        key = jwt.PyJWK(_fields_of(_key_for(header, keys)), header.alg)
        size = getattr(key.key, "key_size", 0)
        if header.alg == "RS256" and not _FEWEST_BITS <= size <= _MOST_BITS:
            raise ProviderRefused("token.key")
        octets = PyJWS(algorithms=[header.alg]).decode(token, key, algorithms=[header.alg])
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise ProviderRefused("token.signature") from error
    # The stubs of the library say less than it does: octets as they were signed.
    return bytes(octets)


def id_token(token: str, keys: Sequence[SigningKey], expected: Expected) -> tuple[IdToken, dict[str, Any]]:
    """Verify an ID token; give what decides, and all claims. Raises `ProviderRefused`."""
    octets = verified_octets(token, keys)
    claims = read_as(octets, IdToken, "id_token")
    _check(claims, expected)
    return claims, claims_read(octets)


def _key_for(header: _Header, keys: Sequence[SigningKey]) -> SigningKey:
    fitting = [key for key in keys if key.algorithm == header.alg and header.kid in (None, key.kid)]
    if len(fitting) != 1:
        raise UnknownKey("token.key_unknown")
    return fitting[0]


def _fields_of(key: SigningKey) -> dict[str, str]:
    fields = {"kty": key.kty, "n": key.n, "e": key.e, "crv": key.crv, "x": key.x, "y": key.y}
    return {name: value for name, value in fields.items() if value is not None}


def _check(claims: IdToken, expected: Expected) -> None:
    now = expected.now.timestamp()
    right = {
        "issuer": claims.iss == expected.issuer,
        "audience": expected.audience in claims.audience
        and (len(claims.audience) == 1 or claims.azp is not None)
        and claims.azp in (None, expected.audience),
        "over": now < claims.exp + LEEWAY_SECONDS,
        "age": now - OLDEST_SECONDS < claims.iat < now + LEEWAY_SECONDS,
        "early": claims.nbf is None or claims.nbf < now + LEEWAY_SECONDS,
        "nonce": hmac.compare_digest((claims.nonce or "").encode("utf-8", "replace"), expected.nonce.encode()),
        "level": not expected.levels or claims.acr in expected.levels,
        "subject": bool(claims.sub),
    }
    wrong = [name for name, holds in right.items() if not holds]
    if wrong:
        raise ProviderRefused(f"id_token.{wrong[0]}")
