"""« Que verrait le Dr X ? »: what a professional would be shown, judged by the function that judges them (A2)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, PurposeOfUse, Role, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import Conflict, InvalidValue, NotFound
from gateway.domain.patient_choices import MAX_EXCEPTIONS, PartyChoice
from gateway.policy.access.decision import decide_access
from gateway.policy.access.facts import Consent, PersonChoice
from gateway.policy.access.verdict import Permit
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import AS_OPENED, access_facts, allow, shown_of, traces_refusals
from gateway.services.access.permitted import documents_shown, permitted_document
from gateway.services.privacy.care_circle import CareCircle, KnownParty

SHOWN = 20
"""Documents that a preview names; the others are counted."""
_PARTS = (SpacePart.PROFILE, SpacePart.CARE_HISTORY)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Preview:
    """What somebody sees, or would see once they are authorised.

    Attributes:
        is_let_in: whether they may open the space today.
        newest: of the documents that they would be shown.
        counts: of those documents, by category.
        kept_back: documents of the space that they would not be shown.
        parts: other parts of the space that they would read.
        exceptions: documents of which the patient chose something for them, and what.
    """

    party: KnownParty
    is_let_in: bool
    newest: tuple[FiledDocument, ...]
    counts: Mapping[DocumentCategory, int]
    kept_back: int
    parts: frozenset[SpacePart]
    exceptions: tuple[tuple[FiledDocument, PersonChoice], ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reader:
    """Somebody in contact, and whether they would be shown one document once authorised."""

    party: KnownParty
    sees: bool
    choice: PersonChoice | None


class Viewing:
    """Says what each professional would be shown, and keeps the patient's exceptions for one document (F55)."""

    def __init__(self, store: Store, clock: Clock, circle: CareCircle) -> None:
        self._store = store
        self._clock = clock
        self._circle = circle

    @traces_refusals
    async def preview(self, actor: Actor, reference: str) -> Preview:
        """Say what somebody in contact sees. Raises `NotFound` when nobody has this reference."""
        now = self._clock.now()

        def look(tx: Tx) -> Preview:
            allow(tx, actor, Action.READ, SpacePart.RIGHTS, now)
            party = self._party(tx, actor, reference)
            visitor = self._as(actor, party)
            facts = replace(access_facts(tx, visitor, SpacePart.DOCUMENTS, now), readings=AS_OPENED)
            # What the patient may not read yet is neither named nor counted here, whoever else reads it.
            every = documents_shown(tx, visitor, now, supposed=True)
            shown = [one for one in every if not one.hidden_from & actor.audience]
            choice = party.choice or PartyChoice(number=0, names=party.names, label="")
            excepted = tx.documents.numbered(actor.vault, actor.audience, sorted(choice.shown | choice.hidden))
            return Preview(
                party=party,
                is_let_in=isinstance(decide_access(visitor, Action.LIST, facts, tx.access_settings), Permit),
                newest=tuple(shown[:SHOWN]),
                counts=Counter(one.entry.category for one in shown),
                kept_back=len(tx.documents.numbers(actor.vault, actor.audience)) - len(shown),
                parts=frozenset(part for part in _PARTS if _reads(tx, visitor, part, now)),
                exceptions=tuple((one, _chosen(choice, one.id) or PersonChoice.SHOWN) for one in excepted),
            )

        return await self._store.read(look)

    @traces_refusals
    async def readers(self, actor: Actor, number: int) -> tuple[FiledDocument, tuple[Reader, ...]]:
        """Say of everybody in contact whether they would be shown a document. Raises `NotFound`."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[FiledDocument, tuple[Reader, ...]]:
            allow(tx, actor, Action.READ, SpacePart.RIGHTS, now)
            document = permitted_document(tx, actor, number, now)
            found = [
                Reader(
                    party=party,
                    sees=bool(list(shown_of(tx, self._as(actor, party), now, [document], supposed=True))),
                    choice=_chosen(party.choice, number) if party.choice else None,
                )
                for party in self._circle.parties(tx, actor)
            ]
            return document, tuple(found)

        return await self._store.read(look)

    @traces_refusals
    async def except_for(self, actor: Actor, number: int, reference: str, choice: PersonChoice | None) -> KnownParty:
        """Show a document to somebody in contact, or hide it from them, whatever holds for others; None takes it back.

        Raises:
            NotFound: there is no such document, or nobody in contact has this reference.
            Conflict: something was chosen for as many documents, or professionals, as may be.
        """
        now = self._clock.now()

        def look(tx: Tx) -> None:
            permitted_document(tx, actor, number, now)

        await self._store.read(look)
        action = {PersonChoice.SHOWN: "document.shown-to", PersonChoice.HIDDEN: "document.hidden-from"}
        return await self._circle.change(
            actor,
            reference,
            action[choice] if choice else "document.exception-withdrawn",
            lambda party: _with(party, number, choice),
            objects=(f"document:{number:x}",),
        )

    def _party(self, tx: Tx, actor: Actor, reference: str) -> KnownParty:
        for party in self._circle.parties(tx, actor):
            if party.reference == reference:
                return party
        raise NotFound("nobody in contact has this reference")

    def _as(self, actor: Actor, party: KnownParty) -> Actor:
        """Give them as they would come into this space."""
        return Actor(
            account="preview",
            role=Role.PROFESSIONAL,
            vault=actor.vault,
            purpose=PurposeOfUse.TREATMENT,
            identifiers=party.names,
            profession=self._profession(party),
        )

    def _profession(self, party: KnownParty) -> str:
        for name in sorted(party.names):
            kind, _, address = name.partition(":")
            try:
                entry = self._circle.entry_of(MailAddress.parse(address)) if kind == "mail" else None
            except InvalidValue:
                continue
            if entry and entry.profession:
                return entry.profession
        return ""


def _reads(tx: Tx, visitor: Actor, part: SpacePart, at: datetime) -> bool:
    facts = replace(access_facts(tx, visitor, part, at), title=Consent(), readings=AS_OPENED)
    return isinstance(decide_access(visitor, Action.READ, replace(facts, document=None), tx.access_settings), Permit)


def _chosen(party: PartyChoice, number: int) -> PersonChoice | None:
    if number in party.hidden:
        return PersonChoice.HIDDEN
    return PersonChoice.SHOWN if number in party.shown else None


def _with(party: PartyChoice, number: int, choice: PersonChoice | None) -> PartyChoice:
    shown, hidden = party.shown - {number}, party.hidden - {number}
    if choice is PersonChoice.SHOWN:
        shown |= {number}
    elif choice is PersonChoice.HIDDEN:
        hidden |= {number}
    if len(shown) + len(hidden) > MAX_EXCEPTIONS:
        # What is hidden must stay so: nothing is forgotten to make room.
        raise Conflict("as many exceptions are kept for one professional as may be")
    return replace(party, shown=shown, hidden=hidden)
