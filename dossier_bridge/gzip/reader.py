"""What lies inside a gzip file (RFC 1952)."""

import posixpath
import zlib
from collections.abc import Iterator

from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.nesting import Budget, FoundFile, Piece

_MAX_MEMBERS = 100
"""Members of one gzip file; each costs a copy of all that follows."""


def gzip_file(file: FoundFile, budget: Budget) -> Iterator[Piece]:
    """Give the one file inside; raise `DocumentFault` when it is damaged or larger than the budget has room for."""
    yield Piece(posixpath.splitext(posixpath.basename(file.name))[0], _gunzipped(file.data, budget))


def _gunzipped(data: bytes, budget: Budget) -> bytes:
    """Undo gzip, all its members one after another (RFC 1952 §2.2)."""
    opened, most, members = bytearray(), budget.file_bytes, 0
    while data:
        engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        before, members = len(opened), members + 1
        if members > _MAX_MEMBERS:
            raise fault(FaultReason.TOO_MANY)
        try:
            # One byte more than there is room for shows that there is more; a bound of 0 would be none.
            opened += engine.decompress(data, most - before + 1)
        except zlib.error as error:
            budget.spend(most - before)
            raise fault(FaultReason.GZIP_DAMAGED) from error
        budget.spend(len(opened) - before)
        if len(opened) > most:
            raise fault(FaultReason.TOO_LARGE)
        if not engine.eof:
            raise fault(FaultReason.GZIP_DAMAGED)
        data = engine.unused_data.lstrip(b"\0")
    return bytes(opened)
