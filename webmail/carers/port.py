"""What the pages of carers ask of the services."""

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.carers import CarerTerms
from gateway.domain.mandates import NamedPerson
from gateway.services.representation.offers import MadeOffer
from webmail.carers.model import ShownCarer
from webmail.file_streams import File


class CarerService(Protocol):
    """Ask carers, change what they may do, end it."""

    async def carers(self, actor: Actor) -> Sequence[ShownCarer]:
        """List the carers of the space, and who was asked to be one."""
        ...

    async def carer(self, actor: Actor, name: str) -> ShownCarer:
        """Give one of them. Raises `NotFound`."""
        ...

    async def invite_carer(self, actor: Actor, asked: NamedPerson, terms: CarerTerms) -> MadeOffer:
        """Ask somebody to be a carer. Raises `InvalidValue` or `Conflict`."""
        ...

    async def change_carer(self, actor: Actor, name: str, terms: CarerTerms) -> None:
        """Give a carer more or less. Raises `InvalidValue` or `NotFound`."""
        ...

    async def end_carer(self, actor: Actor, name: str) -> None:
        """End what a carer may do, or take an invitation back. Raises `NotFound`."""
        ...

    async def carer_proof(self, actor: Actor, name: str) -> File:
        """Make the proof of what a carer was given, a PDF. Raises `NotFound`."""
        ...


CARERS: web.AppKey[CarerService] = web.AppKey("carers")
"""Where handlers find it on the application."""
