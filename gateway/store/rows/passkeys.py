"""Passkeys: coded rows, found by a keyed digest of the credential id; a bent one opens nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from gateway.domain.errors import Conflict
from gateway.domain.mailbox import VaultId
from gateway.domain.passkey import Passkey
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import PASSKEY as PASSKEY_ROW
from gateway.store.seal.passkey_record import PasskeyRecord
from gateway.store.seal.records import PASSKEY
from gateway.store.seal.sealer import Sealer, object_of

_P = schema.passkey
_this = _P.c.digest == parameter("digest")
_passkey = insert(_P)
_SAVE = _passkey.on_conflict_do_update(
    index_elements=[_P.c.digest], set_={name: _passkey.excluded[name] for name in ("record", "version", "code")}
)
_GET = select(*PASSKEY_ROW.selected_with_head()).where(_this)
_OF = select(*PASSKEY_ROW.selected_with_head()).where(_P.c.vault == parameter("vault"))
_DROP = delete(_P).where(_this)


class PasskeyRows:
    """Implements `gateway.ports.passkeys.Passkeys`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def save(self, passkey: Passkey) -> None:
        """Insert or replace one. Raises `Conflict` when another vault has it."""
        digest = self._digest(passkey.credential)
        before = self._runner.row(_GET, digest=digest)
        if before is not None and (
            before[1] != passkey.vault or not self._coded.holds_with_head(PASSKEY_ROW, before)
        ):
            raise Conflict("this passkey belongs to another space")
        record = PasskeyRecord(
            credential=passkey.credential,
            public_key=passkey.public_key,
            counter=passkey.counter,
            name=passkey.name,
            added=passkey.added.isoformat(),
            used=passkey.used.isoformat() if passkey.used else "",
            waits=passkey.waits,
        )
        sealed = PASSKEY.seal(self._sealer, passkey.vault, object_of(digest), record)
        row = {"digest": digest, "vault": passkey.vault, "record": sealed}
        self._runner.run(_SAVE, **self._coded.stamped(PASSKEY_ROW, row))

    def get(self, credential: bytes) -> Passkey | None:
        """Find one by its credential id."""
        return self._read(self._runner.row(_GET, digest=self._digest(credential)))

    def of(self, vault: VaultId) -> Sequence[Passkey]:
        """List those of a space, the oldest first."""
        found = (self._read(row) for row in self._runner.rows(_OF, vault=vault))
        return sorted((passkey for passkey in found if passkey), key=lambda passkey: passkey.added)

    def drop(self, credential: bytes) -> None:
        """Take one away; nothing happens when there is none."""
        digest = self._digest(credential)
        row = self._runner.row(_GET, digest=digest)
        if row is not None:
            self._runner.run(_DROP, digest=digest)
            self._coded.dropped(PASSKEY_ROW, VaultId(row[1]), digest)

    def _read(self, row: Row | None) -> Passkey | None:
        if row is None or not self._coded.holds_with_head(PASSKEY_ROW, row):
            return None
        digest, number, sealed, *_ = row
        record = PASSKEY.open(self._sealer, VaultId(number), object_of(digest), sealed)
        return Passkey(
            vault=VaultId(number),
            credential=record.credential,
            public_key=record.public_key,
            counter=record.counter,
            name=record.name,
            added=datetime.fromisoformat(record.added),
            used=datetime.fromisoformat(record.used) if record.used else None,
            waits=record.waits,
        )

    def _digest(self, credential: bytes) -> bytes:
        return self._sealer.digest("passkey", credential)[:16]
