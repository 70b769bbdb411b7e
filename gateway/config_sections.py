"""The tables of the settings file: which keys there are, of which type, with which default.

Every key is explained in `docs/configuration.md`. Reading and checking the file is `gateway.config`'s.
"""

from enum import Enum
from typing import Annotated

import msgspec
from msgspec import Meta

from gateway.domain.patient_numbers import PatientNumbers
from gateway.policy.settings import PatientReplies, UnlistedSenders

Port = Annotated[int, Meta(ge=0, le=65_535)]
Processes = Annotated[int, Meta(ge=0, le=8)]
Many = Annotated[int, Meta(ge=1)]
ErasureDays = Annotated[int, Meta(ge=1, le=92)]
AnnouncementDays = Annotated[int, Meta(ge=1, le=90)]
HOSTS = "names of hosts"
HostName = Annotated[str, Meta(extra={"holds": HOSTS})]
"""A host or domain name, kept in lower case."""


class SettingsSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file: a key for each field, of the field's type."""


class GatewaySection(SettingsSection, frozen=True):
    """Who this gateway is.

    Attributes:
        hostname: name in greetings and identifiers.
        patient_domain: domain of patients' addresses.
        patient_numbers: ``ins`` or ``opaque``: what new patients' addresses are made of; those that exist stay.
        local_domains: domains of professionals and laboratories whose mailboxes are here.
        demonstration: accept test and demonstration identities (OID .10 and .11); never with real patients.
        unlisted_senders: ``refuse`` or ``accept`` mailboxes of trusted domains that the directory does not list.
        patient_replies: ``thread`` (answers only) or ``contact`` (new subjects in an open exchange).
    """

    hostname: HostName = "localhost"
    patient_domain: HostName = "patient.mssante.fr"
    patient_numbers: PatientNumbers = PatientNumbers.INS
    local_domains: tuple[HostName, ...] = ("medecin.mssante.fr",)
    demonstration: bool = False
    unlisted_senders: UnlistedSenders = UnlistedSenders.REFUSE
    patient_replies: PatientReplies = PatientReplies.THREAD


class PathsSection(SettingsSection, frozen=True):
    """Where things are kept; keys are best on another volume than data.

    Attributes:
        database: empty for SQLite in `data`, or ``postgresql://user@host/name``.
        blobs: a folder, or ``s3://bucket/prefix``.
    """

    data: str = "data"
    database: str = ""
    blobs: str = "blobs"
    keys: str = "keys"
    directory: str = "directory"
    notices: str = "notices"


class S3Section(SettingsSection, frozen=True):
    """How to reach the S3 store that `paths.blobs` names; without credentials, as the machine's own are found."""

    endpoint: str = ""
    region: str = "us-east-1"
    credentials: str = ""
    patience_seconds: Many = 20


class TlsSection(SettingsSection, frozen=True):
    """Certificates: ours, and the authorities whose client certificates count."""

    certificate: str = "tls/server.pem"
    key: str = "tls/server.key"
    authorities: str = "tls/ca.pem"
    crl: str = ""
    client_certificate: str = "tls/operator.pem"
    client_key: str = "tls/operator.key"


class SmtpSection(SettingsSection, frozen=True):
    """SMTP listeners; port 0 takes a free one."""

    host: str = "127.0.0.1"
    relay_port: Port = 2525
    submission_port: Port = 4650
    starttls_port: Port = 5870
    max_message_bytes: Many = 25_000_000
    max_recipients: Many = 100
    max_letters_per_minute: Many = 60_000
    max_in_flight_bytes: Many = 256 * 1024 * 1024
    max_connections: Many = 1_000
    max_connections_per_address: Many = 200
    resend_days: Many = 7


class ImapSection(SettingsSection, frozen=True):
    """IMAP listener, implicit TLS."""

    host: str = "127.0.0.1"
    port: Port = 9930
    max_connections: Many = 2_000
    max_connections_per_address: Many = 1_000


class WebSection(SettingsSection, frozen=True):
    """Web listener; `origin` is what browsers see, empty for https://<hostname>:<port>."""

    host: str = "127.0.0.1"
    port: Port = 8443
    origin: str = ""
    max_connections: Many = 2_000
    max_connections_per_address: Many = 200
    header_seconds: Many = 10
    keep_alive_seconds: Many = 60
    min_rate: Many = 500


class DepositSection(SettingsSection, frozen=True):
    """Listener by which payers and hospital systems deposit documents without a message (F99); closed by default.

    Attributes:
        issuers: mailboxes whose pieces may be given before a space is open; its holder sees them once it is (F53).
        payers: mailboxes that may tell of the care that people were given (F47).
    """

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Port = 8444
    max_document_bytes: Many = 25_000_000
    max_connections: Many = 200
    max_connections_per_address: Many = 50
    issuers: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()


class TrustSection(SettingsSection, frozen=True):
    """How old the white list and the directory may be, in hours, before mail is put off."""

    white_list_hours: Many = 168
    directory_hours: Many = 168


class SpacesSection(SettingsSection, frozen=True):
    """The life of patients' spaces.

    Attributes:
        erasure_days: days until an erasure that may be taken back; three months at most.
        terms: folder of the operator's own terms of use; empty for those of the program.
        trusted_archives: fingerprints of keys by which other operators sign archives that are taken back as theirs.
        announcement_days: days for which a document that its author presents first may be withheld (features A27).
        max_added_bytes: room in a space for documents that its patient adds (features F51).
    """

    erasure_days: ErasureDays = 30
    announcement_days: AnnouncementDays = 7
    max_added_bytes: Many = 5_000_000_000
    terms: str = ""
    trusted_archives: tuple[str, ...] = ()


class SupportSection(SettingsSection, frozen=True):
    """Where people find help; without an address the page of help says so and has no form (F24).

    Attributes:
        address: mail address to which requests of the page go.
        telephone: number that people call who have no internet, to ask or to refuse (F11); printed in letters.
        postal: where they write, in one line; printed in letters.
    """

    address: str = ""
    telephone: str = ""
    postal: str = ""


class RelayTls(Enum):
    """How TLS begins: after a greeting, or with the first octet."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class HostingSection(SettingsSection, frozen=True):
    """Where the operator declares that data are: country first, such as ``FR, Rennes, hébergeur HDS`` (F87).

    Attributes:
        place: database and keys.
        blobs: messages and documents, when they are in an S3 store.
        backups: copies.
        relays: who sends e-mail and SMS.
    """

    place: str = ""
    blobs: str = ""
    backups: str = ""
    relays: str = ""


class NoticesSection(SettingsSection, frozen=True):
    """What people are told outside the gateway.

    Attributes:
        place: the address that people type in their browser; empty for `web.origin`, else `gateway.hostname` and port.
        letter_days: days after posting on which a letter counts as received.
        authorities: who may sign the certificates of relay and SMS service; empty for those the system knows.
        relay: ``host:port`` of the SMTP relay for e-mail; empty for files.
        relay_tls: how TLS begins there.
        relay_user: for a relay that asks for a sign-in; its password is in the file `relay_password`.
        sender: address of e-mail notices.
        dkim_key: PEM file of the key that signs them; it is published as `dkim_selector`.
        sms_url: where SMS are asked for, by POST; empty for files.
        sms_template: JSON text with {to}, {text} and {id}; empty for an object of these three.
        sms_token: file of what is sent as ``Authorization: Bearer``.
        sms_signature_header: header that bears the HMAC-SHA256 of the body, by the key in the file `sms_signature_key`.
        letters: folder for letters as PDF files, one below it a mailing; empty for files in `paths.notices`.
        seconds: how long a relay or a service may take for one notice.
        at_once: how many notices each is given at once.
    """

    place: str = ""
    letter_days: Many = 5
    authorities: str = ""
    relay: str = ""
    relay_tls: RelayTls = RelayTls.STARTTLS
    relay_user: str = ""
    relay_password: str = ""
    sender: str = ""
    dkim_selector: str = "pli"
    dkim_key: str = ""
    sms_url: str = ""
    sms_template: str = ""
    sms_token: str = ""
    sms_signature_header: str = ""
    sms_signature_key: str = ""
    letters: str = ""
    seconds: Many = 60
    at_once: Many = 8


class LogSection(SettingsSection, frozen=True):
    """Where checkpoints of the log of heads are published: what traces were, outside the database.

    Attributes:
        checkpoints: folder; a file a month. Best on another machine, or where nothing can be taken away.
        url: where each is sent as well, by PUT; empty for nowhere.
        token: file of what is sent as ``Authorization: Bearer``; empty for none.
        authorities: who may sign the certificate of that address; empty for those the system knows.
    """

    checkpoints: str = "checkpoints"
    url: str = ""
    token: str = ""
    authorities: str = ""


class WorkSection(SettingsSection, frozen=True):
    """How much is done at once; `processes` 0 stands for one a core, 8 at most."""

    processes: Processes = 0
    own_core: bool = True
    threads: Many = 2
    readers: Many = 2
    letters: Many = 2
    letter_processor_ms: Many = 1000
    letter_seconds: Many = 8
    outbox_at_once: Many = 32
    notice_pause_ms: Many = 2000
    store_readers: Many = 2
    store_writers: Many = 4
