"""What is inside sealed records, and the form each is written in: records outlive many versions of the program.

The first octet of a record's cleartext is the number of its form. A record of fields follows as MessagePack, each
field under its name: whoever reads it fills with its default what was not written, and leaves out what it does not
know, so that this version reads what an earlier or a later one wrote. The few records that lists open ten thousand
at a time are packed octets instead (`gateway.store.seal.packed_records`).

A record that changes gets a new form number; what reads an earlier one as the present one is its `earlier`.
"""

from collections.abc import Mapping
from typing import Any

from gateway.domain.filing_outcome import MessageOutcome
from gateway.domain.step_payloads import Payload
from gateway.store.seal.agenda_records import AgendaEventRecord, InvitationRecord, PreventionRecord
from gateway.store.seal.agent_record import AGENT
from gateway.store.seal.audit_records import AuditRecord
from gateway.store.seal.browser_record import BrowserRecord
from gateway.store.seal.care_records import CareActRecord
from gateway.store.seal.document_choices import DocumentChoiceRecord, DocumentFolderRecord
from gateway.store.seal.earlier_forms import space_of_one_card
from gateway.store.seal.health_link_record import HealthLinkRecord
from gateway.store.seal.mandate_record import MandateRecord
from gateway.store.seal.measure_records import MeasurePlanRecord, MeasureRecord
from gateway.store.seal.own_export_record import OwnExportRecord
from gateway.store.seal.passkey_record import PasskeyRecord
from gateway.store.seal.patient_choice_records import CARE_CONTACT, PATIENT_CHOICES
from gateway.store.seal.profile_record import ProfileRecord
from gateway.store.seal.record_forms import Record, RecordForm
from gateway.store.seal.record_opening_records import ACCESS_CODE, READER_STATE, RECORD_OPENING, RECORD_READING
from gateway.store.seal.rights_request_record import RIGHTS_REQUEST
from gateway.store.seal.row_records import HeadRecord, SecretRecord
from gateway.store.seal.sealer import RecordKind
from gateway.store.seal.withholding_records import DOCUMENT_DELAY, DOCUMENT_DOUBT, DOCUMENT_HOLD


class VaultRecord(Record, frozen=True):
    """Whose vault it is; `address` is None for one that receives no mail."""

    kind: str
    address: str | None = None
    name: str = ""


class AwaitedRecord(Record, frozen=True):
    """What an attempt to activate a space has chosen; instants are ISO 8601, `kind` is a `SecretKind`."""

    attempt: bytes
    until: str
    email: str = ""
    phone: str = ""
    terms: str = ""
    terms_at: str = ""
    login: str = ""
    kind: str = "none"
    secret: bytes = b""


class SpaceRecord(Record, frozen=True):
    """A patient's identity and how to reach them; dates are ISO 8601."""

    domain: str
    ins: str
    ins_oid: str
    birth_name: str
    sex: str
    given_names: tuple[str, ...] = ()
    used_name: str = ""
    birth_date: str = ""
    earlier: tuple[tuple[str, str], ...] = ()
    email: str = ""
    phone: str = ""
    scheme: str = ""
    birth_place: str = ""
    birth_country: str = ""
    postal_lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    card_serials: tuple[str, ...] = ()
    guardians: tuple[str, ...] = ()
    identifier: str = ""
    notified_on: str = ""
    letter_on: str = ""
    changed_on: str = ""
    before: tuple[tuple[str, str], ...] = ()
    erase_on: str = ""
    opening_stopped: bool = False
    of_age: bool = False
    terms: str = ""
    terms_at: str = ""
    muted: tuple[str, ...] = ()
    number: str = ""
    awaited: tuple[AwaitedRecord, ...] = ()
    hides_documents: bool = False
    hides_care: bool = False
    added_bytes: int = 0
    delays: tuple[tuple[str, int], ...] = ()
    carers_until: str = ""


class ExchangeRecord(Record, frozen=True):
    """With whom an exchange is, under which name, and when its state changed (ISO 8601)."""

    correspondent: str
    name: str = ""
    changed_at: str = ""


class FolderRecord(Record, frozen=True):
    """A folder's name, and what else stands in clear in its row and is not believed there.

    `special_use` is a `SpecialUse`, None in a record that did not say; `uid_validity` is 0 in such a one. `keywords`
    are those that its messages bear or have borne, and messages from `recent_from` on are recent: both None in a record
    that did not say. `absent`, of INBOX alone, are names that are subscribed to though their folders are gone.
    """

    name: str
    special_use: str | None = None
    uid_validity: int = 0
    keywords: tuple[str, ...] | None = None
    recent_from: int | None = None
    absent: tuple[str, ...] = ()


class PathRecord(Record, frozen=True):
    """The envelope of a message, and what else stands in clear in its row and may not be changed there.

    `was_held` says that it came with documents: it is shown once the outcome of their filing says so. `size` and
    `at`, microseconds, are 0 in a record that did not say them.
    """

    reverse_path: str = ""
    recipient: str = ""
    blob: bytes = b""
    thread: int = 0
    was_held: bool = False
    size: int = 0
    at: int = 0


class FileRecord(Record, frozen=True):
    """One file of a document."""

    which: str
    media_type: str
    blob: bytes
    size: int


class DocumentRecord(Record, frozen=True):
    """A filed document; `entry` is its header as `gateway.domain.document_json` writes it, by name as well.

    `issuer` is the organisation that may replace it, where that is not its sender's mailbox alone. `examinations`,
    `outside` and `flagged` are what a list says of its results (`gateway.domain.glance`). `is_own` says that its
    patient added it. `sender_name` names its sender where no message does.
    """

    sha256: bytes
    sender: str
    entry: bytes
    identity_verified: bool = False
    result_count: int = 0
    has_alert: bool = False
    files: tuple[FileRecord, ...] = ()
    issuer: str = ""
    examinations: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    outside_count: int = 0
    flagged: tuple[str, ...] = ()
    flagged_count: int = 0
    is_own: bool = False
    sender_name: str = ""


class ResultsRecord(Record, frozen=True):
    """The results of a document as `gateway.domain.document_json` writes them, by name."""

    results: bytes


class BlobKeyRecord(Record, frozen=True):
    """What opens a blob."""

    data_key: bytes


VAULT: RecordForm[VaultRecord] = RecordForm(RecordKind.VAULT, 1, VaultRecord)
SPACE: RecordForm[SpaceRecord] = RecordForm(RecordKind.SPACE, 5, SpaceRecord, {1: space_of_one_card})
EXCHANGE: RecordForm[ExchangeRecord] = RecordForm(RecordKind.EXCHANGE, 1, ExchangeRecord)
FOLDER: RecordForm[FolderRecord] = RecordForm(RecordKind.FOLDER, 3, FolderRecord)
PATH: RecordForm[PathRecord] = RecordForm(RecordKind.PATH, 3, PathRecord)
DOCUMENT: RecordForm[DocumentRecord] = RecordForm(RecordKind.DOCUMENT, 6, DocumentRecord)
RESULTS: RecordForm[ResultsRecord] = RecordForm(RecordKind.RESULTS, 2, ResultsRecord)
AUDIT: RecordForm[AuditRecord] = RecordForm(RecordKind.AUDIT, 4, AuditRecord)
BLOB_KEY: RecordForm[BlobKeyRecord] = RecordForm(RecordKind.BLOB_KEY, 1, BlobKeyRecord)
SECRET: RecordForm[SecretRecord] = RecordForm(RecordKind.SECRET, 1, SecretRecord)
STEP: RecordForm[Payload] = RecordForm(RecordKind.STEP, 3, Payload)
OUTCOME: RecordForm[MessageOutcome] = RecordForm(RecordKind.OUTCOME, 3, MessageOutcome)
HEAD: RecordForm[HeadRecord] = RecordForm(RecordKind.HEAD, 5, HeadRecord)
QUARANTINE: RecordForm[MessageOutcome] = RecordForm(RecordKind.QUARANTINE, 3, MessageOutcome)
PASSKEY: RecordForm[PasskeyRecord] = RecordForm(RecordKind.PASSKEY, 1, PasskeyRecord)
BROWSER: RecordForm[BrowserRecord] = RecordForm(RecordKind.BROWSER, 3, BrowserRecord)
PROFILE: RecordForm[ProfileRecord] = RecordForm(RecordKind.PROFILE, 2, ProfileRecord)
AGENDA_EVENT: RecordForm[AgendaEventRecord] = RecordForm(RecordKind.AGENDA_EVENT, 1, AgendaEventRecord)
INVITATION: RecordForm[InvitationRecord] = RecordForm(RecordKind.INVITATION, 1, InvitationRecord)
PREVENTION: RecordForm[PreventionRecord] = RecordForm(RecordKind.PREVENTION, 1, PreventionRecord)
DOCUMENT_CHOICE: RecordForm[DocumentChoiceRecord] = RecordForm(RecordKind.DOCUMENT_CHOICE, 1, DocumentChoiceRecord)
DOCUMENT_FOLDER: RecordForm[DocumentFolderRecord] = RecordForm(RecordKind.DOCUMENT_FOLDER, 1, DocumentFolderRecord)
CARE_ACT: RecordForm[CareActRecord] = RecordForm(RecordKind.CARE_ACT, 1, CareActRecord)
MEASURE: RecordForm[MeasureRecord] = RecordForm(RecordKind.MEASURE, 1, MeasureRecord)
MEASURE_PLAN: RecordForm[MeasurePlanRecord] = RecordForm(RecordKind.MEASURE_PLAN, 1, MeasurePlanRecord)
OWN_EXPORT: RecordForm[OwnExportRecord] = RecordForm(RecordKind.OWN_EXPORT, 2, OwnExportRecord)
HEALTH_LINK: RecordForm[HealthLinkRecord] = RecordForm(RecordKind.HEALTH_LINK, 1, HealthLinkRecord)
MANDATE: RecordForm[MandateRecord] = RecordForm(RecordKind.MANDATE, 2, MandateRecord)

FORMS: Mapping[RecordKind, RecordForm[Any]] = {  # every record written by name; Any: each form reads its own
    form.kind: form
    for form in (
        VAULT, SPACE, EXCHANGE, FOLDER, PATH, DOCUMENT, RESULTS, AUDIT, BLOB_KEY, SECRET, STEP, OUTCOME, QUARANTINE,
        HEAD, PASSKEY, PROFILE, AGENDA_EVENT, INVITATION, PREVENTION,
        BROWSER,
        DOCUMENT_CHOICE, DOCUMENT_FOLDER, DOCUMENT_HOLD, DOCUMENT_DOUBT, MEASURE, MEASURE_PLAN, OWN_EXPORT,
        CARE_ACT, HEALTH_LINK, MANDATE,
        PATIENT_CHOICES, CARE_CONTACT, DOCUMENT_DELAY,
        ACCESS_CODE, RECORD_OPENING, RECORD_READING, READER_STATE,
        RIGHTS_REQUEST, AGENT, DOCUMENT_DELAY,
    )
}  # fmt: skip
