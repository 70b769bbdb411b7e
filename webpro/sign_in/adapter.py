"""The ways in to the console, as the settings open them."""

from webpro.card.routes import CARD_PATH
from webpro.services import ConsoleServices


class ConsoleDoors:
    """Implements `webpro.sign_in.port.ConsoleDoor`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._card_origin = services.card_origin

    @property
    def card_page(self) -> str:
        """Give the address at which a browser shows its certificate; empty when that way is not open."""
        return f"{self._card_origin}{CARD_PATH}" if self._card_origin else ""
