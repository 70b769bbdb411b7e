"""What the pages of the synthesis and of the card for emergencies ask of the services."""

from collections.abc import Collection, Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.synthesis import SynthesisPart
from webmail.file_streams import File
from webmail.synthesis.card_wording import EmergencyCard


class SynthesisService(Protocol):
    """Make papers of a profile; a making that takes too long raises `ReaderFailed`."""

    async def synthesis_parts(self, actor: Actor) -> Sequence[SynthesisPart]:
        """Give the parts that were chosen last."""
        ...

    async def choose_synthesis_parts(self, actor: Actor, parts: Collection[SynthesisPart]) -> None:
        """Keep which parts are wanted."""
        ...

    async def synthesis_file(self, actor: Actor, parts: Collection[SynthesisPart]) -> File:
        """Make the synthesis of some parts as a PDF."""
        ...

    async def emergency_card(self, actor: Actor) -> EmergencyCard:
        """Give what rescuers should know."""
        ...

    async def emergency_card_file(self, actor: Actor, *, with_code: bool) -> File:
        """Make the card as a PDF; `with_code` prints the same words once more as a QR code."""
        ...


SYNTHESIS: web.AppKey[SynthesisService] = web.AppKey("synthesis")
"""Where handlers find it on the application."""
