"""Which of a profile a professional keeps whom its patient entrusted with it (E15), and how they end that.

Wishes and the people around the patient are in the patient's own name, so they stay theirs to write. What documents
propose, what was deleted, links and what the synthesis shows are between the patient and themself.
"""

from collections.abc import Mapping
from dataclasses import replace

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import NotFound
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection
from gateway.domain.profile_sections import SECTIONS
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.profile.profile_reading import ProfileReading, SectionEntries, object_name
from gateway.services.profile.source_documents import stands

OWN = frozenset({ProfileSection.WISHES, ProfileSection.CONTACTS})
"""What the patient alone writes, or whoever acts for them."""
ADMINISTERED = tuple(section for section in SECTIONS if section not in OWN)


def keep_own_sections(actor: Actor, section: ProfileSection) -> None:
    """Raise `NotFound` where a professional would write what is the patient's own to say."""
    if actor.is_visitor and section not in ADMINISTERED:
        raise NotFound(f"{section.value} is the patient's own to write")


class ProfileAdministration:
    """The profile of one space, for whom its patient entrusted with it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._reading = ProfileReading(store, clock)

    @traces_refusals
    async def sections(self, actor: Actor) -> Mapping[ProfileSection, SectionEntries]:
        """Give the sections that they keep, with what stands in each. Raises `AccessRefused`."""
        await self._allowed(actor)
        found = await self._reading.overview(actor)
        return {section: found[section] for section in ADMINISTERED}

    @traces_refusals
    async def check(self, actor: Actor, section: ProfileSection) -> None:
        """Return when they keep a section. Raises `AccessRefused`, `NotFound`."""
        keep_own_sections(actor, section)
        await self._allowed(actor)

    @traces_refusals
    async def entry(self, actor: Actor, section: ProfileSection, number: int) -> ProfileEntry:
        """Give an entry to change. Raises `AccessRefused`, `NotFound`: also one that is confirmed."""
        now = self._clock.now()
        keep_own_sections(actor, section)

        def look(tx: Tx) -> ProfileEntry:
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            found = tx.profile.get(actor.vault, section, number)
            if found is None or number == STATEMENT or found.state is not EntryState.KEPT or found.is_locked:
                raise NotFound(f"there is no entry {object_name(section, number)}")
            if not stands(tx, actor, found, now):
                raise NotFound(f"{object_name(section, number)} is of a document that they are not shown")
            return found

        found = await self._store.read(look)
        event = actor.event(now, "profile.read", objects=(object_name(section, number),))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def give_up(self, actor: Actor) -> None:
        """Keep the profile no longer; the patient's consent stays, and they are told. Raises `AccessRefused`."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            choices = tx.patient_choices.get(actor.vault)
            theirs = {one.number for one in choices.administered_by(actor.identifiers)}
            parties = tuple(
                replace(one, administers=None) if one.number in theirs else one for one in choices.parties
            )
            tx.patient_choices.put(actor.vault, replace(choices, parties=parties))
            objects = tuple(f"party:{number:x}" for number in sorted(theirs))
            tx.audit.append(actor.vault, actor.event(now, "profile.administrator-left", objects=objects))
            tx.changed(actor.vault)

        await self._store.write(end)

    async def _allowed(self, actor: Actor) -> None:
        now = self._clock.now()
        await self._store.read(lambda tx: allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now))
