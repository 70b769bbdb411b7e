"""What signing in to the console asks of the services."""

from typing import Protocol

from aiohttp import web


class ConsoleDoor(Protocol):
    """The ways in that the operator has opened."""

    @property
    def card_page(self) -> str:
        """Give the address at which a browser shows its certificate; empty when that way is not open."""
        ...


CONSOLE_DOOR: web.AppKey[ConsoleDoor] = web.AppKey("console_door")
"""Where handlers find it on the application."""
