"""Somebody else's proof of who a person is: an OpenID provider, such as FranceConnect."""

from typing import Protocol

from gateway.domain.openid import AuthorizationRequest, CodeExchange, ProvenClaims


class IdentityProvider(Protocol):
    """One provider, chosen by the operator."""

    @property
    def name(self) -> str:
        """Give what people call it."""
        ...

    async def authorization_url(self, asked: AuthorizationRequest) -> str:
        """Give where a browser goes to sign in. Raises `ProviderUnavailable`, `ProviderRefused`."""
        ...

    async def claims_of(self, exchange: CodeExchange) -> ProvenClaims:
        """Exchange a code, and give what is proven. Raises `ProviderUnavailable`, `ProviderRefused`."""
        ...
