"""The profile as its holder changes it: each change is a version of its own, with its line in the trace.

A form is filled from one version. What was changed from an earlier one is refused (`ChangedMeanwhile`); what is sent
twice is done once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.domain.local_days import local_day
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection, Writer, may_change
from gateway.domain.profile_checks import CheckedFields, FieldFault, checked_fields
from gateway.domain.profile_fields import SectionRules
from gateway.domain.profile_sections import SECTIONS
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.profile.administered import keep_own_sections
from gateway.services.profile.entry_authors import author_of, writer_of
from gateway.services.profile.profile_reading import object_name
from gateway.services.profile.source_documents import newest_standing, stands

MOST_ENTRIES = 500
"""Entries that a section may have, deleted ones included."""
_ACTIONS = {
    EntryState.DELETED: "profile.deleted",
    EntryState.REFUSED: "profile.refused",
    EntryState.KEPT: "profile.changed",
}


class ProfileWriting:
    """Changes the profile of one space."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def save(
        self, actor: Actor, section: ProfileSection, entry: int, filled_from: int, typed: Mapping[str, str]
    ) -> ProfileEntry | CheckedFields:
        """Keep what was typed; gives its faults when there are some, and nothing is changed.

        Args:
            actor: who types.
            section: where.
            entry: a random number that was drawn for the form, or that of the entry that it changes.
            filled_from: the version that the form was filled from; 0 for a new entry.
            typed: by the names of fields.

        Raises:
            ChangedMeanwhile: there is a later version, or something else was made of the form of a new entry.
            NotFound: there is no such entry.
            Conflict: a professional confirmed it.
        """
        now = self._clock.now()

        def keep(tx: Tx) -> ProfileEntry | CheckedFields:
            _allow_writing(tx, actor, section, now, is_new=not filled_from)
            if entry == STATEMENT:
                raise NotFound("this number is that of « nothing to declare »")
            born = tx.spaces.space(actor.vault).identity.traits.birth_date
            first = born.earliest if born else None
            checked = checked_fields(SECTIONS[section], typed, first, local_day(now))
            before = _standing(tx, actor, section, entry, now)
            if before is not None and _was_sent_before(before, filled_from, checked):
                return before
            if filled_from or before is not None:
                _check_version(before, filled_from, EntryState.KEPT)
            if checked.faults:
                return checked
            others = [one for one in newest_standing(tx, actor, section, now) if one.id not in {entry, STATEMENT}]
            if fault := _fault_among(SECTIONS[section], checked.fields, others, is_new=before is None):
                return CheckedFields(checked.fields, fault)
            new = ProfileEntry(
                section=section,
                id=entry,
                revision=1,
                state=EntryState.KEPT,
                fields=checked.fields,
                written_by=writer_of(actor),
                author=author_of(actor),
                written_at=now,
                place=max((one.place for one in others), default=0) + 1,
            )
            kept = replace(_next(before, actor, now), fields=_coded(checked.fields, before)) if before else new
            _write(tx, actor, kept, "profile.changed" if before else "profile.added")
            _say_nothing(tx, actor, section, now, said=False)
            return kept

        return await self._store.write(keep)

    @traces_refusals
    async def delete(self, actor: Actor, section: ProfileSection, entry: int, filled_from: int) -> None:
        """Delete an entry; its versions stay, and it may be taken back. Raises as `save` does."""
        await self._turn(actor, (section, entry, filled_from), EntryState.KEPT, EntryState.DELETED)

    @traces_refusals
    async def restore(self, actor: Actor, section: ProfileSection, entry: int, filled_from: int) -> None:
        """Take an entry back that was deleted. Raises as `save` does; `Conflict` where another has its place now."""
        await self._turn(actor, (section, entry, filled_from), EntryState.DELETED, EntryState.KEPT)

    @traces_refusals
    async def accept(self, actor: Actor, section: ProfileSection, entry: int, filled_from: int) -> None:
        """Take into the profile what a document proposed. Raises as `restore` does."""
        await self._turn(actor, (section, entry, filled_from), EntryState.PROPOSED, EntryState.KEPT)

    @traces_refusals
    async def refuse(self, actor: Actor, section: ProfileSection, entry: int, filled_from: int) -> None:
        """Leave out what a document proposed, for good. Raises as `save` does."""
        await self._turn(actor, (section, entry, filled_from), EntryState.PROPOSED, EntryState.REFUSED)

    @traces_refusals
    async def raise_up(self, actor: Actor, section: ProfileSection, entry: int) -> None:
        """Put an entry before the one above it; nothing happens to the first."""
        now = self._clock.now()

        def swap(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            kept = [one for one in tx.profile.newest(actor.vault, section) if one.state is EntryState.KEPT]
            kept.sort(key=lambda one: one.place)
            at = next((place for place, one in enumerate(kept) if one.id == entry), None)
            if at is None or not SECTIONS[section].is_ordered:
                raise NotFound(f"the profile of {actor.vault:x} has no entry {entry:x} to put first")
            if at:
                for one, place in ((kept[at], kept[at - 1].place), (kept[at - 1], kept[at].place)):
                    _write(tx, actor, _next(one, actor, now, place=place), "profile.changed")

        await self._store.write(swap)

    @traces_refusals
    async def declare_nothing(self, actor: Actor, section: ProfileSection, *, said: bool) -> None:
        """Say that there is nothing to declare in a section, or no more so. Raises `Conflict` when it has entries."""
        now = self._clock.now()

        def say(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            if not SECTIONS[section].may_be_nothing:
                raise NotFound(f"in {section.value} nothing is not declared")
            if said and any(one.state is EntryState.KEPT for one in newest_standing(tx, actor, section, now)):
                raise Conflict("there are entries in this section")
            _say_nothing(tx, actor, section, now, said=said)

        await self._store.write(say)

    async def _turn(
        self, actor: Actor, which: tuple[ProfileSection, int, int], was: EntryState, becomes: EntryState
    ) -> None:
        section, entry, filled_from = which
        now = self._clock.now()
        if becomes is not EntryState.DELETED:
            keep_from_visitors(actor)  # what is proposed, and what was deleted, is the patient's to take

        def turn(tx: Tx) -> None:
            _allow_writing(tx, actor, section, now, is_new=False)
            before = _standing(tx, actor, section, entry, now)
            if before is not None and before.state is becomes and before.revision == filled_from + 1:
                return
            found = _check_version(before, filled_from, was)
            if becomes is EntryState.KEPT:
                others = [one for one in newest_standing(tx, actor, section, now) if one.id not in {entry, STATEMENT}]
                if _fault_among(SECTIONS[section], found.fields, others, is_new=False):
                    raise Conflict("another entry has what one alone may have")
                _say_nothing(tx, actor, section, now, said=False)
            _write(tx, actor, replace(_next(found, actor, now), state=becomes), _ACTIONS[becomes])

        await self._store.write(turn)


def _allow_writing(tx: Tx, actor: Actor, section: ProfileSection, now: datetime, *, is_new: bool) -> None:
    # Whoever keeps a profile for its patient changes it: to add is not enough, which every professional may.
    allow(tx, actor, Action.ADD if is_new and not actor.is_visitor else Action.CHANGE, SpacePart.PROFILE, now)
    keep_own_sections(actor, section)


def _standing(tx: Tx, actor: Actor, section: ProfileSection, entry: int, now: datetime) -> ProfileEntry | None:
    """Give the newest version of an entry; whoever has its form from before its document was hidden writes nothing."""
    found = tx.profile.get(actor.vault, section, entry)
    if found is not None and not stands(tx, actor, found, now):
        raise NotFound("the document that wrote or proposed it is not shown to them")
    return found


def _write(tx: Tx, actor: Actor, entry: ProfileEntry, action: str) -> None:
    tx.profile.add(actor.vault, entry)
    objects = (object_name(entry.section, entry.id),)
    tx.audit.append(actor.vault, actor.event(entry.written_at, action, objects=objects))
    tx.changed(actor.vault)


def _next(entry: ProfileEntry, actor: Actor, now: datetime, place: int | None = None) -> ProfileEntry:
    return replace(
        entry,
        revision=entry.revision + 1,
        written_by=writer_of(actor),
        author=author_of(actor),
        written_at=now,
        place=entry.place if place is None else place,
    )


def _coded(fields: Mapping[str, str], before: ProfileEntry) -> Mapping[str, str]:
    """Keep the code of a term while its words stay; another code that was chosen replaces it."""
    kept = {
        name: code
        for name, code in before.fields.items()
        if name.endswith("_code") and fields.get(name[: -len("_code")]) == before.fields.get(name[: -len("_code")])
    }
    return {**kept, **fields}


def _was_sent_before(before: ProfileEntry, filled_from: int, checked: CheckedFields) -> bool:
    """Say whether this very form was sent before: one entry has been made of it, or one version."""
    same = before.state is EntryState.KEPT and dict(before.fields) == dict(checked.fields)
    return before.revision == filled_from + 1 and same and not checked.faults


def _check_version(before: ProfileEntry | None, filled_from: int, state: EntryState) -> ProfileEntry:
    if before is None:
        raise NotFound("there is no such entry in this section")
    if before.revision != filled_from or before.state is not state:
        raise ChangedMeanwhile(f"version {before.revision} stands, not {filled_from}")
    if not may_change(before, Writer.PATIENT):  # nor does whoever keeps the profile: the confirmation goes first
        raise Conflict("a professional confirmed this entry")
    return before


def _fault_among(
    rules: SectionRules, fields: Mapping[str, str], others: Sequence[ProfileEntry], *, is_new: bool
) -> dict[str, FieldFault]:
    """Say what is wrong beside other entries: one alone may be, or be so; or there are too many."""
    kept = [one for one in others if one.state is EntryState.KEPT]
    if is_new and len(others) >= MOST_ENTRIES:
        return {rules.fields[0].name: FieldFault.FULL}
    if rules.is_single and kept:
        return {rules.fields[0].name: FieldFault.TAKEN}
    if rules.unique is not None:
        name, code = rules.unique
        if fields.get(name) == code and any(one.fields.get(name) == code for one in kept):
            return {name: FieldFault.TAKEN}
    return {}


def _say_nothing(tx: Tx, actor: Actor, section: ProfileSection, now: datetime, *, said: bool) -> None:
    before = tx.profile.get(actor.vault, section, STATEMENT)
    if said == (before is not None and before.state is EntryState.NOTHING):
        return
    statement = ProfileEntry(
        section=section,
        id=STATEMENT,
        revision=before.revision + 1 if before else 1,
        state=EntryState.NOTHING if said else EntryState.DELETED,
        fields={},
        written_by=writer_of(actor),
        author=author_of(actor),
        written_at=now,
    )
    _write(tx, actor, statement, "profile.nothing-declared" if said else "profile.nothing-withdrawn")
