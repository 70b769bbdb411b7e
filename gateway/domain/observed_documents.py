"""The lines of one document's results, as a store gives them, and the place and time that they share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedDocument:
    """What a store keeps of one document for the pages of examinations.

    Attributes:
        number: of the document.
        filed_at: when it was filed, in microseconds.
        place: the laboratory that it names.
        effective: its own time as it was sent, for results that say none.
        written: its lines, as `gateway.domain.observed` writes them.
    """

    number: int
    filed_at: int
    place: str
    effective: str
    written: bytes
