"""Who is in contact with Camille, for pages that are looked at, and what she chooses for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from gateway.domain.access import Actor, SpacePart
from gateway.domain.care_contact import ContactWay
from gateway.domain.document import DocumentCategory, DocumentEntry
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.patient_choices import EmergencyConsent, PartyChoice, PartyStanding
from gateway.policy.access.facts import PersonChoice
from gateway.services.privacy.care_circle import KnownParty
from gateway.services.privacy.profession_rights import ProfessionRight
from gateway.services.privacy.refusals import Refusals
from gateway.services.privacy.viewing import Preview, Reader
from tests.builders.web_people import CAMILLE, NOW
from webmail.identifiers import DocumentId


def a_party(number: int, label: str, detail: str, standing: PartyStanding = PartyStanding.NEUTRAL) -> KnownParty:
    """Make somebody in contact."""
    names = frozenset({f"rpps:{number}"})
    choice = PartyChoice(
        number=number, names=names, label=label, detail=detail, standing=standing, since=NOW - timedelta(days=20)
    )
    return KnownParty(
        reference=f"{number:032x}",
        names=names,
        label=label,
        detail=detail,
        ways=frozenset({ContactWay.MESSAGE}),
        choice=choice if standing is not PartyStanding.NEUTRAL else None,
    )


def _parties() -> list[KnownParty]:
    return [
        a_party(1, "Dr Hélène Vasseur", "Médecin généraliste · Lyon", PartyStanding.ALLOWED),
        a_party(2, "Dr Samir Kaddour", "Cardiologue · Villeurbanne"),
        a_party(3, "Laboratoire des Halles", "Biologie médicale · Lyon", PartyStanding.BLOCKED),
    ]


_DOCUMENTS = tuple(
    FiledDocument(
        id=number, mid=None, filed_at=NOW, dated=NOW, entry=DocumentEntry(unique_id=f"1.{number}", title=title),
        sha256=b"", sender="", identity_verified=True, result_count=0, has_alert=False, files=(),
    )
    for number, title in enumerate(("Bilan sanguin", "Compte rendu de consultation", "Radiographie"), 5)
)  # fmt: skip


@dataclass
class SamplePrivacy:
    """Satisfies `webmail.privacy.port.PrivacyService`."""

    parties: list[KnownParty] = field(default_factory=_parties)
    emergency: frozenset[EmergencyConsent] = frozenset({EmergencyConsent.SERVICES})

    async def care_circle(self, actor: Actor) -> Sequence[KnownParty]:
        """Give those of Camille."""
        return self.parties if actor.vault == CAMILLE.actor.vault else ()

    async def choose_for(self, actor: Actor, reference: str, standing: PartyStanding) -> KnownParty:
        """Note the choice."""
        for at, party in enumerate(await self.care_circle(actor)):
            if party.reference == reference:
                choice = PartyChoice(number=at, names=party.names, label=party.label, standing=standing, since=NOW)
                self.parties[at] = replace(party, choice=choice)
                return self.parties[at]
        raise NotFound("nobody in contact has this reference")

    async def entrust_profile(self, actor: Actor, reference: str, *, with_profile: bool) -> KnownParty:
        """Note the choice."""
        for at, party in enumerate(await self.care_circle(actor)):
            if party.reference == reference and party.choice:
                choice = replace(party.choice, administers=NOW if with_profile else None)
                self.parties[at] = replace(party, choice=choice)
                return self.parties[at]
        raise NotFound("nobody in contact has this reference")

    async def emergency_consents(self, _: Actor) -> frozenset[EmergencyConsent]:
        """Give what was chosen."""
        return self.emergency

    async def consent_in_emergencies(self, _: Actor, consents: frozenset[EmergencyConsent]) -> None:
        """Note the choice."""
        self.emergency = consents

    async def privacy_preview(self, actor: Actor, reference: str) -> Preview:
        """Show two documents of three to whoever is asked about."""
        for party in await self.care_circle(actor):
            if party.reference == reference:
                return Preview(
                    party=party,
                    is_let_in=party.standing is PartyStanding.ALLOWED,
                    newest=_DOCUMENTS[:2],
                    counts={DocumentCategory.BIOLOGY: 1, DocumentCategory.REPORTS: 1},
                    kept_back=1,
                    parts=frozenset({SpacePart.PROFILE}),
                    exceptions=((_DOCUMENTS[2], PersonChoice.HIDDEN),),
                )
        raise NotFound("nobody in contact has this reference")

    async def readers_of(self, actor: Actor, _: DocumentId) -> tuple[FiledDocument, Sequence[Reader]]:
        """Show a document to all but the last."""
        if not (known := await self.care_circle(actor)):
            raise NotFound("there is no such document")
        return _DOCUMENTS[0], [Reader(party=one, sees=one is not known[1], choice=None) for one in known]

    async def profession_rights(self, _: Actor) -> Sequence[ProfessionRight]:
        """Let doctors read everything, physiotherapists two kinds."""
        two = (DocumentCategory.PRESCRIPTIONS, DocumentCategory.IMAGING)
        return [
            ProfessionRight(profession="Masseur-kinésithérapeute", kinds=two),
            ProfessionRight(profession="Médecin", kinds=tuple(DocumentCategory)),
        ]

    async def refusals(self, actor: Actor) -> Refusals:
        """Give one refusal of each kind."""
        parties = tuple(await self.care_circle(actor))
        blocked = tuple(one for one in parties if one.standing is PartyStanding.BLOCKED)
        return Refusals(
            blocked=blocked,
            hidden=_DOCUMENTS[:1],
            hidden_count=3,
            excepted=tuple((party, _DOCUMENTS[1]) for party in parties[1:2]),
            excepted_count=len(parties[1:2]),
            emergencies=frozenset(EmergencyConsent) - self.emergency,
            hides_new=True,
            hides_care=True,
        )

    async def show_to_professionals(self, actor: Actor, _: DocumentId) -> None:
        """Find the space."""
        await self.readers_of(actor, _)

    async def accept_emergency(self, _: Actor, consent: EmergencyConsent) -> None:
        """Note the choice."""
        self.emergency |= {consent}

    async def show_what_comes(self, _: Actor) -> None:
        """Take it as done."""

    async def show_care_history(self, _: Actor) -> None:
        """Take it as done."""

    async def except_for(self, actor: Actor, _: DocumentId, reference: str, __: PersonChoice | None) -> None:
        """Find whom it is about."""
        await self.choose_for(actor, reference, PartyStanding.NEUTRAL)
