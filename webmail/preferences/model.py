"""What a person may choose about their space."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """One kind of notice that may be switched off, and whether it is on."""

    kind: str
    is_on: bool
