"""What is sealed of measures, with every version of each, and of goals."""

import msgspec

from gateway.store.seal.record_forms import Record


class MeasureVersionRecord(Record, frozen=True):
    """One version; instants are ISO 8601, numbers decimal."""

    at: str
    numbers: tuple[str, ...]
    unit: str
    is_timed: bool = True
    note: str = ""
    written_by: str = ""
    written_at: str = ""
    is_deleted: bool = False


class MeasureRecord(Record, frozen=True):
    """A measure: its versions, the oldest first."""

    kind: str
    versions: tuple[MeasureVersionRecord, ...]


class MeasureGoalRecord(Record, frozen=True):
    """Bounds from and to, for each number of a kind; empty where there is none."""

    bounds: tuple[tuple[str, str], ...]
    version: int


class FollowedRecord(Record, frozen=True):
    """Since which day (ISO 8601) a set is followed, and the entry of the agenda that reminds of it."""

    since: str
    event: int = 0


class MeasurePlanRecord(Record, frozen=True):
    """Goals by kind, and sets that are followed by their code."""

    goals: dict[str, MeasureGoalRecord] = msgspec.field(default_factory=dict)
    followed: dict[str, FollowedRecord] = msgspec.field(default_factory=dict)
