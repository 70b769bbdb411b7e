"""What is inside the sealed records of an agenda."""

import msgspec

from gateway.store.seal.record_forms import Record


class AgendaEventRecord(Record, frozen=True):
    """An entry; times are ISO 8601: a day, an instant, or a local time without zone."""

    title: str
    start: str
    end: str = ""
    also: tuple[str, ...] = ()
    place: str = ""
    people: str = ""
    note: str = ""
    bring: str = ""
    documents: tuple[int, ...] = ()
    reminder: int | None = None
    sort: str = "appointment"
    state: str = "planned"
    version: int = 1
    uid: str = ""
    sequence: int = 0
    organiser: str = ""
    organiser_name: str = ""
    claims: str = ""
    answer: str = "none"
    told: bool = False
    message: int = 0
    about: str = ""
    remind_from: str = ""


class InvitationRecord(Record, frozen=True):
    """What a message with a calendar did: a value of `InvitationOutcome`, and the entries that it touched."""

    outcome: str
    events: tuple[int, ...] = ()
    more: int = 0


class PreventionRecord(Record, frozen=True):
    """What a patient said of recommendations, by the name of each."""

    choices: dict[str, str] = msgspec.field(default_factory=dict)
