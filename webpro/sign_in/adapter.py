"""The ways in to the console, as the settings open them."""

from gateway.domain.access import Actor
from gateway.domain.console import ConsoleEntry
from gateway.domain.openid import ProviderReturn
from gateway.services.openings.paused_openings import PausedOpenings
from gateway.services.sign_in.professional_provider import ComeBackFault, ProvenWays
from gateway.services.sign_in.provider_visits import ProviderDeparture
from webpro.card.routes import CARD_PATH
from webpro.coming_back import place_to_go_on
from webpro.professional import Professional, professional_of
from webpro.services import ConsoleServices


class ConsoleDoors:
    """Implements `webpro.sign_in.port.ConsoleDoor`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._card_origin = services.card_origin
        self._entry = services.entry
        self._provider = services.provider
        self._paused = PausedOpenings(services.store, services.clock)

    @property
    def card_page(self) -> str:
        """Give the address at which a browser shows its certificate; empty when that way is not open."""
        return f"{self._card_origin}{CARD_PATH}" if self._card_origin else ""

    @property
    def provider_name(self) -> str:
        """Give what people call the provider; empty when there is none."""
        return self._provider.name if self._provider else ""

    async def leave(self, return_to: str) -> ProviderDeparture | None:
        """Send a browser to the provider; None when that does not answer, or there is none."""
        return await self._provider.leave(return_to) if self._provider else None

    async def come_back(
        self, kept: str, brought: ProviderReturn, source: str, *, return_to: str, after_logout: str
    ) -> ProvenWays | ComeBackFault:
        """Take a browser back."""
        if self._provider is None:
            return ComeBackFault.OVER
        return await self._provider.come_back(
            kept, brought, source, return_to=return_to, after_logout=after_logout
        )

    async def choices(self, token: str) -> tuple[ConsoleEntry, ...]:
        """Give what somebody who came back may choose from."""
        return await self._provider.choices(token) if self._provider and token else ()

    async def chosen(self, token: str, number: int) -> ConsoleEntry | None:
        """Give what they chose, once."""
        return await self._provider.chosen(token, number) if self._provider and token else None

    async def let_in(self, entry: ConsoleEntry, source: str) -> Professional | None:
        """Let somebody in, and write it into their trace; None when the entry stands no longer."""
        actor = await self._entry.let_in(entry, source)
        return None if actor is None else professional_of(actor, entry)

    async def place_to_go_on(self, actor: Actor, token: str) -> str:
        """Give where somebody who came in goes on."""
        return await place_to_go_on(self._paused, actor, token)
