"""What the page of help asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.help.model import HelpForm, HelpProblem


class HelpService(Protocol):
    """Take requests for help."""

    def can_help(self) -> bool:
        """Say whether there is anybody to ask."""
        ...

    async def ask_help(self, actor: Actor | None, source: str, form: HelpForm) -> str | HelpProblem:
        """Send a request and give its number; `actor` is None for somebody who is not signed in."""
        ...


HELP: web.AppKey[HelpService] = web.AppKey("help")
"""Where handlers find it on the application."""
