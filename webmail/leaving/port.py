"""What the pages of leaving ask of the services."""

from datetime import date
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.leaving.model import AwaySpace, LeavingRefusal


class LeavingService(Protocol):
    """Close, reopen and erase a space."""

    @property
    def erasure_code_minutes(self) -> int:
        """Say for how many minutes a code is good."""
        ...

    def erasure_day(self) -> date:
        """Give the day of an erasure that is asked for now and may be taken back."""
        ...

    async def close_space(self, actor: Actor) -> None:
        """Close the space; every session of it ends."""
        ...

    async def away_space(self, actor: Actor) -> AwaySpace | None:
        """Say what the holder of a closed space finds; None when it is open."""
        ...

    async def reopen_space(self, actor: Actor) -> bool:
        """Open the space again; say whether an erasure was cancelled. Raises `Conflict`."""
        ...

    async def ask_erasure(self, actor: Actor) -> bytes:
        """Close the space and have it erased later; give the proof, a PDF file."""
        ...

    async def proof_of_asking(self, actor: Actor) -> bytes:
        """Give that proof again. Raises `Conflict`."""
        ...

    async def send_erasure_code(self, actor: Actor) -> LeavingRefusal | None:
        """Send a fresh code."""
        ...

    async def confirm_erasure(self, actor: Actor, typed: str) -> str | LeavingRefusal:
        """Spend the code; give what the last confirmation bears."""
        ...

    async def erase_space_now(self, actor: Actor, confirmed: str) -> bytes | LeavingRefusal:
        """Erase the space at once; give the proof, a PDF file."""
        ...


LEAVING: web.AppKey[LeavingService] = web.AppKey("leaving")
"""Where handlers find it on the application."""
