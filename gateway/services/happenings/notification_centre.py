"""The notification centre: messages, documents and told lines of the trace, in one list (E30).

Nothing is written when something happens: the list is made of the rows that are there already, so an entry is of the
same transaction as what it tells. A profile is whoever acts in the space; each has its own mark « read up to here ».
The holder's own reading counts too: what they have opened is not new to them.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.domain.access import Action, Actor, Audience, Role, SpacePart
from gateway.domain.audit import AuditEvent
from gateway.domain.dossier import FiledDocument
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import SEEN, Entry, Folder, MessageId, SpecialUse, ThreadId, Uid
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, listed_parts, traces_refusals
from gateway.services.access.withheld_messages import withheld_messages
from gateway.services.conversation.shown_cards import shown_card

MOST = 60
"""Entries of the list; the oldest fall out."""
PARTS = (SpacePart.MESSAGES, SpacePart.DOCUMENTS, SpacePart.TRACE)
"""What entries are of; a carer is told of those parts that they may list."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Happening:
    """One entry of the centre.

    Attributes:
        kind: ``message``, ``document``, or an action of `gateway.domain.happenings.TOLD`.
        name: of whoever wrote or sent.
        title: of the message, or of the first document.
        documents: numbers of the documents that came with it.
    """

    kind: str
    at: datetime
    is_unread: bool
    name: str = ""
    title: str = ""
    thread: ThreadId | None = None
    documents: tuple[int, ...] = ()


class NotificationCentre:
    """Lists what happened, and marks it as read."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def recent(self, actor: Actor) -> tuple[Happening, ...]:
        """List the last `MOST` happenings, newest first; their line stands in the trace before they are shown."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[Happening, ...]:
            return happenings_in(tx, actor, _listed(tx, actor, now))

        found = await self._store.read(look)
        objects = tuple(f"document:{number:x}" for one in found for number in one.documents)
        objects += tuple(f"thread:{one.thread:x}" for one in found if one.thread is not None)
        event = actor.event(now, "happenings.listed", objects=tuple(dict.fromkeys(objects)))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def mark_read(self, actor: Actor, until: datetime) -> None:
        """Mark as read, for this profile, whatever happened up to an instant."""
        now = self._clock.now()

        def mark(tx: Tx) -> None:
            _listed(tx, actor, now)
            tx.happenings.mark_read(actor.vault, actor.account, min(until, now))
            tx.audit.append(actor.vault, actor.event(now, "happenings.marked-read"))
            tx.changed(actor.vault)

        await self._store.write(mark)


def _listed(tx: Tx, actor: Actor, now: datetime) -> frozenset[SpacePart]:
    """Give the parts of which whoever acts for another is told; everybody else must be allowed all of them."""
    found = listed_parts(tx, actor, now, PARTS) if actor.role in (Role.GUARDIAN, Role.CARER) else frozenset()
    for part in () if found else PARTS:
        allow(tx, actor, Action.LIST, part, now)
    return found or frozenset(PARTS)


def unread_in(tx: Tx, actor: Actor, parts: Collection[SpacePart] = PARTS) -> int:
    """Count what is unread among the newest of each kind of these parts, without opening any: every page asks."""
    mark, own, inbox = _mark(tx, actor), _is_own(actor), tx.mail.folder_by_use(actor.vault, SpecialUse.INBOX)
    came: set[object] = set()
    if SpacePart.MESSAGES in parts:
        entries = tx.mail.entries(actor.vault, inbox.id, *_newest_uids(inbox), who=actor.audience)
        came |= {entry.mid for entry in entries if _is_new(entry, mark, own)}
    if SpacePart.DOCUMENTS in parts:
        for number, (mid, at, seen) in enumerate(tx.documents.arrivals(actor.vault, actor.audience, MOST)):
            if at > mark and not (own and seen):
                came.add(("document", number) if mid is None else mid)
    if SpacePart.TRACE not in parts:
        return len(came)
    if Audience.REPRESENTATIVES in actor.audience:
        return len(came) + sum(event.at > mark for event in _told(tx, actor))
    return len(came) + tx.happenings.count(actor.vault, mark)


def happenings_in(tx: Tx, actor: Actor, parts: Collection[SpacePart] = PARTS) -> tuple[Happening, ...]:
    """List what happened, newest first; a message and the documents that came with it are one entry."""
    mark, own, inbox = _mark(tx, actor), _is_own(actor), tx.mail.folder_by_use(actor.vault, SpecialUse.INBOX)
    came: defaultdict[MessageId | None, list[FiledDocument]] = defaultdict(list)
    if SpacePart.DOCUMENTS in parts:
        for document in tx.documents.all_of(actor.vault, actor.audience, limit=MOST):
            came[document.mid].append(document)
    found = [_of_document([one], mark, own) for one in came.pop(None, ())]
    reads_mail = SpacePart.MESSAGES in parts
    mail = tx.mail.summaries(actor.vault, inbox.id, *_newest_uids(inbox), who=actor.audience) if reads_mail else ()
    for entry, summary in mail:
        card, documents = shown_card(tx, actor.vault, entry, summary), came.pop(entry.mid, [])
        message = Happening(
            kind="message", at=entry.internal_date, is_unread=_is_new(entry, mark, own), name=card.sender_name,
            title=card.subject, thread=entry.thread,
        )  # fmt: skip
        found.append(_of_document(documents, mark, own, message) if documents else message)
    found += [_of_document(documents, mark, own) for documents in came.values()]
    found += [
        Happening(kind=event.action, at=event.at, is_unread=event.at > mark)
        for event in (_told(tx, actor) if SpacePart.TRACE in parts else ())
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:MOST])


def _told(tx: Tx, actor: Actor) -> list[AuditEvent]:
    """List what is told of the trace, but what names nothing that an actor may know of."""
    withheld = withheld_messages(tx, actor)
    found = tx.happenings.told(actor.vault, MOST)
    return [event for event in found if not event.objects or not withheld.issuperset(event.objects)]


def _of_document(
    documents: list[FiledDocument], mark: datetime, own: bool, message: Happening | None = None
) -> Happening:
    first = documents[0]
    authors = [person.name for person in first.entry.authors if person.name]
    return Happening(
        kind="document",
        at=max([document.filed_at for document in documents] + ([message.at] if message else [])),
        is_unread=any(one.filed_at > mark and not (own and one.seen) for one in documents)
        or bool(message and message.is_unread),
        name=message.name if message else next(iter(authors), ""),
        title=first.entry.title,
        thread=message.thread if message else None,
        documents=tuple(document.id for document in documents),
    )


def _mark(tx: Tx, actor: Actor) -> datetime:
    return tx.happenings.read_until(actor.vault, actor.account) or _BEGINNING


def _is_own(actor: Actor) -> bool:
    return actor.home == actor.vault


def _is_new(entry: Entry, mark: datetime, own: bool) -> bool:
    return entry.internal_micros > micros_of(mark) and not (own and SEEN in entry.flags.split())


def _newest_uids(inbox: Folder) -> tuple[Uid, Uid]:
    return Uid(max(1, inbox.uid_next - MOST)), inbox.uid_next
