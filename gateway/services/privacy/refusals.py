"""Everything that a patient refuses to others, in one list, from which each is taken back (E38).

Whom they block, what they hide from everybody or from one, which emergencies they have not accepted. What each refusal
does is decided where accesses are; this only gathers them.
"""

from dataclasses import dataclass

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.dossier import FiledDocument
from gateway.domain.patient_choices import EmergencyConsent, PartyStanding
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.privacy.care_circle import CareCircle, KnownParty

LISTED = 50
"""Documents of a kind that the list names; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Refusals:
    """What a patient refuses.

    Attributes:
        blocked: whom they block.
        hidden: the newest of the documents that they hide from professionals.
        hidden_count: how many those are in all.
        excepted: documents hidden from one professional, and from whom.
        excepted_count: how many those are in all.
        emergencies: consents for emergencies that they have not given.
        hides_new: new documents are hidden.
        hides_care: the history of care is hidden.
    """

    blocked: tuple[KnownParty, ...]
    hidden: tuple[FiledDocument, ...]
    hidden_count: int
    excepted: tuple[tuple[KnownParty, FiledDocument], ...]
    excepted_count: int
    emergencies: frozenset[EmergencyConsent]
    hides_new: bool
    hides_care: bool


class RefusalReading:
    """Gathers the refusals of one space."""

    def __init__(self, store: Store, clock: Clock, circle: CareCircle) -> None:
        self._store = store
        self._clock = clock
        self._circle = circle

    @traces_refusals
    async def listed(self, actor: Actor) -> Refusals:
        """Give all that stand."""
        now = self._clock.now()

        def look(tx: Tx) -> Refusals:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            vault, audience, space = actor.vault, actor.audience, tx.spaces.space(actor.vault)
            parties = self._circle.parties(tx, actor)
            shown = set(tx.documents.numbers(vault, audience | Audience.PROFESSIONALS))
            hidden = [one for one in tx.documents.numbers(vault, audience) if one not in shown]
            pairs = [(party, number) for party in parties if party.choice for number in sorted(party.choice.hidden)]
            known = {one.id: one for one in tx.documents.numbered(vault, audience, {number for _, number in pairs})}
            excepted = [(party, known[number]) for party, number in pairs if number in known]
            return Refusals(
                blocked=tuple(one for one in parties if one.standing is PartyStanding.BLOCKED),
                hidden=tuple(tx.documents.numbered(vault, audience, hidden[:LISTED])),
                hidden_count=len(hidden),
                excepted=tuple(excepted[:LISTED]),
                excepted_count=len(excepted),
                emergencies=frozenset(EmergencyConsent) - tx.patient_choices.get(vault).emergency,
                hides_new=space.hides_documents,
                hides_care=space.hides_care,
            )

        return await self._store.read(look)
