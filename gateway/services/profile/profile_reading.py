"""The profile as it is read: sections, entries, every version of one; each reading leaves its line in the trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.local_days import local_day
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection
from gateway.domain.profile_checks import is_over
from gateway.domain.profile_sections import SECTIONS
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.profile.source_documents import newest_standing, proposals_in, stands


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SectionEntries:
    """What stands in a section now.

    Attributes:
        current: entries, in the order in which they are shown.
        past: those that are over, in sections that tell them apart.
        proposed: what documents brought, to be accepted or refused; what says the same is there once.
        sources: the documents that proposed it, by number.
        deleted: what may be taken back, the latest first.
        says_nothing: « rien à déclarer ».
    """

    section: ProfileSection
    current: Sequence[ProfileEntry]
    past: Sequence[ProfileEntry]
    proposed: Sequence[ProfileEntry]
    deleted: Sequence[ProfileEntry]
    says_nothing: bool
    sources: Mapping[int, FiledDocument] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Say how many entries there are."""
        return len(self.current) + len(self.past)


class ProfileReading:
    """Reads the profile of one space."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def overview(self, actor: Actor) -> Mapping[ProfileSection, SectionEntries]:
        """Give every section with what stands in it."""
        now = self._clock.now()

        def look(tx: Tx) -> Mapping[ProfileSection, SectionEntries]:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            return {section: section_of(tx, actor, section, now) for section in SECTIONS}

        found = await self._store.read(look)
        event = actor.event(now, "profile.listed")
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def section(self, actor: Actor, section: ProfileSection) -> SectionEntries:
        """Give one section."""
        now = self._clock.now()

        def look(tx: Tx) -> SectionEntries:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            return section_of(tx, actor, section, now)

        found = await self._store.read(look)
        event = actor.event(now, "profile.listed", objects=(f"profile:{section.value}",))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def versions(self, actor: Actor, section: ProfileSection, entry: int) -> Sequence[ProfileEntry]:
        """List every version of an entry, the newest first; a visitor is shown what stands alone. Raises `NotFound`."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[ProfileEntry]:
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            versions = tx.profile.versions(actor.vault, section, entry)
            if not versions or not stands(tx, actor, versions[0], now):
                return ()
            is_told = versions[0].state is EntryState.KEPT or not actor.is_visitor
            return (versions[:1] if actor.is_visitor else versions) if is_told else ()

        found = await self._store.read(look)
        if not found or entry == STATEMENT:
            raise NotFound(f"the profile of {actor.vault:x} has no entry {entry:x} there")
        event = actor.event(now, "profile.read", objects=(object_name(section, entry),))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found


def object_name(section: ProfileSection, entry: int) -> str:
    """Name an entry in a line of the trace."""
    return f"profile:{section.value}/{entry:x}"


def section_of(tx: Tx, actor: Actor, section: ProfileSection, at: datetime) -> SectionEntries:
    """Read a section in the caller's transaction."""
    rules, today = SECTIONS[section], local_day(at)
    found = sorted(newest_standing(tx, actor, section, at), key=lambda one: one.written_at, reverse=True)
    kept = [one for one in found if one.state is EntryState.KEPT]
    if rules.is_ordered:
        kept.sort(key=lambda one: one.place)
    else:
        dates = [field.name for field in rules.fields if field.name in {"date", "debut"}]
        kept.sort(key=lambda one: "".join(one.fields.get(name, "") for name in dates), reverse=True)
    # What waits for an answer, and what was taken away, is between the patient and themself.
    proposed, sources = ((), {}) if actor.is_visitor else proposals_in(tx, actor, section, found, at)
    over = [is_over(rules, one.fields, today) for one in kept]
    return SectionEntries(
        section=section,
        current=[one for one, ended in zip(kept, over, strict=True) if not ended],
        past=[one for one, ended in zip(kept, over, strict=True) if ended],
        proposed=proposed,
        sources=sources,
        deleted=[one for one in found if one.state is EntryState.DELETED and not actor.is_visitor],
        says_nothing=any(one.state is EntryState.NOTHING for one in found) and not kept,
    )
