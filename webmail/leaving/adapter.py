"""Leaving, over `gateway.services.space.leaving`."""

from datetime import date

from gateway.domain.access import Actor
from gateway.services.space.leaving import LeavingFault
from webmail.leaving.model import AwaySpace, LeavingRefusal
from webmail.services import SpaceServices


class LeavingPages:
    """Implements `webmail.leaving.port.LeavingService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._leaving = services.leaving

    @property
    def erasure_code_minutes(self) -> int:
        """Say for how many minutes a code is good."""
        return int(self._leaving.code_lifetime.total_seconds() // 60)

    def erasure_day(self) -> date:
        """Give the day of an erasure that is asked for now and may be taken back."""
        return self._leaving.erasure_day()

    async def close_space(self, actor: Actor) -> None:
        """Close the space; every session of it ends."""
        await self._leaving.close(actor)

    async def away_space(self, actor: Actor) -> AwaySpace | None:
        """Say what the holder of a closed space finds; None when it is open."""
        found = await self._leaving.closed(actor)
        return AwaySpace(found.kept_until, found.erase_on, found.may_reopen) if found else None

    async def reopen_space(self, actor: Actor) -> bool:
        """Open the space again; say whether an erasure was cancelled. Raises `Conflict`."""
        return await self._leaving.reopen(actor)

    async def ask_erasure(self, actor: Actor) -> bytes:
        """Close the space and have it erased later; give the proof, a PDF file."""
        return await self._leaving.ask_erasure(actor)

    async def proof_of_asking(self, actor: Actor) -> bytes:
        """Give that proof again. Raises `Conflict`."""
        return await self._leaving.proof_of_asking(actor)

    async def send_erasure_code(self, actor: Actor) -> LeavingRefusal | None:
        """Send a fresh code."""
        fault = await self._leaving.send_code(actor)
        return LeavingRefusal(fault.value) if fault else None

    async def confirm_erasure(self, actor: Actor, typed: str) -> str | LeavingRefusal:
        """Spend the code; give what the last confirmation bears."""
        answer = await self._leaving.confirm(actor, typed)
        return LeavingRefusal(answer.value) if isinstance(answer, LeavingFault) else answer

    async def erase_space_now(self, actor: Actor, confirmed: str) -> bytes | LeavingRefusal:
        """Erase the space at once; give the proof, a PDF file."""
        answer = await self._leaving.erase_now(actor, confirmed)
        return LeavingRefusal(answer.value) if isinstance(answer, LeavingFault) else answer
