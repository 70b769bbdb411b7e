"""A passkey of a patient (E27), as a value; WebAuthn Level 3 gives its parts their names."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.mailbox import VaultId


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Passkey:
    """What a device keeps the secret half of.

    Attributes:
        credential: its credential id, which the device gives it.
        public_key: COSE key that its signatures are checked with.
        counter: the highest signature counter seen; a device that does not count says 0 (WebAuthn §6.1.1).
        name: what its holder calls it.
        used: when somebody last signed in with it; None when nobody has.
        waits: digest of the activation that it was made in, while that has not ended: it opens nothing till then.
    """

    vault: VaultId
    credential: bytes
    public_key: bytes
    counter: int
    name: str
    added: datetime
    used: datetime | None = None
    waits: bytes = b""

    def __repr__(self) -> str:
        """Hide what names it."""
        return f"Passkey({self.vault:x})"
