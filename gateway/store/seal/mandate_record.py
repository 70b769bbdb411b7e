"""What is sealed of a mandate."""

from gateway.store.seal.record_forms import Record


class MandateRecord(Record, frozen=True):
    """A mandate: instants in ISO 8601, rights as pairs of part and action, None for all that the role can have.

    `asked` is whom an offer is for: birth name, first name, birth date.
    """

    kind: str
    state: str
    home: int
    name: str
    begun: str
    changed: str
    until: str = ""
    rights: tuple[tuple[str, str], ...] | None = None
    offered_by: str = ""
    asked: tuple[str, str, str] | None = None
