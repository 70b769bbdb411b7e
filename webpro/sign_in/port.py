"""What signing in to the console asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.console import ConsoleEntry
from gateway.domain.openid import ProviderReturn
from gateway.services.sign_in.professional_provider import ComeBackFault, ProvenWays
from gateway.services.sign_in.provider_visits import ProviderDeparture
from webpro.professional import Professional


class ConsoleDoor(Protocol):
    """The ways in that the operator has opened."""

    @property
    def card_page(self) -> str:
        """Give the address at which a browser shows its certificate; empty when that way is not open."""
        ...

    @property
    def provider_name(self) -> str:
        """Give what people call the provider; empty when there is none."""
        ...

    async def leave(self, return_to: str) -> ProviderDeparture | None:
        """Send a browser to the provider; None when that does not answer, or there is none."""
        ...

    async def come_back(
        self, kept: str, brought: ProviderReturn, source: str, *, return_to: str, after_logout: str
    ) -> ProvenWays | ComeBackFault:
        """Take a browser back; see `ProfessionalProvider.come_back`."""
        ...

    async def choices(self, token: str) -> tuple[ConsoleEntry, ...]:
        """Give what somebody who came back may choose from."""
        ...

    async def chosen(self, token: str, number: int) -> ConsoleEntry | None:
        """Give what they chose, once."""
        ...

    async def let_in(self, entry: ConsoleEntry, source: str) -> Professional | None:
        """Let somebody in, and write it into their trace; None when the entry stands no longer."""
        ...

    async def place_to_go_on(self, actor: Actor, token: str) -> str:
        """Give where somebody who came in goes on: to what waits for them by a secret of their browser, or home."""
        ...


CONSOLE_DOOR: web.AppKey[ConsoleDoor] = web.AppKey("console_door")
"""Where handlers find it on the application."""
