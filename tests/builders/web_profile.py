"""A medical profile for pages that are looked at: something of every kind, and what is saved is not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import NotFound
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import EntryAuthor, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_checks import CheckedFields
from gateway.domain.profile_links import DocumentName, EntryName, LinkedName, MeasureName
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.rights_requests import RightsRequest
from gateway.domain.vocabulary import Term, VocabularyKind
from gateway.services.profile.entry_links import LinkedThings
from gateway.services.profile.profile_reading import SectionEntries
from tests.builders.web_people import CAMILLE, NOW
from webmail.profile.acts import ProfileAct
from webmail.profile.port import ShownLinks
from webmail.shown_documents import DocumentSummary


def _entry(section: ProfileSection, number: int, **fields: str) -> ProfileEntry:
    return ProfileEntry(
        section=section,
        id=number,
        revision=1,
        state=EntryState.KEPT,
        fields=fields,
        written_by=Writer.PATIENT,
        written_at=NOW - timedelta(days=number),
    )


_LATEX = _entry(ProfileSection.ALLERGIES, 17, nom="Latex", gravite="grave", reaction="Plaques", debut="2001-06")
CONFIRMED = replace(
    _entry(ProfileSection.VACCINATIONS, 23, nom="ROR", lot="A12"), is_locked=True, written_by=Writer.PROFESSIONAL,
    author=EntryAuthor("Dr Hélène Vasseur", "Cabinet des Lilas", "vasseur@medecin.example"),
)  # fmt: skip
"""A vaccination that a professional confirmed."""
_SHOWN = (
    _LATEX,
    _entry(ProfileSection.TREATMENTS, 18, nom="Amlodipine 5 mg", posologie="1 comprimé le matin", debut="2020"),
    _entry(ProfileSection.TREATMENTS, 19, nom="Amoxicilline", fin="2020-03-04"),
    _entry(ProfileSection.CONTACTS, 20, nom="Anne Modèle", role="urgence", telephone="06 12 34 56 78"),
    _entry(ProfileSection.CONTACTS, 21, nom="Luc Modèle", lien="enfant"),
    _entry(ProfileSection.WISHES, 22, sujet="directives", texte="Je souhaite rester chez moi."),
    CONFIRMED,
    replace(
        _entry(ProfileSection.ALLERGIES, 24, nom="Arachide"), state=EntryState.PROPOSED, written_by=Writer.DOCUMENT
    ),
    replace(_entry(ProfileSection.ALLERGIES, 26, nom="Fraise"), state=EntryState.DELETED, revision=2),
)


class SampleProfile:
    """Satisfies `webmail.profile.port.ProfileService`."""

    async def has_terms(self, kind: VocabularyKind) -> bool:
        """Say that there are lists."""
        return kind in VocabularyKind

    async def search_terms(self, kind: VocabularyKind, typed: str) -> Sequence[Term]:  # noqa: ARG002 - as the port
        """Give one term that has what was typed."""
        return (Term("J45", f"{typed} de l'exemple"),)

    async def term(self, kind: VocabularyKind, code: str) -> Term | None:  # noqa: ARG002 - as the port
        """Give the one term."""
        return Term(code, "Asthme de l'exemple")

    async def profile(self, actor: Actor) -> Mapping[ProfileSection, SectionEntries]:
        """Give every section."""
        return {section: await self.profile_section(actor, section) for section in SECTIONS}

    async def profile_section(self, actor: Actor, section: ProfileSection) -> SectionEntries:
        """Give one section."""
        mine = [one for one in _SHOWN if one.section is section and actor.vault == CAMILLE.actor.vault]
        kept = [one for one in mine if one.state is EntryState.KEPT]
        return SectionEntries(
            section=section,
            current=[one for one in kept if "fin" not in one.fields],
            past=[one for one in kept if "fin" in one.fields],
            proposed=[one for one in mine if one.state is EntryState.PROPOSED],
            deleted=[one for one in mine if one.state is EntryState.DELETED],
            says_nothing=section is ProfileSection.STAYS,
        )

    async def profile_versions(self, actor: Actor, section: ProfileSection, entry: int) -> Sequence[ProfileEntry]:
        """Give an entry, and an earlier version of some."""
        mine = actor.vault == CAMILLE.actor.vault
        found = [one for one in _SHOWN if mine and (one.section, one.id) == (section, entry)]
        if not found:
            raise NotFound("no such entry")
        if found[0] is _LATEX:
            return [replace(_LATEX, revision=2), replace(_LATEX, fields={"nom": "Latex"})]
        return found

    async def entry_annotations(
        self, actor: Actor, section: ProfileSection, entry: int  # noqa: ARG002 - as the port
    ) -> Sequence[RightsRequest]:
        """Give none."""
        return ()

    async def save_profile_entry(
        self, actor: Actor, section: ProfileSection, entry: int, filled_from: int, typed: Mapping[str, str]
    ) -> ProfileEntry | CheckedFields:
        """Take it for saved."""
        if filled_from:
            await self.profile_versions(actor, section, entry)
        return _entry(section, entry, **typed)

    async def act_on_profile_entry(
        self, actor: Actor, section: ProfileSection, entry: int, filled_from: int, act: ProfileAct  # noqa: ARG002
    ) -> None:
        """Take it for done."""
        await self.profile_versions(actor, section, entry)

    async def declare_nothing(self, actor: Actor, section: ProfileSection, *, said: bool) -> None:
        """Take it for said."""

    async def documents_of_kind(
        self, actor: Actor, kind: DocumentCategory  # noqa: ARG002 - as the port
    ) -> Sequence[DocumentSummary]:
        """List none."""
        return ()

    async def profile_links(
        self, actor: Actor, name: LinkedName, *, offering: bool = True  # noqa: ARG002 - as the port
    ) -> ShownLinks:
        """Link the first allergy to a treatment and a curve, and everything else to nothing."""
        mine = [one for one in _SHOWN if actor.vault == CAMILLE.actor.vault and one.state is EntryState.KEPT]
        entry = next((one for one in mine if str(EntryName(one.section, one.id)) == str(name)), None)
        if entry is None and not isinstance(name, DocumentName | MeasureName):
            raise NotFound("no such entry")
        is_linked = entry is _LATEX
        treatment = next((one for one in mine if one.section is ProfileSection.TREATMENTS), None)
        things = LinkedThings(
            entries=[treatment] if is_linked and treatment else [],
            documents=[],
            measures=[MeasureName(MeasureKind.WEIGHT)] if is_linked else [],
            offered=[one for one in mine if one not in (entry, treatment)],
            entry=entry,
        )
        return ShownLinks(things=things, entry=entry, title="Un document")

    async def link_in_profile(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:  # noqa: ARG002 - as the port
        """Take it for linked."""
        await self.profile_links(actor, one)

    async def part_profile_links(self, actor: Actor, one: LinkedName, other: LinkedName) -> None:  # noqa: ARG002 - as the port
        """Take it for parted."""
        await self.profile_links(actor, one)

    async def is_first_visit_due(self, actor: Actor) -> bool:  # noqa: ARG002 - as the port
        """Say that they are offered."""
        return True

    async def end_first_visit(self, actor: Actor) -> None:
        """Take it for kept."""
