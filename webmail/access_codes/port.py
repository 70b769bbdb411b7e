"""What the page of access codes asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.record_openings import CodeLife, OpenFor
from webmail.access_codes.model import GivenAccesses, NewCode


class AccessCodeService(Protocol):
    """Make codes, list what is open, end it."""

    async def given_accesses(self, actor: Actor) -> GivenAccesses:
        """List codes that may still be used, and records that are open."""
        ...

    async def make_access_code(self, actor: Actor, life: CodeLife, opens: OpenFor) -> NewCode:
        """Make a code. Raises `Conflict` when there are as many as may be."""
        ...

    async def cancel_access_code(self, actor: Actor, name: str) -> None:
        """Take a code back. Raises `NotFound`."""
        ...

    async def end_opening(self, actor: Actor, name: str) -> None:
        """End what is open to somebody. Raises `NotFound`."""
        ...


ACCESS_CODES: web.AppKey[AccessCodeService] = web.AppKey("access_codes")
"""Where handlers find it on the application."""
