"""What the pages of the profile ask of the services; an entry of another space raises `NotFound`, as one of none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.domain.profile import ProfileEntry, ProfileSection
from gateway.domain.profile_checks import CheckedFields
from gateway.domain.profile_links import LinkedName
from gateway.domain.rights_requests import RightsRequest
from gateway.domain.vocabulary import Term, VocabularyKind
from gateway.services.profile.entry_links import LinkedThings
from gateway.services.profile.measure_reading import LastMeasure
from gateway.services.profile.profile_reading import SectionEntries
from webmail.profile.acts import ProfileAct
from webmail.shown_documents import DocumentSummary


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownLinks:
    """What something is linked to, for its page.

    Attributes:
        entry: the entry that was asked of, when it is one.
        title: the title of the document that was asked of, when it is one.
        documents: what `things.documents` are called.
        latest: the documents that an entry may be linked to from its page.
    """

    things: LinkedThings
    entry: ProfileEntry | None = None
    title: str = ""
    documents: Sequence[DocumentSummary] = ()
    latest: Sequence[DocumentSummary] = ()


class ProfileService(Protocol):
    """Read and change the profile of a space."""

    async def has_terms(self, kind: VocabularyKind) -> bool:
        """Say whether there is such a list."""
        ...

    async def search_terms(self, kind: VocabularyKind, typed: str) -> Sequence[Term]:
        """List the terms that have every typed word, a dozen at most."""
        ...

    async def term(self, kind: VocabularyKind, code: str) -> Term | None:
        """Give the term of a code."""
        ...

    async def profile(self, actor: Actor) -> Mapping[ProfileSection, SectionEntries]:
        """Give every section."""
        ...

    async def last_measures(self, actor: Actor) -> Sequence[LastMeasure]:
        """Give each kind of measure with its last one; beside `profile`, which tells it in the trace."""
        ...

    async def profile_section(self, actor: Actor, section: ProfileSection) -> SectionEntries:
        """Give one section."""
        ...

    async def profile_versions(self, actor: Actor, section: ProfileSection, entry: int) -> Sequence[ProfileEntry]:
        """List every version of an entry, the newest first."""
        ...

    async def entry_annotations(
        self, actor: Actor, section: ProfileSection, entry: int
    ) -> Sequence[RightsRequest]:
        """Give the corrections of an entry that stand beside it, the newest first."""
        ...

    async def save_profile_entry(
        self, actor: Actor, section: ProfileSection, entry: int, filled_from: int, typed: Mapping[str, str]
    ) -> ProfileEntry | CheckedFields:
        """Keep what was typed, or give its faults. Raises `ChangedMeanwhile`."""
        ...

    async def act_on_profile_entry(
        self, actor: Actor, section: ProfileSection, entry: int, filled_from: int, act: ProfileAct
    ) -> None:
        """Delete an entry, take it back, raise it, accept or refuse it. Raises `ChangedMeanwhile` and `Conflict`."""
        ...

    async def declare_nothing(self, actor: Actor, section: ProfileSection, *, said: bool) -> None:
        """Say that there is nothing to declare, or no more so."""
        ...

    async def documents_of_kind(self, actor: Actor, kind: DocumentCategory) -> Sequence[DocumentSummary]:
        """List the last documents of a kind."""
        ...

    async def profile_links(self, actor: Actor, name: LinkedName, *, offering: bool) -> ShownLinks:
        """Give what an entry or a document is linked to; with the latest documents where links are offered."""
        ...

    async def link_in_profile(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:
        """Link two things, of which one is an entry. Raises `Conflict`."""
        ...

    async def part_profile_links(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:
        """End a link. Raises `Conflict`."""
        ...

    async def is_first_visit_due(self, actor: Actor) -> bool:
        """Say whether the questions of the first visit are still to be offered."""
        ...

    async def end_first_visit(self, actor: Actor) -> None:
        """Offer them no more."""
        ...


PROFILE: web.AppKey[ProfileService] = web.AppKey("profile")
"""Where handlers find it on the application."""
