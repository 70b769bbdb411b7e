"""The way in to the agents' site, as the settings open it."""

from webagent.certificate.routes import CERTIFICATE_PATH
from webagent.services import AgentServices


class AgentDoors:
    """Implements `webagent.sign_in.port.AgentDoor`."""

    def __init__(self, services: AgentServices) -> None:
        self._card_origin = services.card_origin

    @property
    def certificate_page(self) -> str:
        """Give the address at which a browser shows its certificate; empty when that way is not open."""
        return f"{self._card_origin}{CERTIFICATE_PATH}" if self._card_origin else ""
