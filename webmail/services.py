"""The services that features reach through their adapters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from gateway.domain.identity import PatientIdentity
from gateway.domain.synthesis import SynthesisPart
from gateway.ports.clock import Clock
from gateway.ports.counters import Counters
from gateway.ports.growth import GrowthTables
from gateway.ports.papers import PaperProcesses
from gateway.ports.sandbox import Sandbox
from gateway.ports.store import Store
from gateway.ports.vocabulary import Vocabularies
from gateway.services.agenda.invitation_answers import InvitationAnswers
from gateway.services.agenda.link_reading import LinkReading
from gateway.services.agenda.own_agenda import OwnAgenda
from gateway.services.agenda.subscriptions import AgendaSubscriptions
from gateway.services.conversation.conversations import Conversations
from gateway.services.conversation.message_parts import MessageParts
from gateway.services.conversation.new_messages import NewMessages
from gateway.services.conversation.replies import Replies
from gateway.services.export.own_exports import OwnExports
from gateway.services.filing.added_documents import AddedDocuments
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.document_downloads import DocumentDownloads
from gateway.services.record.medical_pictures import MedicalPictures
from gateway.services.record.record_queries import FoundResult
from gateway.services.sign_in.own_passkeys import OwnPasskeys
from gateway.services.sign_in.own_sign_in import OwnSignIn
from gateway.services.sign_in.passkey_sign_in import PasskeySignIn
from gateway.services.sign_in.patient_sign_in import PatientSignIn
from gateway.services.sign_in.recovery import Recovery
from gateway.services.space.activation import Activation
from gateway.services.space.activation_end import ActivationEnd
from gateway.services.space.activation_passkeys import ActivationPasskeys
from gateway.services.space.leaving import Leaving
from gateway.services.space.opposition import Opposition
from gateway.services.space.own_contacts import OwnContacts
from gateway.services.space.own_terms import OwnTerms
from gateway.services.space.provider_entry import ProviderEntry
from gateway.services.synthesis.synthesis_reading import Synthesis
from gateway.services.trace.activity_history import ActivityHistory

ResultsBundle: TypeAlias = Callable[[PatientIdentity, Sequence[FoundResult], datetime], bytes]
"""Writes results as a file for programs: the pages know nothing of FHIR."""


SummaryBundle: TypeAlias = Callable[
    [Synthesis, Mapping[SynthesisPart, tuple[str, Sequence[str]]], bytes], bytes
]
"""Writes a synthesis, what it says in words, and its PDF as a file for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceServices:
    """What happens in a patient's space; `letters` makes HTML letters inert, see `webmail.messages.html_frames`.

    `support` is the address to which requests for help go; empty when there is none. `provider_entry` is None where no
    OpenID provider is set.
    """

    store: Store
    clock: Clock
    patients: PatientSignIn
    recovery: Recovery
    own_sign_in: OwnSignIn
    passkeys: PasskeySignIn
    own_passkeys: OwnPasskeys
    conversations: Conversations
    replies: Replies
    new_messages: NewMessages
    care_circle: CareCircle
    parts: MessageParts
    documents: DocumentAccess
    pictures: MedicalPictures
    added_documents: AddedDocuments
    document_downloads: DocumentDownloads
    leaving: Leaving
    letters: Sandbox
    activation: Activation
    activation_end: ActivationEnd
    activation_passkeys: ActivationPasskeys
    opposition: Opposition
    terms: OwnTerms
    contacts: OwnContacts
    counters: Counters
    results_bundle: ResultsBundle
    vocabularies: Vocabularies
    growth: GrowthTables
    agenda: OwnAgenda
    invitation_answers: InvitationAnswers
    agenda_links: AgendaSubscriptions
    agenda_reading: LinkReading
    exports: OwnExports
    activity: ActivityHistory
    papers: PaperProcesses
    summary_bundle: SummaryBundle
    provider_entry: ProviderEntry | None = None
    support: str = ""
