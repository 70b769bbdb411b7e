"""All the data of a space as one archive: how far its making is, and where its octets are (E20)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.mailbox import BlobRef, VaultId

KEPT_FOR = timedelta(days=7)
"""How long an archive may be downloaded, and how long one is waited for."""


class ExportState(Enum):
    """How far an archive is; the values are stored."""

    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnExport:
    """The one archive of a space.

    Attributes:
        number: random; the step that makes an archive names it, so that none is kept that nobody waits for.
        until: when it is removed.
        size: octets of the whole; it lies in `pieces`, in order.
        damaged: how many files could not be read, and are named in the archive.
        asked_by: own space of the representative who asked for it; None for its holder.
        key: OpenPGP key that it is encrypted to, whose `fingerprint` its owner confirmed; empty for none.
    """

    vault: VaultId
    number: int
    state: ExportState
    asked_at: datetime
    until: datetime
    made_at: datetime | None = None
    size: int = 0
    damaged: int = 0
    key: bytes = b""
    fingerprint: str = ""
    pieces: tuple[BlobRef, ...] = ()
    asked_by: VaultId | None = None
