"""Sealed records of what professionals open: instants and days in ISO 8601, spans and kinds by their values."""

from gateway.store.seal.record_forms import Record, RecordForm
from gateway.store.seal.sealer import RecordKind


class AccessCodeRecord(Record, frozen=True):
    """A code of a patient: never its digits, which are digested with a salt."""

    made: str
    until: str
    opens: str
    salt: bytes
    digest: bytes
    tries_left: int


class RecordOpeningRecord(Record, frozen=True):
    """An access of a professional to a record, with its end; `by` are the names that choices know them under."""

    how: str
    by: tuple[str, ...]
    who: str
    organisation: str
    made: str
    ends: str
    reason: str = ""


class RecordReadingRecord(Record, frozen=True):
    """A person's record, opened on a day; `place` is 0 for one that does not count."""

    person: int
    at: str
    place: int
    own: bool
    how: str
    factor: bool = False
    reason: str = ""


class ReaderStateRecord(Record, frozen=True):
    """How far the budget of a mailbox is used on a day, and what was said of it; instants may be empty."""

    day: str
    opened: int = 0
    stopped: str = ""
    factor_at: str = ""
    lifted_until: str = ""
    lifted_why: str = ""


ACCESS_CODE: RecordForm[AccessCodeRecord] = RecordForm(RecordKind.ACCESS_CODE, 1, AccessCodeRecord)
RECORD_OPENING: RecordForm[RecordOpeningRecord] = RecordForm(RecordKind.RECORD_OPENING, 1, RecordOpeningRecord)
RECORD_READING: RecordForm[RecordReadingRecord] = RecordForm(RecordKind.RECORD_READING, 1, RecordReadingRecord)
READER_STATE: RecordForm[ReaderStateRecord] = RecordForm(RecordKind.READER_STATE, 1, ReaderStateRecord)
