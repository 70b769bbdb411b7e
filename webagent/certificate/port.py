"""What signing in by a certificate asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.agents import AgentEntry
from webagent.agent import SignedInAgent


class CertificateService(Protocol):
    """Say which agent a browser's certificate lets in."""

    @property
    def site_origin(self) -> str:
        """Give scheme, host and port of the site itself."""
        ...

    def shows_one(self, request: web.Request) -> bool:
        """Say whether the browser shows a certificate."""
        ...

    async def entry(self, request: web.Request) -> AgentEntry | None:
        """Say which agent the certificate of this connection lets in; None for nobody."""
        ...

    async def let_in(self, entry: AgentEntry, source: str) -> SignedInAgent | None:
        """Let an agent in, and write it into the operator's trace; None when the entry stands no longer."""
        ...

    def refused(self, source: str) -> None:
        """Count a certificate that lets nobody in."""
        ...


CERTIFICATE: web.AppKey[CertificateService] = web.AppKey("agent_certificate")
"""Where handlers find it on the application."""
