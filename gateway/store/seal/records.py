"""What is inside sealed records, and the form each is written in: records outlive many versions of the program.

The first octet of a record's cleartext is the number of its form. A record of fields follows as MessagePack, each
field under its name: whoever reads it fills with its default what was not written, and leaves out what it does not
know, so that this version reads what an earlier or a later one wrote. The few records that lists open ten thousand
at a time are packed octets instead (`gateway.store.seal.packed_records`).

A record that changes gets a new form number; what reads an earlier one as the present one is its `earlier`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from gateway.domain.errors import SealBroken
from gateway.domain.filing_outcome import MessageOutcome
from gateway.domain.mailbox import VaultId
from gateway.domain.step_payloads import Payload
from gateway.store.seal.sealer import RecordKind, Sealer

R = TypeVar("R")
Fields = dict[str, Any]  # Any: a record of an earlier form, before it is checked against the present one


class RecordForm(Generic[R]):
    """How one kind of record is written now, and how every earlier form is read."""

    def __init__(
        self,
        kind: RecordKind,
        number: int,
        record: Any,
        earlier: Mapping[int, Callable[[Fields], Fields]] | None = None,
    ) -> None:
        # Any: a union of classes is no type to the type checker; each form below names its own.
        self.kind = kind
        self.number = number
        self.record = record
        self._earlier = earlier or {}
        self._prefix = bytes((number,))
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(record).decode

    def written(self, record: R) -> bytes:
        """Write a record in its present form."""
        return self._prefix + self._encode(record)

    def read(self, clear: bytes) -> R:
        """Read a record of any form. Raises `SealBroken` when it lacks what it must have."""
        try:
            number = clear[0]
            if number >= self.number:
                found: R = self._decode(memoryview(clear)[1:])
                return found
            fields = msgspec.msgpack.decode(memoryview(clear)[1:])
            for form in range(number, self.number):
                upgrade = self._earlier.get(form)
                fields = upgrade(fields) if upgrade else fields
            found = msgspec.convert(fields, self.record)
        except (IndexError, KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
            raise SealBroken(f"a {self.kind.name.lower()} record is not one") from error
        return found

    def seal(self, sealer: Sealer, vault: VaultId, obj: int, record: R) -> bytes:
        """Write and seal a record of object `obj`."""
        return sealer.seal(vault, self.kind, obj, self.written(record))

    def open(self, sealer: Sealer, vault: VaultId, obj: int, sealed: bytes) -> R:
        """Open and read a record. Raises `SealBroken`."""
        return self.read(sealer.open(vault, self.kind, obj, sealed))


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every record of fields shares: written by name, without what has its default."""


class VaultRecord(Record, frozen=True):
    """Whose vault it is; `address` is None for one that receives no mail."""

    kind: str
    address: str | None = None
    name: str = ""


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
    card_serial: str = ""
    scheme: str = ""
    notified_at: str = ""


class ExchangeRecord(Record, frozen=True):
    """With whom an exchange is, under which name, and when its state changed (ISO 8601)."""

    correspondent: str
    name: str = ""
    changed_at: str = ""


class FolderRecord(Record, frozen=True):
    """A folder's name."""

    name: str


class PathRecord(Record, frozen=True):
    """The envelope of a message, and what else stands in clear in its row and may not be changed there.

    `was_held` says that it came with documents: it is shown once the outcome of their filing says so.
    """

    reverse_path: str = ""
    recipient: str = ""
    blob: bytes = b""
    thread: int = 0
    was_held: bool = False


class FileRecord(Record, frozen=True):
    """One file of a document."""

    which: str
    media_type: str
    blob: bytes
    size: int


class DocumentRecord(Record, frozen=True):
    """A filed document; `entry` is its header as `gateway.domain.document_json` writes it, by name as well.

    `issuer` is the organisation that may replace it, where that is not its sender's mailbox alone.
    """

    sha256: bytes
    sender: str
    entry: bytes
    identity_verified: bool = False
    result_count: int = 0
    has_alert: bool = False
    files: tuple[FileRecord, ...] = ()
    issuer: str = ""


class ResultsRecord(Record, frozen=True):
    """The results of a document as `gateway.domain.document_json` writes them, by name."""

    results: bytes


class AuditRecord(Record, frozen=True):
    """One event of a trace."""

    actor: str
    action: str
    outcome: str = "ok"
    objects: tuple[str, ...] = ()
    detail: str = ""
    role: str = ""
    person: str = ""
    organisation: str = ""
    purpose: str = ""


class BlobKeyRecord(Record, frozen=True):
    """What opens a blob."""

    data_key: bytes


class SecretRecord(Record, frozen=True):
    """What a sign-in's password is checked against."""

    secret: bytes


class HeadRecord(Record, frozen=True):
    """What a vault's coded rows are: versions by what they are listed under, and the count and sum of documents."""

    epoch: int
    rows: dict[bytes, int] = {}
    documents: int = 0
    total: bytes = bytes(16)


VAULT: RecordForm[VaultRecord] = RecordForm(RecordKind.VAULT, 1, VaultRecord)
SPACE: RecordForm[SpaceRecord] = RecordForm(RecordKind.SPACE, 1, SpaceRecord)
EXCHANGE: RecordForm[ExchangeRecord] = RecordForm(RecordKind.EXCHANGE, 1, ExchangeRecord)
FOLDER: RecordForm[FolderRecord] = RecordForm(RecordKind.FOLDER, 1, FolderRecord)
PATH: RecordForm[PathRecord] = RecordForm(RecordKind.PATH, 2, PathRecord)
DOCUMENT: RecordForm[DocumentRecord] = RecordForm(RecordKind.DOCUMENT, 3, DocumentRecord)
RESULTS: RecordForm[ResultsRecord] = RecordForm(RecordKind.RESULTS, 2, ResultsRecord)
AUDIT: RecordForm[AuditRecord] = RecordForm(RecordKind.AUDIT, 1, AuditRecord)
BLOB_KEY: RecordForm[BlobKeyRecord] = RecordForm(RecordKind.BLOB_KEY, 1, BlobKeyRecord)
SECRET: RecordForm[SecretRecord] = RecordForm(RecordKind.SECRET, 1, SecretRecord)
STEP: RecordForm[Payload] = RecordForm(RecordKind.STEP, 1, Payload)
OUTCOME: RecordForm[MessageOutcome] = RecordForm(RecordKind.OUTCOME, 2, MessageOutcome)
HEAD: RecordForm[HeadRecord] = RecordForm(RecordKind.HEAD, 1, HeadRecord)
QUARANTINE: RecordForm[MessageOutcome] = RecordForm(RecordKind.QUARANTINE, 2, MessageOutcome)

FORMS: Mapping[RecordKind, RecordForm[Any]] = {  # Any: each form reads its own record
    form.kind: form
    for form in (
        VAULT, SPACE, EXCHANGE, FOLDER, PATH, DOCUMENT, RESULTS, AUDIT, BLOB_KEY, SECRET, STEP, OUTCOME, QUARANTINE,
        HEAD,
    )
}  # fmt: skip
"""Every record that is written by name."""
