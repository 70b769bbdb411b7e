"""A patient's space over the real store: professionals write to it, documents are filed in it, its holder acts.

Only the directory is a fake. What arrives goes the way of intake: scanned, recorded, accepted in one transaction.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from dossier_bridge.sandbox.dicom_pictures import jobs
from dossier_bridge.sandbox.picture_frames import picturing
from gateway.domain.access import Actor
from gateway.domain.access_settings import NOTHING_CHOSEN, AccessSettings
from gateway.domain.account import Session, Space
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.brought import Brought, ProposedEntry
from gateway.domain.directory import (
    CertificateBinding,
    DirectoryEntry,
    DistinguishedName,
    MailboxKind,
    TrustedDomain,
)
from gateway.domain.document import DocumentCategory, DocumentEntry, LabResult, Participant
from gateway.domain.dossier import ORIGINAL, PRESENTATION, READABLE, DocumentFile, FiledDocument
from gateway.domain.identity import DEMO_OIDS
from gateway.domain.mailbox import BlobKey, MessageId, VaultId, VaultKind
from gateway.domain.measures import Measure, MeasuredValue, MeasureKind, MeasureVersion
from gateway.domain.mime import scan_message
from gateway.domain.profile import EntryAuthor, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.readable import MEDIA_TYPE
from gateway.domain.space import SpaceState
from gateway.domain.timestamp import Timestamp
from gateway.domain.written_results import written_results
from gateway.fhir.bundles import results_bundle
from gateway.fhir.patient_summary import summary_bundle
from gateway.growth.growth_files import GrowthFiles
from gateway.medical_picture_processes import ProcessDrawer
from gateway.openpgp.gnupg_program import GnupgProgram
from gateway.paper_processes import PapersAside
from gateway.papers.typst_papers import TypstPapers
from gateway.policy.settings import PolicySettings
from gateway.ports.directory import Ages, Standings
from gateway.ports.store import Tx
from gateway.services.access.actors import program_with
from gateway.services.agenda.invitation_answers import InvitationAnswers
from gateway.services.agenda.link_reading import LinkReading
from gateway.services.agenda.own_agenda import OwnAgenda
from gateway.services.agenda.subscriptions import AgendaSubscriptions
from gateway.services.conversation.contacts import Contacts
from gateway.services.conversation.conversations import Conversations
from gateway.services.conversation.message_parts import MessageParts
from gateway.services.conversation.new_messages import NewMessages
from gateway.services.conversation.patient_post import PatientPost
from gateway.services.conversation.patient_writing import PatientWriting
from gateway.services.conversation.replies import Replies
from gateway.services.counting.counters import CountersInMemory
from gateway.services.delivery.acceptance import Outcome, accept, delivery_to
from gateway.services.delivery.exchange_moves import correspondence_in
from gateway.services.delivery.message_records import records_of
from gateway.services.export.own_exports import OwnExports
from gateway.services.filing.added_documents import AddedDocuments
from gateway.services.filing.brought_entries import keep_brought
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.document_downloads import DocumentDownloads
from gateway.services.record.document_words import DocumentWords
from gateway.services.record.medical_pictures import MedicalPictures
from gateway.services.record.record_queries import RecordQueries
from gateway.services.sign_in.even_answers import EvenAnswers
from gateway.services.sign_in.own_passkeys import OwnPasskeys
from gateway.services.sign_in.own_sign_in import OwnSignIn
from gateway.services.sign_in.passkey_check import GUARD, PasskeyCheck
from gateway.services.sign_in.passkey_sign_in import PasskeySignIn
from gateway.services.sign_in.patient_sign_in import PatientSignIn, SignInSettings
from gateway.services.sign_in.recovery import Recovery
from gateway.services.sign_in.sign_in_guard import GuardSettings, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.space.activation import Activation
from gateway.services.space.activation_end import ActivationEnd
from gateway.services.space.activation_passkeys import ActivationPasskeys
from gateway.services.space.opposition import Opposition
from gateway.services.space.own_contacts import OwnContacts
from gateway.services.space.own_terms import OwnTerms
from gateway.services.trace.activity_history import ActivityHistory
from gateway.services.trust.facts import Staleness, TrustFacts
from gateway.terms.terms_files import terms_of_use
from gateway.vocabulary.vocabulary_files import VocabularyFiles
from tests.builders.leaving import leaving_at
from tests.builders.papers_here import papers_here
from tests.builders.patient_space import PatientSpace
from tests.builders.sandbox_here import SandboxHere
from tests.builders.store import NOON, StoreAt, a_number, a_space, store_at
from webmail.messages.html_frames import rendering
from webmail.messages.html_mail import inert_document
from webmail.references import person_of
from webmail.services import SpaceServices
from webmail.sign_in.stored_sessions import StoredSessions
from webmail.signed_in import SignedIn

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 2000 + b"\n%%EOF\n"
CDA = b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>"
_SNAPSHOT = Ages(NOON, NOON)


def _entry(address: str, kind: MailboxKind, name: str, profession: str = "", city: str = "") -> DirectoryEntry:
    return DirectoryEntry(
        address=MailAddress.parse(address),
        kind=kind,
        identifier="810000000011",
        name=name,
        profession=profession,
        city=city,
    )


CLAIRE = _entry("claire.martin@medecin.mssante.fr", MailboxKind.PERSON, "Dr Claire Martin", "Médecin", "Rennes")
PAUL = _entry("paul.nguyen@medecin.mssante.fr", MailboxKind.PERSON, "Dr Paul Nguyen", "Cardiologue", "Rennes")
LABORATORY = _entry("resultats@labo.mssante.fr", MailboxKind.APPLICATION, "Laboratoire des Lilas", city="Rennes")


class ListedPeople:
    """A directory of a few people; satisfies `gateway.ports.directory.Directory`."""

    def __init__(self, *entries: DirectoryEntry) -> None:
        self._entries: Mapping[MailAddress, DirectoryEntry] = {entry.address: entry for entry in entries}

    def entry(self, address: MailAddress) -> DirectoryEntry | None:
        """Find a mailbox."""
        return self._entries.get(address)

    def domain(self, name: str) -> TrustedDomain | None:
        """Trust every domain."""
        return TrustedDomain(name, frozenset())

    def domains_of(self, holder: DistinguishedName) -> frozenset[str]:  # noqa: ARG002 - the port's name
        """Bind no certificate."""
        return frozenset()

    def binding(self, spki_sha256: bytes) -> CertificateBinding | None:  # noqa: ARG002 - the port's name
        """Bind no key."""
        return None

    def ages(self) -> Ages:
        """Be fresh at noon."""
        return _SNAPSHOT

    def standings(self) -> Standings:
        """Keep no local mailbox."""
        return {}


@dataclass(frozen=True, slots=True)
class PatientSite:
    """Two spaces, the services over them, and what the pages call."""

    at: StoreAt
    trust: TrustFacts
    camille: Space
    louis: Space
    conversations: Conversations
    replies: Replies
    new_messages: NewMessages
    parts: MessageParts
    documents: DocumentAccess
    queries: RecordQueries
    patients: PatientSignIn
    sign_ins: SignInTrace
    services: SpaceServices
    letters: SandboxHere
    pages: PatientSpace
    sent: list[str] = field(default_factory=list)

    @property
    def person(self) -> SignedIn:
        """Give Camille, signed in."""
        return person_of(self.camille)

    @property
    def stored_sessions(self) -> StoredSessions:
        """Give the sessions of browsers."""
        return StoredSessions(self.at.store, self.at.clock, self.services.terms)

    @property
    def actor(self) -> Actor:
        """Give Camille as services know her."""
        return self.person.actor

    async def receive(
        self,
        raw: bytes,
        sender: DirectoryEntry = CLAIRE,
        space: Space | None = None,
        at: datetime | None = None,
        *,
        holds: bool = False,
    ) -> MessageId:
        """Let a message arrive as intake does, and give its number."""
        to, scanned, instant = space or self.camille, scan_message(raw), at or self.at.clock.now()
        correspondence = correspondence_in(scanned, sender.address, self.trust.entry)
        records = records_of(raw, scanned, self.trust.entry, correspondence)
        mid = MessageId(a_number())
        delivery = delivery_to(
            (to.vault, VaultKind.SPACE),
            mid=mid,
            path=(str(sender.address), str(to.address.mail)),
            records=records,
            correspondence=correspondence,
            at=instant,
            dedupe=mid.to_bytes(16, "big"),
            blob=self.at.blobs.put(raw),
        )
        delivery = replace(delivery, holds=holds, files=False)  # nothing here files
        outcome = await self.at.store.write(lambda tx: accept(tx, delivery))
        assert outcome is (Outcome.HELD if holds else Outcome.VISIBLE)
        return mid

    async def file(
        self, results: Sequence[LabResult] = (), space: Space | None = None, words: bytes = b"",
        scans: Sequence[bytes] = (), **changes: object,
    ) -> FiledDocument:  # fmt: skip
        """File a report with its PDF, its words as they are stored, and scans; `changes` are fields of the document."""
        files: list[tuple[str, str, BlobKey]] = [
            (which, media_type, self.at.blobs.put(data))
            for which, media_type, data in ((ORIGINAL, "text/xml", CDA), (PRESENTATION, "application/pdf", PDF))
        ]
        if words:
            files.append((READABLE, MEDIA_TYPE, self.at.blobs.put(words)))
        files += [(f"media-{n}", "application/dicom", self.at.blobs.put(scan)) for n, scan in enumerate(scans, 1)]
        document = replace(a_document(results, files), **changes)  # type: ignore[arg-type]  # fields of the caller
        vault = (space or self.camille).vault

        def add(tx: Tx) -> bool:
            for _, _, key in files:
                tx.blobs.attach(vault, key)
            tx.changed(vault)
            return tx.documents.add(vault, document, written_results(results))

        assert await self.at.store.write(add)
        return document

    async def write_allergy(self, name: str = "Latex", space: Space | None = None) -> ProfileEntry:
        """Write an allergy into the profile, without a line in the trace."""
        entry = ProfileEntry(
            section=ProfileSection.ALLERGIES,
            id=a_number(),
            revision=1,
            state=EntryState.KEPT,
            fields={"nom": name},
            written_by=Writer.PATIENT,
            written_at=self.at.clock.now(),
        )
        await self.at.store.write(lambda tx: tx.profile.add((space or self.camille).vault, entry))
        return entry

    async def confirm_allergy(self, number: int) -> None:
        """Have a professional confirm an allergy of Camille's, without a line in the trace; once."""

        def confirm(tx: Tx) -> None:
            noted = tx.profile.get(self.camille.vault, ProfileSection.ALLERGIES, number)
            if noted is not None and not noted.is_locked:
                by = EntryAuthor("Dr Claire Martin", "Cabinet des Lilas", str(CLAIRE.address))
                locked = replace(noted, revision=noted.revision + 1, is_locked=True, author=by)
                tx.profile.add(self.camille.vault, locked)

        await self.at.store.write(confirm)

    async def write_weight(self, space: Space | None = None) -> Measure:
        """Write a weight, without a line in the trace."""
        now = self.at.clock.now()
        value = MeasuredValue(at=now, is_timed=True, numbers=(Decimal(72),), unit="kg")
        version = MeasureVersion(value=value, written_by=Writer.PATIENT, written_at=now)
        weight = Measure(id=a_number(), kind=MeasureKind.WEIGHT, now=version)
        await self.at.store.write(lambda tx: tx.measures.add((space or self.camille).vault, weight))
        return weight

    async def propose_weight(self, value: str = "72") -> int:
        """Let a document propose a weight, and give the number of the proposal."""
        document = await self.file()
        fields = {"mesure": "poids", "valeur": value, "unite": "kg", "jour": f"{self.at.clock.now():%Y-%m-%d}"}
        section = ProfileSection.PROPOSED_MEASURES
        brought = Brought(entries=(ProposedEntry(section, fields),))
        vault, now = self.camille.vault, self.at.clock.now()
        await self.at.store.write(lambda tx: keep_brought(tx, vault, document.id, brought, now))
        found = await self.at.store.read(lambda tx: tx.profile.newest(vault, section))
        return next(one.id for one in found if one.source == document.id)

    async def trace(self, action: str, vault: VaultId | None = None) -> list[AuditEvent]:
        """Give the events of one action, newest first."""
        events = await self.at.store.read(lambda tx: tx.audit.events(vault or self.camille.vault))
        return [event for event in events if event.action == action]


def a_document(results: Sequence[LabResult], files: Sequence[tuple[str, str, BlobKey]]) -> FiledDocument:
    """Make a report of biology that names nobody real."""
    number = a_number()
    return FiledDocument(
        id=number,
        mid=None,
        filed_at=NOON,
        dated=NOON,
        entry=DocumentEntry(
            unique_id=f"1.2.250.1.999.{number}",
            type_code="11502-2",
            type_code_system="2.16.840.1.113883.6.1",
            type_label="Compte rendu d’examens biologiques",
            title="Bilan de contrôle",
            effective_time=Timestamp("20260301"),
            authors=(Participant(name="Dr Iris Modèle", organisation="Laboratoire des Lilas"),),
            category=DocumentCategory.BIOLOGY,
        ),
        sha256=number.to_bytes(32, "big"),
        sender=str(LABORATORY.address),
        identity_verified=True,
        result_count=len(results),
        has_alert=any(result.is_critical for result in results),
        files=tuple(DocumentFile(which, media_type, key.ref, key.size) for which, media_type, key in files),
    )


def a_program(site: PatientSite, lifetime: timedelta = timedelta(hours=1)) -> Actor:
    """Give a program that holds a token of Camille's space."""
    now = site.at.clock.now()
    return program_with(
        Session(digest=bytes(32), vault=site.camille.vault, kind="fhir", created=now, used=now, expires=now + lifetime)
    )


@asynccontextmanager
async def patient_site(
    folder: Path,
    sign_in: SignInSettings | None = None,
    max_bytes: int = 25_000_000,
    policy: PolicySettings | None = None,
    guarded: GuardSettings | None = None,
    terms_folder: Path | None = None,
    access_settings: AccessSettings = NOTHING_CHOSEN,
) -> AsyncIterator[PatientSite]:
    """Open a store with the spaces of Camille and Louis, and bind the services to it."""
    async with store_at(folder, access_settings=access_settings) as at:
        trust = TrustFacts(ListedPeople(CLAIRE, PAUL, LABORATORY), at.clock, Staleness())
        conversations = Conversations(at.store, at.clock)
        writing = PatientWriting(trust, replace(policy or PolicySettings(), max_bytes=max_bytes))
        post = PatientPost(at.store, at.blobs, trust, at.clock, writing)
        contacts = Contacts(at.store, trust)
        replies = Replies(at.store, contacts, writing, post)
        new_messages = NewMessages(at.store, contacts, writing, post)
        parts = MessageParts(at.store, at.blobs, at.clock)
        documents = DocumentAccess(at.store, at.blobs, at.clock, DocumentWords(at.store, at.blobs))
        sign_ins = SignInTrace(at.store, at.clock)
        limits, counters = sign_in or SignInSettings(), CountersInMemory()
        guard = SignInGuard(guarded or GuardSettings(), counters, at.clock)
        passkey_guard = SignInGuard(guarded or GuardSettings(), counters, at.clock, GUARD)
        check = PasskeyCheck(at.store, at.clock, sign_ins, passkey_guard)
        patients = PatientSignIn(at.store, at.clock, limits, sign_ins, guard)
        terms = OwnTerms(at.store, at.clock, terms_of_use(terms_folder))
        activation_end = ActivationEnd(at.store, at.clock, limits, patients, terms)
        letters = SandboxHere(rendering(inert_document))
        services = SpaceServices(
            store=at.store,
            clock=at.clock,
            patients=patients,
            recovery=Recovery(at.store, at.clock, guard),
            own_sign_in=OwnSignIn(at.store, at.clock, guard),
            passkeys=PasskeySignIn(at.store, at.clock, check),
            own_passkeys=OwnPasskeys(at.store, at.clock, check),
            conversations=conversations,
            replies=replies,
            new_messages=new_messages,
            care_circle=CareCircle(at.store, at.clock, trust.entry),
            parts=parts,
            documents=documents,
            pictures=MedicalPictures(at.store, at.blobs, ProcessDrawer(SandboxHere(picturing(jobs))), at.clock),
            document_downloads=DocumentDownloads(at.store, at.blobs, at.clock),
            added_documents=AddedDocuments(at.store, at.blobs, None, at.clock, DEMO_OIDS),
            leaving=leaving_at(at),
            letters=letters,
            activation=Activation(at.store, at.clock, limits, sign_ins, counters, guard, EvenAnswers(timedelta(0))),
            activation_end=activation_end,
            activation_passkeys=ActivationPasskeys(at.store, at.clock, activation_end),
            opposition=Opposition(at.store, at.clock, TypstPapers(), "espace.pli.example"),
            terms=terms,
            contacts=OwnContacts(at.store, at.clock, limits),
            counters=counters,
            agenda=OwnAgenda(at.store, at.clock),
            invitation_answers=InvitationAnswers(at.store, at.clock, replies),
            vocabularies=VocabularyFiles(folder),
            growth=GrowthFiles(folder),
            agenda_links=AgendaSubscriptions(at.store, at.clock),
            agenda_reading=LinkReading(at.store, at.clock, sign_ins),
            activity=ActivityHistory(at.store, at.clock),
            exports=OwnExports(at.store, at.blobs, at.clock, GnupgProgram()),
            papers=PapersAside(SandboxHere(papers_here)),
            summary_bundle=summary_bundle,
            support="aide@operateur.example",
            results_bundle=results_bundle,
        )
        yield PatientSite(
            at=at,
            trust=trust,
            camille=await a_space(at.store, birth_name="LEFÈVRE", given_names=("CAMILLE", "ANNE")),
            louis=await a_space(at.store, SpaceState.ACTIVE, birth_name="Bernard", given_names=("Louis",)),
            conversations=conversations,
            replies=replies,
            new_messages=new_messages,
            parts=parts,
            documents=documents,
            queries=RecordQueries(at.store, at.clock),
            patients=patients,
            sign_ins=sign_ins,
            services=services,
            letters=letters,
            pages=PatientSpace(services),
        )
