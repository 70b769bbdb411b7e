"""What a run of measurements does, how often and how large."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkPlan:
    """What to measure; sizes in octets. `serving` processes serve, 0 for one a core."""

    messages: int = 2_000
    connections: int = 10
    per_connection: int = 50
    size: int = 100 * 1024
    processes: int = 1
    serving: int = 0
    list_messages: int = 1_000
    pushes: int = 50
    repeat: int = 5
    conversations: int = 0
    documents: int = 1_000
    patients: int = 0
