"""What proves to the holder of a space where their trace stood at a published checkpoint.

A leaf of the log names vault, number of lines and hash; the path leads from it to the root that the checkpoint signs.
`scripts/verify_log.py` follows it without this program.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.audit import AuditLink
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import VaultId
from gateway.domain.merkle import inclusion_proof
from gateway.ports.store import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceProof:
    """A trace had `seq` lines at `at`, the last with this hash: leaf `leaf` of the log, by this path."""

    vault: VaultId
    seq: int
    hash: bytes
    leaf: int
    size: int
    path: tuple[bytes, ...]
    note: str
    at: datetime

    def said(self) -> dict[str, object]:
        """Give it as files have it."""
        return {
            "vault": f"{self.vault:x}",
            "seq": self.seq,
            "hash": self.hash.hex(),
            "leaf": self.leaf,
            "size": self.size,
            "path": [base64.b64encode(step).decode() for step in self.path],
            "checkpoint": self.note,
        }


def proof_of(tx: Tx, vault: VaultId) -> TraceProof | None:
    """Prove the newest line that a published checkpoint covers; None as long as none does."""
    last = tx.head_log.checkpoint()
    if last is None or not last.is_published or not last.size:
        return None
    logged = tx.head_log.latest(vault, last.size)
    if logged is None:
        return None
    leaf, (_, seq, link) = logged
    path = tuple(inclusion_proof(tx.head_log, leaf, last.size))
    return TraceProof(
        vault=vault, seq=seq, hash=link, leaf=leaf, size=last.size, path=path, note=last.note, at=last.at
    )


def link_said(link: AuditLink) -> dict[str, object]:
    """Give a line as files have it."""
    return {
        "seq": link.seq,
        "at": link.at,
        "time_us": micros_of(link.at),
        "event": link.event,
        "record": base64.b64encode(link.record).decode(),
        "hash": link.hash.hex(),
    }
