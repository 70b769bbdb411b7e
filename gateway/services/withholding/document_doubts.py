"""« Ce document n'est pas le mien » (E80): set aside from all at once, its sender told, the operator's queue opened.

Who reads as whatever they are finds it no more: it is a bit of the document's own row. Until the operator has decided
the patient may take it back. Nothing here says, or keeps, whose the document may be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.account import Space
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import Conflict, NotFound, SealBroken
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.profile import EntryState, ProfileSection
from gateway.domain.step_payloads import TellSender
from gateway.domain.synthesis import SynthesisPart
from gateway.domain.withholdings import MAX_DOUBTS, DocumentDoubt, DoubtState, SenderNews
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.access.permitted import permitted_document
from gateway.services.space.operator_acts import found, require_office
from gateway.services.withholding.kept_files import kept_back, known_messages, sound_outcome
from gateway.services.withholding.sender_news import tell_sender

QUEUE = 1_000
"""Doubts that are listed at once."""
_LINES = 1_000
_OF_A_DOUBT = frozenset({"document.doubted", "document.doubt-withdrawn", "document.doubt-settled"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QueuedDoubt:
    """A doubt that the operator looks into; `doubt` is None for one that does not open, which `pli verify` names."""

    vault: VaultId
    document: int
    space: Space | None
    doubt: DocumentDoubt | None
    sender: str = ""


class DocumentDoubts:
    """Takes doubts of the patient whose space it is, and gives them back."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def doubt(self, actor: Actor, number: int) -> None:
        """Set a document aside from everybody, in one transaction with its trace and the word to its sender.

        Raises:
            NotFound: there is no such document, or the patient added it.
            Conflict: they have said so, and taken it back, too often.
        """
        now, vault = self._clock.now(), actor.vault

        def act(tx: Tx) -> None:
            document = permitted_document(tx, actor, number, now)
            allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now, document)
            if document.is_own:
                raise NotFound("what its patient added is theirs to delete")
            before, messages = _sound_doubt(tx, vault, number), known_messages(tx, vault, document)
            times = before.times + 1 if before else 1
            if times > MAX_DOUBTS:
                raise Conflict("this document was doubted and given back too often")
            tx.documents.withhold(vault, number, document.hidden_from | Audience.EVERYBODY)
            tx.withholdings.save_doubt(vault, _doubt_of(document, now, times, messages))
            _withhold_files(tx, vault, document, messages)
            tx.audit.append(vault, actor.event(now, "document.doubted", objects=(f"document:{number:x}",)))
            for _ in range(_ended_links(tx, vault, document)):
                tx.audit.append(vault, actor.event(now, "share.ended"))
            _tell(tx, vault, document, SenderNews.DOUBTED, now)
            tx.changed(vault)

        await self._store.write(act)

    @traces_refusals
    async def withdraw(self, actor: Actor, number: int) -> None:
        """Give a document back while its doubt is open. Raises `NotFound` when none is."""
        now, vault = self._clock.now(), actor.vault

        def act(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now)
            document, doubt = _open_doubt(tx, vault, number)
            ended = replace(doubt, state=DoubtState.WITHDRAWN, ended_at=now)
            _given_back(tx, vault, document, ended, now)
            tx.audit.append(vault, actor.event(now, "document.doubt-withdrawn", objects=(f"document:{number:x}",)))

        await self._store.write(act)

    @traces_refusals
    async def listed(self, actor: Actor) -> Sequence[DocumentDoubt]:
        """List what the patient said, the newest first, with how it stands."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[DocumentDoubt]:
            keep_from_visitors(actor)
            allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now)
            return [one for one in tx.withholdings.doubts(actor.vault) if one.state is not DoubtState.NONE]

        return await self._store.read(look)


class DoubtQueue:
    """What the operator decides of doubts; reads no document."""

    def __init__(self, store: Store, clock: Clock, by: Callable[[VaultId], Actor] = operator_of) -> None:
        """`by` gives who decides: the operator by a command, or an agent with the reason that they wrote."""
        self._store = store
        self._clock = clock
        self._by = by

    async def waiting(self, limit: int = QUEUE) -> list[QueuedDoubt]:
        """List open doubts of all spaces, the oldest first, so many at most."""
        return await self._store.read(
            lambda tx: [_queued(tx, vault, number) for vault, number in tx.withholdings.open_doubts(limit)]
        )

    async def settle(self, who: str | VaultId, number: int, *, is_theirs: bool, reason: str) -> Space:
        """Give the document back to its patient, or keep it set aside for good; they read the reason.

        Raises:
            NotFound: there is no such space, or no open doubt on such a document; one that is damaged or gone counts
                as open while it sets the document aside, but one that the trace says to be confirmed.
        """
        now = self._clock.now()

        def look(tx: Tx) -> None:
            actor = self._by(found(tx, who))
            require_office(tx, actor, now)
            if _was_confirmed(tx, actor.vault, number):
                raise NotFound(f"document {number:x} was kept aside for good, as the trace says: keep it aside again")

        # A whole trace may be read: nobody's mail waits for that.
        if is_theirs:
            await self._store.read(look)

        def act(tx: Tx) -> Space:
            actor = self._by(found(tx, who))
            vault = actor.vault
            require_office(tx, actor, now)
            document, doubt = _doubt_to_settle(tx, vault, number, now)
            state = DoubtState.GIVEN_BACK if is_theirs else DoubtState.CONFIRMED
            ended = replace(doubt, state=state, ended_at=now, reason=reason)
            if is_theirs:
                _given_back(tx, vault, document, ended, now)
            else:
                tx.withholdings.save_doubt(vault, ended)
                _tell(tx, vault, document, SenderNews.DOUBT_CONFIRMED, now)
            objects = (f"document:{number:x}",)
            event = actor.event(now, "document.doubt-settled", state.value, objects, reason)
            tx.audit.append(vault, event)
            tx.changed(vault)
            return tx.spaces.space(vault)

        return await self._store.write(act)


def _open_doubt(tx: Tx, vault: VaultId, number: int) -> tuple[FiledDocument, DocumentDoubt]:
    doubt = tx.withholdings.doubt(vault, number)
    document = next(iter(tx.documents.numbered(vault, Audience.NOBODY, [number])), None)
    if doubt is None or document is None or doubt.state is not DoubtState.OPEN:
        raise NotFound(f"there is no open doubt on a document {number:x} of this space")
    return document, doubt


def _doubt_to_settle(tx: Tx, vault: VaultId, number: int, now: datetime) -> tuple[FiledDocument, DocumentDoubt]:
    """Give an open doubt; of a document that is set aside without one that says so, what stands in its place."""
    document = next(iter(tx.documents.numbered(vault, Audience.NOBODY, [number])), None)
    if document is None or Audience.EVERYBODY not in document.hidden_from or _is_said(tx, vault, number):
        return _open_doubt(tx, vault, number)
    messages = dict.fromkeys((*known_messages(tx, vault, document), *_shut(tx, vault)))
    return document, _doubt_of(document, now, messages=tuple(messages))


def _is_said(tx: Tx, vault: VaultId, number: int) -> bool:
    doubt = _sound_doubt(tx, vault, number)
    return doubt is not None and doubt.state.sets_aside


def _sound_doubt(tx: Tx, vault: VaultId, number: int) -> DocumentDoubt | None:
    try:
        return tx.withholdings.doubt(vault, number)
    except SealBroken:
        return None  # told of


def _shut(tx: Tx, vault: VaultId) -> list[MessageId]:
    """List messages with doubted documents whose files are shut: one whose row was lost may have come in any."""
    doubts = tx.withholdings.doubts(vault)
    known = tx.documents.numbered(vault, Audience.NOBODY, [one.document for one in doubts])
    first = [one.mid for one in known if one.mid is not None]
    found = dict.fromkeys((*(mid for one in doubts for mid in one.messages), *first))
    outcomes = ((mid, sound_outcome(tx, vault, mid)) for mid in found)
    return [mid for mid, one in outcomes if one is not None and Audience.EVERYBODY in one.withheld_from]


def _was_confirmed(tx: Tx, vault: VaultId, number: int) -> bool:
    """Say whether a document was set aside for good, as the trace says, where the row of its doubt does not."""
    if _is_said(tx, vault, number):
        return False
    before: int | None = None
    while lines := tx.audit.lines(vault, before, _LINES, None, None):
        for line in lines:
            event = line.event
            if event is not None and f"document:{number:x}" in event.objects and event.action in _OF_A_DOUBT:
                return event.outcome == DoubtState.CONFIRMED.value
        before = lines[-1].seq
    return False


def _doubt_of(
    document: FiledDocument, now: datetime, times: int = 1, messages: tuple[MessageId, ...] = ()
) -> DocumentDoubt:
    return DocumentDoubt(
        document=document.id, said_at=now, received_at=document.filed_at, times=times, messages=messages,
        place=document.entry.place or document.sender, category=document.entry.category,
    )  # fmt: skip


def _given_back(tx: Tx, vault: VaultId, document: FiledDocument, ended: DocumentDoubt, now: datetime) -> None:
    tx.documents.withhold(vault, document.id, document.hidden_from & ~Audience.EVERYBODY)
    tx.withholdings.save_doubt(vault, ended)
    _withhold_files(tx, vault, document, ended.messages)
    _tell(tx, vault, document, SenderNews.DOUBT_LIFTED, now)
    tx.changed(vault)


def _withhold_files(tx: Tx, vault: VaultId, document: FiledDocument, messages: Sequence[MessageId]) -> None:
    """Withhold the files of messages from everybody while one of the documents that they brought is doubted."""
    brought = dict.fromkeys((*messages, *(() if document.mid is None else (document.mid,))))
    kept = kept_back(tx, vault, brought, Audience.EVERYBODY)
    for mid in brought:
        outcome = sound_outcome(tx, vault, mid)
        if outcome is not None:
            bit = Audience.EVERYBODY if mid in kept else Audience.NOBODY
            withheld = outcome.withheld_from & ~Audience.EVERYBODY | bit
            tx.mail.note_outcome(vault, mid, msgspec.structs.replace(outcome, withheld_from=withheld))


def _ended_links(tx: Tx, vault: VaultId, document: FiledDocument) -> int:
    """End links whose file tells of a document: it was written once, and nobody here can change it. Count them."""
    told = {SynthesisPart.PIECES.value} if document.entry.category is DocumentCategory.ADMINISTRATIVE else set()
    groups = tx.profile.newest(vault, ProfileSection.BLOOD_GROUP)
    if any(one.source == document.id and one.state is EntryState.KEPT for one in groups):
        told.add(SynthesisPart.BLOOD_GROUP.value)
    links = [link for link in tx.health_links.all_of(vault) if not told.isdisjoint(link.parts)]
    for link in links:
        tx.health_links.drop(vault, link.number)
    return len(links)


def _tell(tx: Tx, vault: VaultId, document: FiledDocument, news: SenderNews, now: datetime) -> None:
    subject, message_id = "", ""
    outcome = None if document.mid is None else sound_outcome(tx, vault, document.mid)
    if outcome is not None:
        subject, message_id = outcome.subject, outcome.message_id
    told = TellSender(
        what=news.value, to=document.sender, recipient=str(tx.spaces.space(vault).address.mail),
        document=document.entry.unique_id, subject=subject, message_id=message_id,
    )  # fmt: skip
    tell_sender(tx, vault, told, now)


def _queued(tx: Tx, vault: VaultId, number: int) -> QueuedDoubt:
    try:
        doubt, space = tx.withholdings.doubt(vault, number), tx.spaces.space(vault)
        known = next(iter(tx.documents.numbered(vault, Audience.NOBODY, [number])), None)
    except (NotFound, SealBroken):
        return QueuedDoubt(vault=vault, document=number, space=None, doubt=None)
    sender = known.sender if known else ""
    return QueuedDoubt(vault=vault, document=number, space=space, doubt=doubt, sender=sender)
