"""Signing in by a certificate, over `gateway.services.sign_in.professional_sign_in`."""

import ssl
from collections.abc import Sequence

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.console import ConsoleEntry
from gateway.domain.errors import DirectoryUnavailable, PliError
from gateway.services.openings.paused_openings import PausedOpenings
from webpro.coming_back import place_to_go_on
from webpro.professional import Professional, professional_of
from webpro.services import ConsoleServices


class CardSteps:
    """Implements `webpro.card.port.CardService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._entry = services.entry
        self._identify = services.identify
        self._site_origin = services.site_origin
        self._paused = PausedOpenings(services.store, services.clock)

    @property
    def site_origin(self) -> str:
        """Give scheme, host and port of the console itself."""
        return self._site_origin

    def ways(self, request: web.Request) -> Sequence[ConsoleEntry] | None:
        """List as whom the certificate of this connection lets in; None when the browser shows none."""
        connection: ssl.SSLObject | None = request.get_extra_info("ssl_object")
        try:
            peer = self._identify(connection) if connection else None
            return None if peer is None else self._entry.ways_of_certificate(peer)
        except DirectoryUnavailable:
            raise
        except PliError:  # an authority's own certificate, or ours
            return ()

    async def let_in(self, entry: ConsoleEntry, source: str) -> Professional | None:
        """Let somebody in, and write it into their trace; None when the entry stands no longer."""
        actor = await self._entry.let_in(entry, source)
        return None if actor is None else professional_of(actor, entry)

    async def place_to_go_on(self, actor: Actor, token: str) -> str:
        """Give where somebody who came in goes on."""
        return await place_to_go_on(self._paused, actor, token)

    def refused(self, source: str) -> None:
        """Count a certificate that lets nobody in."""
        self._entry.refused(source)
