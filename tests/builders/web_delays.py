"""What Camille puts off, for pages that are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.services.withholding.display_delays import ChosenDelays


@dataclass
class DelaysOfTests:
    """Satisfies `webmail.delays.port.DelayService`."""

    put_off: dict[DocumentCategory, int] = field(default_factory=lambda: {DocumentCategory.BIOLOGY: 7})
    waiting: int = 2

    async def chosen_delays(self, _: Actor) -> ChosenDelays:
        """Give what was chosen."""
        return ChosenDelays(days=self.put_off, waiting=self.waiting)

    async def choose_delays(self, _: Actor, days: Mapping[DocumentCategory, int]) -> None:
        """Note it."""
        self.put_off = {kind: number for kind, number in days.items() if number}

    async def show_what_waits(self, _: Actor) -> None:
        """Let nothing wait."""
        self.waiting = 0
