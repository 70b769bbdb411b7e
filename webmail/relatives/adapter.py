"""« Mes proches », over `gateway.services.representation`: always of whoever signed in, for whomever they act now."""

from gateway.domain.access import Actor, SpacePart
from gateway.domain.carers import parts_to_give_up
from gateway.domain.local_days import birth_in_words
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import MandateKind, MandateState, NamedPerson
from gateway.domain.patient_names import given_name, shown_name
from gateway.domain.space import SpaceState
from gateway.services.representation.acting import ActingFor
from gateway.services.representation.carer_proofs import CarerProofs
from gateway.services.representation.dependants import Dependant, Dependants
from gateway.services.representation.endings import MandateEndings
from gateway.services.representation.offers import MadeOffer, MandateOffers, ShownOffer
from gateway.services.representation.relatives import Relative, Relatives
from webmail.carer_papers import carer_file
from webmail.file_streams import File
from webmail.references import number_of, reference_of
from webmail.relatives.model import Family, ShownDependant, ShownRelative, ShownRepresentative
from webmail.services import SpaceServices

_FACE = "web"


class RelativesPages:
    """Implements `webmail.relatives.port.RelativesService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._acting = ActingFor(services.store, services.clock)
        self._relatives = Relatives(services.store, services.clock)
        self._offers = MandateOffers(services.store, services.clock)
        self._endings = MandateEndings(services.store, services.clock)
        self._proofs_held = CarerProofs(services.store, services.clock)
        self._papers_held = services.papers
        self._dependants = Dependants(services.store, services.clock, services.terms)

    async def family(self, actor: Actor) -> Family:
        """Give everybody for whom somebody acts, or might."""
        home = _home(actor)
        return Family(
            relatives=tuple(_shown(one, actor) for one in await self._relatives.all_of(home, _FACE)),
            dependants=tuple(_dependant(one) for one in await self._dependants.waiting(home)),
            is_represented=actor.vault == home and await self._endings.is_represented(home),
        )

    async def act_for(self, actor: Actor, session: bytes, name: str) -> None:
        """Act for somebody from now on."""
        await self._acting.begin(session, _home(actor), _vault(name))

    async def act_for_oneself(self, actor: Actor, session: bytes) -> None:
        """Act for oneself again."""
        await self._acting.end(session, _home(actor))

    async def dependant(self, actor: Actor, name: str) -> ShownDependant:
        """Give a minor for whom somebody does not act yet."""
        return _dependant(await self._dependants.one(_home(actor), _vault(name)))

    async def certify(self, actor: Actor, name: str) -> None:
        """Take somebody's word that they represent a minor."""
        await self._dependants.certify(_home(actor), _vault(name))

    async def representatives(self, actor: Actor) -> tuple[ShownRepresentative, ...]:
        """List who acts in the space of the actor, and who was asked to."""
        can_end = {one.mandate.number for one in await self._endings.standing(actor) if one.can_end}
        return tuple(
            ShownRepresentative(
                name=reference_of(one.number), full_name=one.name, kind=one.kind, since=one.begun,
                waits=one.state is MandateState.OFFERED, can_end=one.number in can_end,
            )
            for one in await self._offers.mandates(actor)
        )  # fmt: skip

    async def invite_guardian(self, actor: Actor, asked: NamedPerson) -> MadeOffer:
        """Ask a second legal representative."""
        return await self._offers.offer(actor, asked, MandateKind.MINOR)

    async def renounce(self, actor: Actor, session: bytes, name: str) -> None:
        """Act for somebody no more."""
        home, vault = _home(actor), _vault(name)
        await self._endings.renounce(home, vault)
        if actor.vault == vault:
            await self._acting.end(session, home)

    async def give_up_part(self, actor: Actor, name: str, part: SpacePart) -> None:
        """Act as a carer in one part less."""
        await self._endings.give_up_part(_home(actor), _vault(name), part)

    async def take_back(self, actor: Actor, name: str) -> None:
        """End the mandate of somebody who acts in the space."""
        await self._endings.take_back(actor, number_of(name))

    async def withdraw_offer(self, actor: Actor, name: str) -> None:
        """Take an offer back."""
        await self._offers.withdraw(actor, number_of(name))

    async def offer(self, actor: Actor, code: str) -> ShownOffer:
        """Show an offer to whom it is for."""
        return await self._offers.look(_home(actor), code)

    async def answer_offer(self, actor: Actor, code: str, *, accepts: bool) -> None:
        """Accept an offer, or refuse it."""
        await self._offers.answer(_home(actor), code, accepts=accepts)

    async def mandate_proof(self, actor: Actor, name: str) -> File:
        """Make the proof of what a person gave to whoever is signed in, as a carer."""
        home = _home(actor)
        return await carer_file(self._papers_held, await self._proofs_held.held(home, number_of(name)), f"{home:x}")

    async def deny(self, actor: Actor, name: str) -> None:
        """Note that somebody does not represent a minor."""
        await self._dependants.deny(_home(actor), _vault(name))


def _home(actor: Actor) -> VaultId:
    return actor.home or actor.vault


def _vault(name: str) -> VaultId:
    return VaultId(number_of(name))


def _shown(one: Relative, actor: Actor) -> ShownRelative:
    return ShownRelative(
        name=reference_of(one.space.vault),
        full_name=shown_name(one.space.identity.traits),
        kind=one.mandate.kind,
        ends=one.ends,
        rights=one.mandate.rights,
        proof=reference_of(one.mandate.number) if one.mandate.kind is MandateKind.CARER else "",
        parts=parts_to_give_up(one.mandate.rights) if one.mandate.kind is MandateKind.CARER else (),
        unread=one.unread,
        new_documents=one.new_documents,
        is_here=one.space.vault == actor.vault,
    )


def _dependant(one: Dependant) -> ShownDependant:
    traits = one.space.identity.traits
    return ShownDependant(
        name=reference_of(one.space.vault),
        full_name=shown_name(traits),
        first_name=given_name(traits),
        born=birth_in_words(traits.birth_date) if traits.birth_date else "",
        is_active=one.is_active,
        is_refused=one.space.state is SpaceState.OPPOSED,
        is_denied=one.is_denied,
    )
