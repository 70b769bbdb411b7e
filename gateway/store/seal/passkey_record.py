"""What is sealed of a passkey."""

from gateway.store.seal.record_forms import Record


class PasskeyRecord(Record, frozen=True):
    """A passkey: what names it, what it is checked against, what its holder calls it; instants are ISO 8601."""

    credential: bytes
    public_key: bytes
    counter: int = 0
    name: str = ""
    added: str = ""
    used: str = ""
    waits: bytes = b""
