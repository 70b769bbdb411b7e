"""What is sealed of a document's hold, and of a patient's doubt, with their forms. Instants are ISO 8601."""

from gateway.store.seal.record_forms import Record, RecordForm
from gateway.store.seal.sealer import RecordKind


class DocumentHoldRecord(Record, frozen=True):
    """Until when a document is presented first, and whom to tell."""

    until: str
    warned: bool = False
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    message_id: str = ""
    messages: tuple[int, ...] = ()


class DocumentDoubtRecord(Record, frozen=True):
    """What a patient said of a document, and how it ended; which messages brought it once more."""

    said_at: str
    received_at: str
    state: str = "open"
    ended_at: str = ""
    reason: str = ""
    times: int = 1
    place: str = ""
    category: str = ""
    messages: tuple[int, ...] = ()


class DocumentDelayRecord(Record, frozen=True):
    """Until when a patient sees a document later, by which choice, not before when, and which messages brought it."""

    until: str
    kind: str = ""
    messages: tuple[int, ...] = ()
    floor: str = ""


DOCUMENT_HOLD: RecordForm[DocumentHoldRecord] = RecordForm(RecordKind.DOCUMENT_HOLD, 1, DocumentHoldRecord)
DOCUMENT_DOUBT: RecordForm[DocumentDoubtRecord] = RecordForm(RecordKind.DOCUMENT_DOUBT, 1, DocumentDoubtRecord)
DOCUMENT_DELAY: RecordForm[DocumentDelayRecord] = RecordForm(RecordKind.DOCUMENT_DELAY, 1, DocumentDelayRecord)
