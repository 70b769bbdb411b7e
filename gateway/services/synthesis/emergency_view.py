"""What a professional reads first in an emergency: allergies, treatments, whom to call (F81).

Wishes are told from the profile, and advance directives from documents too that this reader may read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.domain.document_lists import DocumentFilter
from gateway.domain.dossier import FiledDocument
from gateway.domain.synthesis import IN_EMERGENCIES
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, is_permitted, traces_refusals
from gateway.services.access.permitted import documents_among, permitted_places, tells_hidden
from gateway.services.synthesis.synthesis_reading import Synthesis, synthesis_of

MOST_DIRECTIVES = 5
"""Documents of advance directives that are named, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EmergencyView:
    """The parts of the profile, and documents of advance directives, the newest first.

    `hides` says that the patient hides documents from this reader, where they may be told so.
    """

    profile: Synthesis
    directives: Sequence[FiledDocument]
    hides: bool = False


class EmergencyViews:
    """Reads what one reads in an emergency; each reading leaves its line in the trace."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def read(self, actor: Actor) -> EmergencyView:
        """Read it, for whoever may read the profile. Raises `AccessRefused`."""
        now = self._clock.now()

        def look(tx: Tx) -> EmergencyView:
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            directives: list[FiledDocument] = []
            if is_permitted(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now):
                wanted = DocumentFilter(category=DocumentCategory.DIRECTIVES.value)
                places = permitted_places(tx, actor, now, wanted, MOST_DIRECTIVES)
                directives = documents_among(tx, actor, now, [place.document for place in places])
            profile, hides = synthesis_of(tx, actor, IN_EMERGENCIES, now), tells_hidden(tx, actor, now)
            return EmergencyView(profile=profile, directives=directives, hides=hides)

        found = await self._store.read(look)
        parts = [f"profile:{part.value}" for part in IN_EMERGENCIES]
        named = (*parts, *(f"document:{one.id:x}" for one in found.directives))
        event = actor.event(now, "emergency-view.read", objects=named)
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found
