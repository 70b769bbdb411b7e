"""What blocking work costs, as whoever has it declares."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of blocking work takes: whoever has the work declares it, and the store decides who does it.

    Attributes:
        parsed: octets that are scanned, decoded or composed.
        written: octets that are only sealed and written.
        waits: whether it waits for anything besides the store's own files.
    """

    parsed: int = 0
    written: int = 0
    waits: bool = False


LITTLE = Cost()
"""What costs next to nothing."""
