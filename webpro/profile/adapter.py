"""A kept profile at the console, over `gateway.services.profile`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.domain.access import Actor
from gateway.domain.profile import ProfileEntry, ProfileSection
from gateway.domain.profile_checks import CheckedFields, heading_of
from gateway.domain.profile_sections import SECTIONS
from gateway.services.profile.administered import ProfileAdministration
from gateway.services.profile.profile_reading import SectionEntries
from gateway.services.profile.profile_writing import ProfileWriting
from gateway.services.random_numbers import random_number
from webmail.entry_forms import typed_fields
from webmail.references import number_of, reference_of
from webpro.profile.model import FilledEntry, KeptEntry, KeptSection
from webpro.profile_parts import facts_of
from webpro.services import ConsoleServices


class RecordProfile:
    """Implements `webpro.profile.port.RecordProfileService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._kept = ProfileAdministration(services.store, services.clock)
        self._writing = ProfileWriting(services.store, services.clock)

    async def kept_sections(self, actor: Actor) -> Sequence[KeptSection]:
        """List the sections."""
        return [_section(one) for one in (await self._kept.sections(actor)).values()]

    async def blank_entry(self, actor: Actor, section: ProfileSection) -> FilledEntry:
        """Give the form of a new entry."""
        await self._kept.check(actor, section)
        return FilledEntry(reference=reference_of(random_number()), version=0, typed={})

    async def kept_entry(self, actor: Actor, section: ProfileSection, reference: str) -> FilledEntry:
        """Give an entry in its form."""
        entry = await self._kept.entry(actor, section, number_of(reference))
        rules = SECTIONS[section]
        return FilledEntry(
            reference=reference,
            version=entry.revision,
            typed=typed_fields(rules, entry),
            name=heading_of(rules, entry.fields),
        )

    async def keep_entry(
        self, actor: Actor, section: ProfileSection, reference: str, version: int, typed: Mapping[str, str]
    ) -> FilledEntry | None:
        """Keep what was typed, or give the form with its faults."""
        saved = await self._writing.save(actor, section, number_of(reference), version, typed)
        if not isinstance(saved, CheckedFields):
            return None
        return FilledEntry(reference=reference, version=version, typed=typed, faults=saved.faults)

    async def delete_entry(self, actor: Actor, section: ProfileSection, reference: str, version: int) -> None:
        """Delete an entry."""
        await self._writing.delete(actor, section, number_of(reference), version)

    async def give_up_profile(self, actor: Actor) -> None:
        """Keep this profile no longer."""
        await self._kept.give_up(actor)


def _section(found: SectionEntries) -> KeptSection:
    entries = [_entry(one) for one in (*found.current, *found.past)]
    return KeptSection(rules=SECTIONS[found.section], entries=entries, says_nothing=found.says_nothing)


def _entry(entry: ProfileEntry) -> KeptEntry:
    rules = SECTIONS[entry.section]
    first = next((field.name for field in rules.fields if entry.fields.get(field.name)), "")
    return KeptEntry(
        reference=reference_of(entry.id),
        name=heading_of(rules, entry.fields),
        facts=facts_of(replace(entry, is_locked=False), without=(first,)),
        is_locked=entry.is_locked,
        written_by=entry.author.named if entry.author else "",
    )
