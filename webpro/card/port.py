"""What signing in by a certificate asks of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.console import ConsoleEntry
from webpro.professional import Professional


class CardService(Protocol):
    """Say who a browser's certificate lets in."""

    @property
    def site_origin(self) -> str:
        """Give scheme, host and port of the console itself."""
        ...

    def ways(self, request: web.Request) -> Sequence[ConsoleEntry] | None:
        """List as whom the certificate of this connection lets in; None when the browser shows none.

        Raises:
            DirectoryUnavailable: who has which mailbox is not known now.
        """
        ...

    async def let_in(self, entry: ConsoleEntry, source: str) -> Professional | None:
        """Let somebody in, and write it into their trace; None when the entry stands no longer."""
        ...

    async def place_to_go_on(self, actor: Actor, token: str) -> str:
        """Give where somebody who came in goes on: to what waits for them by a secret of their browser, or home."""
        ...

    def refused(self, source: str) -> None:
        """Count a certificate that lets nobody in."""
        ...


CARD: web.AppKey[CardService] = web.AppKey("card")
"""Where handlers find it on the application."""
