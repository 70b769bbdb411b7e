"""Which conversation and message a `Message-ID` stands for, found by a keyed digest of it.

Each row bears a code of the operator's over all that it says, its vault among it: one that was changed, or copied from
elsewhere, stands for nothing. The digests are noted in the trace, so that `pli verify` names one that was taken away.
"""

import hmac
from collections.abc import Sequence

from sqlalchemy import LargeBinary, cast, select

from gateway.domain.mailbox import MessageId, ThreadId, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.seal.sealer import Sealer

_R = schema.reference
_vault = parameter("vault")
_NOTE = insert(_R).on_conflict_do_nothing().returning(cast(_R.c.digest, LargeBinary))
CODED_COLUMNS = (
    _R.c.namespace, cast(_R.c.digest, LargeBinary), _R.c.thread, _R.c.mid, cast(_R.c.code, LargeBinary),
)
"""What is selected of a row to be checked, as `row_code` takes it, the code last."""
_FIND = select(*CODED_COLUMNS).where(
    _R.c.vault == _vault, _R.c.namespace == parameter("namespace"), _R.c.digest == parameter("digest")
)
_PLAIN, _PARTY, _SENT = 0, 1, 2
"""Namespaces of references: of the vault, of one correspondent's threads, of what the vault's owner sent."""
_MAX_REFERENCES = 20
"""References looked up for threading: the parent and the nearest ancestors are last (RFC 5322 §3.6.4)."""


class ReferenceRows:
    """References of one vault at a time."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows, noted: NotedChanges) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded
        self._noted = noted

    def thread_of(self, vault: VaultId, references: Sequence[str], party: str = "") -> ThreadId | None:
        """Find the thread of the latest reference that is known in this vault, among those of `party` when given."""
        for reference in dict.fromkeys(reversed(references[-_MAX_REFERENCES:])):
            row = self._reference(vault, _PARTY if party else _PLAIN, reference, party)
            if row:
                return ThreadId(row[2])
        return None

    def note_message_id(
        self, vault: VaultId, message_id: str, thread: ThreadId, mid: MessageId, party: str = ""
    ) -> None:
        """Remember which thread a `Message-ID` belongs to, with a `party` in its threads as well.

        The first message that bears it keeps it.
        """
        self._note(vault, message_id, ((_PLAIN, ""), (_PARTY, party)) if party else ((_PLAIN, ""),), thread, mid)

    def by_message_id(self, vault: VaultId, message_id: str) -> MessageId | None:
        """Find a message of this vault by its `Message-ID` field."""
        row = self._reference(vault, _PLAIN, message_id)
        return MessageId(row[3]) if row else None

    def note_sent(self, vault: VaultId, message_id: str, thread: ThreadId, mid: MessageId) -> None:
        """Remember that the vault's owner sent a message."""
        self._note(vault, message_id, ((_SENT, ""),), thread, mid)

    def was_sent(self, vault: VaultId, message_id: str) -> bool:
        """Say whether the vault's owner sent a message with this `Message-ID`."""
        return self._reference(vault, _SENT, message_id) is not None

    def _note(
        self, vault: VaultId, message_id: str, places: Sequence[tuple[int, str]], thread: ThreadId, mid: MessageId
    ) -> None:
        """Note it in namespaces, each with its party."""
        if not message_id:
            return
        rows: list[dict[str, object]] = []
        for namespace, party in places:
            digest = self._message_id_digest(vault, namespace, message_id, party)
            said = {"namespace": namespace, "digest": digest, "thread": thread, "mid": mid}
            rows.append({"vault": vault, **said, "code": row_code(self._sealer, vault, tuple(said.values()))})
        for (digest,) in self._runner.inserted(_NOTE, rows, vault):
            self._noted.referred(vault, bytes(digest))

    def _reference(self, vault: VaultId, namespace: int, message_id: str, party: str = "") -> Row | None:
        digest = self._message_id_digest(vault, namespace, message_id, party)
        row = self._runner.row(_FIND, vault=vault, namespace=namespace, digest=digest)
        if row is None or is_as_coded(self._sealer, vault, row):
            return row
        self._coded.alarm(_R.name, vault)
        return None

    def _message_id_digest(self, vault: VaultId, namespace: int, message_id: str, party: str) -> bytes:
        # Vault and namespace are part of it: a row that is moved to another says nothing there.
        parts = (vault.to_bytes(8, "big"), bytes((namespace,)), message_id.strip("<> ").encode(), party.encode())
        return self._sealer.digest("message-id", *parts)[:16]


def row_code(sealer: Sealer, vault: VaultId, said: tuple[object, ...]) -> bytes:
    """Give the code of what a row says: namespace, digest, thread, message."""
    return sealer.row_digest(_R.name, (vault, *said))[:16]


def is_as_coded(sealer: Sealer, vault: VaultId, row: Row) -> bool:
    """Say whether a row says what the program wrote."""
    *said, code = row
    return isinstance(code, bytes) and hmac.compare_digest(code, row_code(sealer, vault, tuple(said)))
