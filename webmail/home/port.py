"""What the first page asks of the services."""

from typing import Protocol

from webmail.home.model import Home
from webmail.signed_in import Viewer


class HomeService(Protocol):
    """Read the first page."""

    async def home(self, viewer: Viewer) -> Home:
        """Give what the first page shows; reading it marks nothing as read."""
        ...
