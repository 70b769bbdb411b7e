"""Leaving, for pages that are looked at: nothing is closed, and nothing is erased."""

from datetime import date

from gateway.domain.access import Actor
from webmail.leaving.model import AwaySpace, LeavingRefusal

ERASURE_CODE, CONFIRMATION, PROOF = "246810", "confirmed", b"%PDF-1.7 proof"
ERASED_ON, KEPT_UNTIL = date(2026, 12, 29), date(2036, 11, 29)


class NobodyLeaves:
    """Satisfies `webmail.leaving.port.LeavingService`; `away` is what the holder of a closed space finds."""

    away: AwaySpace | None = None

    @property
    def erasure_code_minutes(self) -> int:
        """Give ten."""
        return 10

    def erasure_day(self) -> date:
        """Give a day."""
        return ERASED_ON

    async def close_space(self, actor: Actor) -> None:
        """Close nothing."""

    async def away_space(self, actor: Actor) -> AwaySpace | None:  # noqa: ARG002 - the port's name
        """Say what was set."""
        return self.away

    async def reopen_space(self, actor: Actor) -> bool:  # noqa: ARG002 - the port's name
        """Say whether an erasure was asked for."""
        return self.away is not None and self.away.erase_on is not None

    async def ask_erasure(self, actor: Actor) -> bytes:  # noqa: ARG002 - the port's name
        """Give a proof."""
        return PROOF

    async def proof_of_asking(self, actor: Actor) -> bytes:  # noqa: ARG002 - the port's name
        """Give a proof."""
        return PROOF

    async def send_erasure_code(self, actor: Actor) -> LeavingRefusal | None:  # noqa: ARG002 - the port's name
        """Send none."""
        return None

    async def confirm_erasure(self, actor: Actor, typed: str) -> str | LeavingRefusal:  # noqa: ARG002
        """Know one code."""
        return CONFIRMATION if typed == ERASURE_CODE else LeavingRefusal.WRONG_CODE

    async def erase_space_now(self, actor: Actor, confirmed: str) -> bytes | LeavingRefusal:  # noqa: ARG002
        """Give a proof for what was confirmed."""
        return PROOF if confirmed == CONFIRMATION else LeavingRefusal.CODE_OVER
