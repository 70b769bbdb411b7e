"""The profile as pages see it, over `gateway.services.profile`."""

from collections.abc import Mapping, Sequence

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.domain.document_lists import DocumentFilter
from gateway.domain.profile import ProfileEntry, ProfileSection
from gateway.domain.profile_checks import CheckedFields
from gateway.domain.profile_links import EntryName, LinkedName
from gateway.domain.rights_requests import RightsRequest
from gateway.domain.vocabulary import Term, VocabularyKind
from gateway.services.profile.entry_links import EntryLinks
from gateway.services.profile.first_visit import FirstVisit
from gateway.services.profile.measure_reading import LastMeasure, MeasureReading
from gateway.services.profile.profile_reading import ProfileReading, SectionEntries
from gateway.services.profile.profile_writing import ProfileWriting
from gateway.services.requests.entry_corrections import EntryCorrections
from webmail.document_views import document_summary_of
from webmail.profile.acts import ProfileAct
from webmail.profile.port import ShownLinks
from webmail.services import SpaceServices
from webmail.shown_documents import DocumentSummary

_SUGGESTED = 12


class ProfilePages:
    """Implements `webmail.profile.port.ProfileService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._own_reading = ProfileReading(services.store, services.clock)
        self._own_writing = ProfileWriting(services.store, services.clock)
        self._measured = MeasureReading(services.store, services.clock, services.growth)
        self._links = EntryLinks(services.store, services.clock)
        self._entry_corrections = EntryCorrections(services.store, services.clock)
        self._visit = FirstVisit(services.store, services.clock)
        self._own_documents = services.documents
        self._vocabularies = services.vocabularies
        self._own_store = services.store

    async def has_terms(self, kind: VocabularyKind) -> bool:
        """Say whether there is such a list."""
        return await self._own_store.aside(lambda: self._vocabularies.has(kind))

    async def search_terms(self, kind: VocabularyKind, typed: str) -> Sequence[Term]:
        """List the terms that have every typed word."""
        return await self._own_store.aside(lambda: self._vocabularies.search(kind, typed, _SUGGESTED))

    async def term(self, kind: VocabularyKind, code: str) -> Term | None:
        """Give the term of a code."""
        return await self._own_store.aside(lambda: self._vocabularies.term(kind, code))

    async def profile(self, actor: Actor) -> Mapping[ProfileSection, SectionEntries]:
        """Give every section."""
        return await self._own_reading.overview(actor)

    async def last_measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give each kind of measure with its last one."""
        return await self._measured.overview(actor, is_told=True)

    async def profile_section(self, actor: Actor, section: ProfileSection) -> SectionEntries:
        """Give one section."""
        return await self._own_reading.section(actor, section)

    async def profile_versions(self, actor: Actor, section: ProfileSection, entry: int) -> Sequence[ProfileEntry]:
        """List every version of an entry, the newest first."""
        return await self._own_reading.versions(actor, section, entry)

    async def entry_annotations(
        self, actor: Actor, section: ProfileSection, entry: int
    ) -> Sequence[RightsRequest]:
        """Give the corrections that stand beside an entry."""
        return await self._entry_corrections.standing(actor, EntryName(section, entry))

    async def save_profile_entry(
        self, actor: Actor, section: ProfileSection, entry: int, filled_from: int, typed: Mapping[str, str]
    ) -> ProfileEntry | CheckedFields:
        """Keep what was typed, or give its faults."""
        return await self._own_writing.save(actor, section, entry, filled_from, typed)

    async def act_on_profile_entry(
        self, actor: Actor, section: ProfileSection, entry: int, filled_from: int, act: ProfileAct
    ) -> None:
        """Do what a button says."""
        if act is ProfileAct.RAISE:
            await self._own_writing.raise_up(actor, section, entry)
            return
        doing = {
            ProfileAct.DELETE: self._own_writing.delete,
            ProfileAct.RESTORE: self._own_writing.restore,
            ProfileAct.ACCEPT: self._own_writing.accept,
            ProfileAct.REFUSE: self._own_writing.refuse,
        }
        await doing[act](actor, section, entry, filled_from)

    async def declare_nothing(self, actor: Actor, section: ProfileSection, *, said: bool) -> None:
        """Say that there is nothing to declare, or no more so."""
        await self._own_writing.declare_nothing(actor, section, said=said)

    async def documents_of_kind(self, actor: Actor, kind: DocumentCategory) -> Sequence[DocumentSummary]:
        """List the last documents of a kind."""
        found = await self._own_documents.listed(actor, DocumentFilter(category=kind.value))
        return tuple(map(document_summary_of, found.documents))

    async def profile_links(self, actor: Actor, name: LinkedName, *, offering: bool) -> ShownLinks:
        """Give what an entry or a document is linked to."""
        things = await self._links.of(actor, name)
        to_documents = offering and isinstance(name, EntryName)
        latest = await self._own_documents.listed(actor, DocumentFilter()) if to_documents else None
        return ShownLinks(
            things=things,
            entry=things.entry,
            title=document_summary_of(things.document).title if things.document else "",
            documents=tuple(map(document_summary_of, things.documents)),
            latest=tuple(map(document_summary_of, latest.documents)) if latest else (),
        )

    async def link_in_profile(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:
        """Link two things."""
        await self._links.link(actor, one, other)

    async def part_profile_links(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:
        """End a link."""
        await self._links.part(actor, one, other)

    async def is_first_visit_due(self, actor: Actor) -> bool:
        """Say whether the questions of the first visit are still to be offered."""
        return await self._visit.is_due(actor)

    async def end_first_visit(self, actor: Actor) -> None:
        """Offer them no more."""
        await self._visit.end(actor)
