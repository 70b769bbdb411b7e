"""What is sealed of an act of care."""

from gateway.store.seal.record_forms import Record


class CareActRecord(Record, frozen=True):
    """An act; days and instants are ISO 8601, lines are pairs of label and quantity."""

    kind: str
    day: str
    lines: tuple[tuple[str, str], ...]
    told_at: str
    until: str = ""
    performer: str = ""
    place: str = ""
    told_by: str = ""
    source: int | None = None
