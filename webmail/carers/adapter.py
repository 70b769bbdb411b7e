"""Carers, over `gateway.services.representation`."""

from collections.abc import Sequence

from gateway.domain.access import Actor
from gateway.domain.carers import CarerTerms, levels_of
from gateway.domain.errors import NotFound
from gateway.domain.mandates import NamedPerson
from gateway.services.representation.carer_proofs import CarerProofs
from gateway.services.representation.carers import Carer, Carers
from gateway.services.representation.endings import MandateEndings
from gateway.services.representation.offers import MadeOffer, MandateOffers
from webmail.carer_papers import carer_file
from webmail.carer_words import last_day_before
from webmail.carers.model import ShownCarer
from webmail.file_streams import File
from webmail.references import number_of, reference_of
from webmail.services import SpaceServices


class CarerPages:
    """Implements `webmail.carers.port.CarerService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._carers = Carers(services.store, services.clock)
        self._offers = MandateOffers(services.store, services.clock)
        self._endings = MandateEndings(services.store, services.clock)
        self._carer_proofs = CarerProofs(services.store, services.clock)
        self._carer_papers = services.papers

    async def carers(self, actor: Actor) -> Sequence[ShownCarer]:
        """List the carers of the space, and who was asked to be one."""
        return [_shown(one) for one in await self._carers.all_of(actor)]

    async def carer(self, actor: Actor, name: str) -> ShownCarer:
        """Give one of them."""
        found = next((one for one in await self.carers(actor) if one.name == name), None)
        if found is None:
            raise NotFound("there is no such carer")
        return found

    async def invite_carer(self, actor: Actor, asked: NamedPerson, terms: CarerTerms) -> MadeOffer:
        """Ask somebody to be a carer."""
        return await self._carers.invite(actor, asked, terms)

    async def change_carer(self, actor: Actor, name: str, terms: CarerTerms) -> None:
        """Give a carer more or less."""
        await self._carers.change(actor, number_of(name), terms)

    async def end_carer(self, actor: Actor, name: str) -> None:
        """End what a carer may do, or take an invitation back."""
        found = await self.carer(actor, name)
        end = self._offers.withdraw if found.waits else self._endings.take_back
        await end(actor, number_of(name))

    async def carer_proof(self, actor: Actor, name: str) -> File:
        """Make the proof of what a carer was given."""
        proof = await self._carer_proofs.given(actor, number_of(name))
        return await carer_file(self._carer_papers, proof, f"{actor.vault:x}")


def _shown(one: Carer) -> ShownCarer:
    rights = one.mandate.rights or frozenset()
    return ShownCarer(
        name=reference_of(one.mandate.number),
        full_name=one.mandate.name,
        waits=one.waits,
        since=one.mandate.begun,
        ends=one.ends,
        last_day=last_day_before(one.ends),
        rights=rights,
        levels=levels_of(rights),
    )
