"""How sealed records of fields are written, and how those of earlier forms are read; the records are in `records`."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.store.seal.sealer import RecordKind, Sealer

R = TypeVar("R")
Fields = dict[str, Any]  # Any: a record of an earlier form, before it is checked against the present one


class RecordForm(Generic[R]):
    """How one kind of record is written now, and how every earlier form is read."""

    def __init__(
        self,
        kind: RecordKind,
        number: int,
        record: Any,
        earlier: Mapping[int, Callable[[Fields], Fields]] | None = None,
    ) -> None:
        # Any: a union of classes is no type to the type checker; each form below names its own.
        self.kind = kind
        self.number = number
        self.record = record
        self._earlier = earlier or {}
        self._prefix = bytes((number,))
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(record).decode

    def written(self, record: R) -> bytes:
        """Write a record in its present form."""
        return self._prefix + self._encode(record)

    def read(self, clear: bytes) -> R:
        """Read a record of any form. Raises `SealBroken` when it lacks what it must have."""
        try:
            number = clear[0]
            if number >= self.number:
                found: R = self._decode(memoryview(clear)[1:])
                return found
            fields = msgspec.msgpack.decode(memoryview(clear)[1:])
            for form in range(number, self.number):
                upgrade = self._earlier.get(form)
                fields = upgrade(fields) if upgrade else fields
            found = msgspec.convert(fields, self.record)
        except (IndexError, KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
            raise SealBroken(f"a {self.kind.name.lower()} record is not one") from error
        return found

    def seal(self, sealer: Sealer, vault: VaultId, obj: int, record: R) -> bytes:
        """Write and seal a record of object `obj`."""
        return sealer.seal(vault, self.kind, obj, self.written(record))

    def open(self, sealer: Sealer, vault: VaultId, obj: int, sealed: bytes) -> R:
        """Open and read a record. Raises `SealBroken`."""
        return self.read(sealer.open(vault, self.kind, obj, sealed))


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every record of fields shares: written by name, without what has its default."""
