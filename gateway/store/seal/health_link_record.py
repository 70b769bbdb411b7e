"""What is sealed of a link by which a patient shares on the spot."""

from gateway.store.seal.record_forms import Record


class HealthLinkRecord(Record, frozen=True):
    """A link: instants in ISO 8601, digests, who read it, and the file as a compact JWE, whose key is not here."""

    made: str
    until: str
    parts: tuple[str, ...]
    passcode: bytes
    file: str
    tries_left: int
    readings: tuple[tuple[str, str], ...] = ()
    tickets: tuple[tuple[bytes, str], ...] = ()
