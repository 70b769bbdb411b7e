"""Links between what stands in a record (E77): an illness and its treatment, a hospital stay and its letter.

A link is kept in one entry and shown on both sides. It says nothing to anybody who may not see what it leads to: what
is gone, withheld or taken back is left out, and the link with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, Writer, may_change
from gateway.domain.profile_links import MOST_LINKS, DocumentName, EntryName, LinkedName, MeasureName, linked_name
from gateway.domain.profile_sections import SECTIONS
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.access.permitted import documents_among
from gateway.services.profile.profile_reading import object_name
from gateway.services.profile.source_documents import newest_standing, stands


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LinkedThings:
    """What one thing is linked to, and what it may still be linked to.

    Attributes:
        entries: entries of the profile, in the order of their sections.
        documents: documents, in the order in which they were linked.
        measures: kinds of measures.
        offered: the other entries that stand.
        entry: the entry that was asked of, when it is one.
        document: the document that was asked of, when it is one.
    """

    entries: Sequence[ProfileEntry]
    documents: Sequence[FiledDocument]
    measures: Sequence[MeasureName]
    offered: Sequence[ProfileEntry]
    entry: ProfileEntry | None = None
    document: FiledDocument | None = None


class EntryLinks:
    """Shows, makes and ends the links of one space."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def of(self, actor: Actor, name: LinkedName) -> LinkedThings:
        """Give what something is linked to. Raises `NotFound` when it is not there."""
        now = self._clock.now()

        def look(tx: Tx) -> LinkedThings:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            _check_stands(tx, actor, name, now)
            kept = _kept_entries(tx, actor, now)
            asked = [name.id] if isinstance(name, DocumentName) else []
            linked = {other for other in kept if _joins(kept, str(name), other)}
            held = _held(kept, name)
            numbers = [one.id for one in held if isinstance(one, DocumentName)]
            return LinkedThings(
                entries=[entry for other, entry in kept.items() if other in linked],
                documents=documents_among(tx, actor, now, numbers) if numbers else [],
                measures=[one for one in held if isinstance(one, MeasureName)],
                offered=[entry for other, entry in kept.items() if other not in linked and other != str(name)],
                entry=kept.get(str(name)),
                document=next(iter(documents_among(tx, actor, now, asked)), None),
            )

        found = await self._store.read(look)
        event = actor.event(now, "profile.listed", objects=(str(name),))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def link(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:
        """Link two things, of which one is an entry; done once however often it is asked.

        Raises:
            NotFound: one of them is not there, or both are documents or measures.
            Conflict: what would hold the link is confirmed by a professional, or holds as many as it may.
        """
        now = self._clock.now()

        def join(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            for name in (one, other):
                _check_stands(tx, actor, name, now)
            if str(one) == str(other):
                raise NotFound("nothing is linked to itself")
            kept = _kept_entries(tx, actor, now)
            if _joins(kept, str(one), str(other)):
                return
            holders = [name for name in (one, other) if str(name) in kept]
            if not holders:
                raise NotFound("a link begins at an entry of the profile")
            free = [name for name in holders if may_change(kept[str(name)], Writer.PATIENT)]
            if not free:
                raise Conflict("a professional confirmed this entry")
            holder = kept[str(free[0])]
            if len(holder.links) >= MOST_LINKS:
                raise Conflict("this entry has as many links as it may have")
            target = other if free[0] is one else one
            self._write(tx, actor, holder, (*holder.links, str(target)))

        await self._store.write(join)

    @traces_refusals
    async def part(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:
        """End a link, whichever side holds it; nothing happens when there is none. Raises `Conflict` as `link` does."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            kept = _kept_entries(tx, actor, now)
            for holder, target in ((one, other), (other, one)):
                entry = kept.get(str(holder))
                if entry is not None and str(target) in entry.links:
                    if not may_change(entry, Writer.PATIENT):
                        raise Conflict("a professional confirmed this entry")
                    self._write(tx, actor, entry, tuple(link for link in entry.links if link != str(target)))

        await self._store.write(end)

    def _write(self, tx: Tx, actor: Actor, entry: ProfileEntry, links: tuple[str, ...]) -> None:
        now = self._clock.now()
        # What it says stays the word of whoever wrote it: a link makes nobody's statement the patient's own.
        later = replace(entry, revision=entry.revision + 1, written_at=now, links=links)
        tx.profile.add(actor.vault, later)
        objects = (object_name(entry.section, entry.id),)
        tx.audit.append(actor.vault, actor.event(now, "profile.changed", objects=objects))
        tx.changed(actor.vault)


def _kept_entries(tx: Tx, actor: Actor, at: datetime) -> Mapping[str, ProfileEntry]:
    return {
        str(EntryName(section, entry.id)): entry
        for section in SECTIONS
        for entry in newest_standing(tx, actor, section, at)
        if entry.state is EntryState.KEPT and entry.id != STATEMENT
    }


def _joins(kept: Mapping[str, ProfileEntry], one: str, other: str) -> bool:
    return any(there in kept[here].links for here, there in ((one, other), (other, one)) if here in kept)


def _held(kept: Mapping[str, ProfileEntry], name: LinkedName) -> Sequence[LinkedName]:
    entry = kept.get(str(name))
    return [linked_name(link) for link in entry.links] if entry else []


def _check_stands(tx: Tx, actor: Actor, name: LinkedName, at: datetime) -> None:
    if isinstance(name, EntryName):
        found = tx.profile.get(actor.vault, name.section, name.id)
        is_kept = found is not None and found.state is EntryState.KEPT and stands(tx, actor, found, at)
        is_there = is_kept and name.id != STATEMENT
    elif isinstance(name, DocumentName):
        is_there = bool(documents_among(tx, actor, at, [name.id]))
    else:
        is_there = True
    if not is_there:
        raise NotFound("what is to be linked is not there")
