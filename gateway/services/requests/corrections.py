"""A patient asks whoever sent a document to put it right (F94, E52): the document stays, and both versions stand.

Words of the patient and the answer stand beside the document, for whoever reads it. Whoever sent it answers by mail, or
by a corrected version; the operator sees to what nobody can be written to about.
"""

from collections.abc import Sequence

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import InvalidValue, NotFound
from gateway.domain.rights_requests import (
    WARNED_BEFORE,
    RequestKind,
    RequestState,
    RightsRequest,
    correction_clocks,
)
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.access.permitted import permitted_document
from gateway.services.random_numbers import random_number
from gateway.services.requests.own_requests import RequestFault, allow_asking, begun, fault_among, fault_of


class Corrections:
    """Asks for corrections of documents of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def of(self, actor: Actor, number: int) -> tuple[FiledDocument, Sequence[RightsRequest]]:
        """Give a document with what was asked of it, the newest first. Raises `NotFound`: also one's own document."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[FiledDocument, Sequence[RightsRequest]]:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            document = _sent(tx, actor, number, self._clock)
            kept = tx.rights_requests.all_of(actor.vault)
            return document, [one for one in kept if one.document == number and one.is_known_to(actor)]

        return await self._store.read(look)

    @traces_refusals
    async def ask(self, actor: Actor, number: int, words: str) -> RightsRequest | RequestFault:
        """Ask whoever sent a document, or say why not; nothing is asked twice at a time. Raises `NotFound`."""
        now, request_number, words = self._clock.now(), random_number(), words.strip()
        if (fault := fault_of(words)) is not None:
            return fault

        def act(tx: Tx) -> RightsRequest | RequestFault:
            allow_asking(tx, actor, Action.ADD, now)
            document, kept = _sent(tx, actor, number, self._clock), tx.rights_requests.all_of(actor.vault)
            fault = fault_among(kept, actor, lambda one: one.document == number)
            if fault is not None:
                return fault
            clocks, entry = correction_clocks(now), document.entry
            address, sender = _address_of(document), document.sender_name or document.sender
            author = next((person.name for person in entry.authors if person.name), "")
            request = RightsRequest(
                number=request_number, kind=RequestKind.CORRECTION, state=RequestState.WAITING, asked_at=now,
                asked_by=actor.person, asker=actor.home, to=author or entry.place or sender,
                to_detail=entry.place if author else "", to_address=address, undelivered=not address, words=words,
                clocks=clocks, next=clocks.latest - WARNED_BEFORE, document=number,
                title=entry.title or entry.category.label, unique_id=entry.unique_id,
            )  # fmt: skip
            begun(tx, actor, request, now)
            return request

        return await self._store.write(act)


def _sent(tx: Tx, actor: Actor, number: int, clock: Clock) -> FiledDocument:
    keep_from_visitors(actor)
    document = permitted_document(tx, actor, number, clock.now())
    if document.is_own:
        raise NotFound("what its patient added is theirs to change")
    return document


def _address_of(document: FiledDocument) -> str:
    try:
        return str(MailAddress.parse(document.sender))
    except InvalidValue:
        return ""  # a report, or a sender without address: the operator asks
