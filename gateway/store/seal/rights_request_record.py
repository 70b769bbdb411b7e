"""What is sealed of a request about health data."""

from gateway.store.seal.record_forms import Record, RecordForm
from gateway.store.seal.sealer import RecordKind


class RightsRequestRecord(Record, frozen=True):
    """A request: instants in ISO 8601, empty for none; `about` is birth name, first name, birth date, number."""

    kind: str
    state: str
    asked_at: str
    asked_by: str
    to: str
    to_detail: str = ""
    to_address: str = ""
    asker: int = 0
    words: str = ""
    older: bool = False
    earliest: str = ""
    latest: str = ""
    reminded: bool = False
    overdue: bool = False
    ended_at: str = ""
    answer: str = ""
    answered_by: str = ""
    shown_from: str = ""
    undelivered: bool = False
    document: int = 0
    title: str = ""
    unique_id: str = ""
    thread: int = 0
    relation: str = ""
    about: tuple[str, str, str, str] | None = None
    other: int = 0
    entry: str = ""
    taken_back: bool = False


RIGHTS_REQUEST: RecordForm[RightsRequestRecord] = RecordForm(RecordKind.RIGHTS_REQUEST, 4, RightsRequestRecord)
