"""Signing in by a certificate, over `gateway.services.sign_in.agent_sign_in`."""

import ssl

from aiohttp import web

from gateway.domain.agents import AgentEntry
from gateway.domain.errors import PliError
from webagent.agent import SignedInAgent, signed_in_agent
from webagent.services import AgentServices


class CertificateSteps:
    """Implements `webagent.certificate.port.CertificateService`."""

    def __init__(self, services: AgentServices) -> None:
        self._entry = services.entry
        self._identify = services.identify
        self._site_origin = services.site_origin

    @property
    def site_origin(self) -> str:
        """Give scheme, host and port of the site itself."""
        return self._site_origin

    def shows_one(self, request: web.Request) -> bool:
        """Say whether the browser shows a certificate."""
        connection: ssl.SSLObject | None = request.get_extra_info("ssl_object")
        return connection is not None and connection.getpeercert(binary_form=True) is not None

    async def entry(self, request: web.Request) -> AgentEntry | None:
        """Say which agent the certificate of this connection lets in; None for nobody."""
        connection: ssl.SSLObject | None = request.get_extra_info("ssl_object")
        try:
            peer = self._identify(connection) if connection else None
        except PliError:  # an authority's own certificate, or ours
            return None
        return None if peer is None else await self._entry.entry_by(peer)

    async def let_in(self, entry: AgentEntry, source: str) -> SignedInAgent | None:
        """Let an agent in, and write it into the operator's trace; None when the entry stands no longer."""
        actor = await self._entry.let_in(entry, source)
        return None if actor is None else signed_in_agent(actor, entry)

    def refused(self, source: str) -> None:
        """Count a certificate that lets nobody in."""
        self._entry.refused(source)
