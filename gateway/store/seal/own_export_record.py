"""What is sealed of the archive of a space."""

from gateway.store.seal.record_forms import Record


class OwnExportRecord(Record, frozen=True):
    """An archive: its state, instants in ISO 8601, and the names of the blobs that it lies in, in order."""

    number: int
    state: str
    asked_at: str
    until: str
    made_at: str = ""
    size: int = 0
    damaged: int = 0
    key: bytes = b""
    fingerprint: str = ""
    pieces: tuple[bytes, ...] = ()
    asked_by: int = 0
