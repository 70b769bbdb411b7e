"""What an OpenID provider publishes and answers, read strictly (OpenID Connect Discovery §3, RFC 7517).

Opens no connection. Nothing is believed that is not of its type; what is not needed is passed over unread.
"""

from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from gateway.domain.errors import ProviderRefused

_MOST_KEYS = 50
_BASIC, _POST = "client_secret_basic", "client_secret_post"
T = TypeVar("T")


class ProviderDocument(msgspec.Struct, frozen=True):
    """Where a provider is asked what."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False

    @property
    def takes_secret_in_form(self) -> bool:
        """Say whether the client's secret goes into the form: where the header is not taken (OIDC Core §9)."""
        methods = self.token_endpoint_auth_methods_supported
        return methods is not None and _BASIC not in methods and _POST in methods


class SigningKey(msgspec.Struct, frozen=True):
    """A public key of the provider, as it is published."""

    kty: str
    kid: str | None = None
    use: str | None = None
    alg: str | None = None
    n: str | None = None
    e: str | None = None
    crv: str | None = None
    x: str | None = None
    y: str | None = None

    @property
    def algorithm(self) -> str:
        """Give the one algorithm that it may verify here; empty when there is none."""
        fits = {"RSA": self.alg in (None, "RS256"), "EC": self.crv == "P-256" and self.alg in (None, "ES256")}
        return {"RSA": "RS256", "EC": "ES256"}[self.kty] if fits.get(self.kty) and self.use in (None, "sig") else ""


class _KeySet(msgspec.Struct, frozen=True):
    keys: tuple[msgspec.Raw, ...]


class TokenAnswer(msgspec.Struct, frozen=True):
    """What a code was exchanged for (OIDC Core §3.1.3.3)."""

    access_token: str
    token_type: str
    id_token: str


class IdToken(msgspec.Struct, frozen=True):
    """The claims of an ID token that decide (OIDC Core §2)."""

    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: int | float
    iat: int | float
    nonce: str | None = None
    acr: str | None = None
    azp: str | None = None
    nbf: int | float | None = None

    @property
    def audience(self) -> tuple[str, ...]:
        """Give whom it was made for."""
        return (self.aud,) if isinstance(self.aud, str) else self.aud


def provider_document(data: bytes, issuer: str) -> ProviderDocument:
    """Read the document of an issuer. Raises `ProviderRefused`, also when it is of another issuer."""
    document = read_as(data, ProviderDocument, "discovery")
    if document.issuer != issuer:
        raise ProviderRefused("discovery.issuer")
    places = document.authorization_endpoint, document.token_endpoint, document.jwks_uri
    further = document.userinfo_endpoint, document.end_session_endpoint
    if not all(map(is_https, places + tuple(place for place in further if place))):
        raise ProviderRefused("discovery.places")
    return document


def signing_keys(data: bytes) -> tuple[SigningKey, ...]:
    """Read a key set; keys that cannot verify here are left out. Raises `ProviderRefused`."""
    raw = read_as(data, _KeySet, "keys").keys[:_MOST_KEYS]
    keys = (_key_of(bytes(one)) for one in raw)
    return tuple(key for key in keys if key is not None and key.algorithm)


def _key_of(data: bytes) -> SigningKey | None:
    try:
        return read_as(data, SigningKey, "keys")
    except ProviderRefused:
        return None


def token_answer(data: bytes) -> TokenAnswer:
    """Read what a code was exchanged for. Raises `ProviderRefused`."""
    answer = read_as(data, TokenAnswer, "token")
    # It goes into a header as it is: nothing but what RFC 6750 §2.1 allows.
    fits = answer.access_token.isascii() and answer.access_token.isprintable() and " " not in answer.access_token
    if answer.token_type.lower() != "bearer" or not answer.access_token or not fits:
        raise ProviderRefused("token.type")
    return answer


def claims_read(data: bytes) -> dict[str, Any]:  # Any: whatever the provider says; each claim is looked at where used
    """Read claims. Raises `ProviderRefused`."""
    return read_as(data, dict[str, Any], "claims")


def read_as(data: bytes, wanted: type[T], what: str) -> T:
    """Read JSON of a type. Raises `ProviderRefused`, naming what it was and nothing that it said."""
    try:
        return msgspec.json.decode(data, type=wanted)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise ProviderRefused(f"{what}.form") from error


def is_https(place: str) -> bool:
    """Say whether a place is an address that we may ask: https, a host, no name or password in it, no fragment."""
    try:
        parts = urlsplit(place)
        fits = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
        return fits and not parts.fragment and place.isascii() and place.isprintable() and " " not in place
    except ValueError:
        return False
