"""Signing in at an OpenID provider, as values: what is asked, brought back, proven (OpenID Connect Core §3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class AuthorizationRequest:
    """What a browser takes to the provider.

    Attributes:
        return_to: our page that it comes back to, as the provider has registered it.
        challenge: SHA-256 of the verifier, in base64url (RFC 7636 §4.2).
    """

    return_to: str
    state: str
    nonce: str
    challenge: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ProviderReturn:
    """What a browser brings back; any of it may be anything.

    Attributes:
        issuer: who says to have sent it (RFC 9207); empty where the provider does not say.
        error: why there is no code; empty for none.
    """

    state: str
    code: str
    issuer: str
    error: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class CodeExchange:
    """A code to be exchanged, with what proves that it is ours.

    Attributes:
        issuer: as in `ProviderReturn`.
        after_logout: our page that the browser comes to once it is signed out at the provider.
    """

    code: str
    issuer: str
    return_to: str
    verifier: str
    nonce: str
    after_logout: str


@dataclass(frozen=True, slots=True, repr=False)
class ProvenClaims:
    """What the provider says of whoever signed in; `logout` is where they sign out of it, empty when there is none."""

    claims: Mapping[str, object]
    logout: str = ""

    def __repr__(self) -> str:
        """Hide the person."""
        return "ProvenClaims(…)"
