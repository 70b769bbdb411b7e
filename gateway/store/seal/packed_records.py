"""Packed records: what lists open ten thousand at a time, where names of fields would cost a tenth.

A packed record is its form, the number of its fields, their lengths, and the fields; a later form adds fields at the
end. What has one field only has it to its end. See `gateway.store.seal.records` for all other records.
"""

import struct
from collections.abc import Mapping

from gateway.domain.errors import SealBroken
from gateway.domain.mime.header_search import SEARCHED_FIELDS
from gateway.store.seal.sealer import RecordKind

two_lengths = struct.Struct(">II").unpack_from
"""Reads the lengths of a packed record of two fields, which stand at its third octet."""
PACKED: Mapping[RecordKind, tuple[int, tuple[str, ...]]] = {
    RecordKind.WIRE: (1, ("envelope", "bodystructure")),
    RecordKind.SUMMARY: (2, ("body", "layout", "card")),
    RecordKind.HEADERS: (1, ("header block, to the end",)),
    RecordKind.OBSERVED: (1, ("place", "effective time", "lines")),
    RecordKind.DOCUMENT_WORDS: (1, ("names", "text")),
    RecordKind.GOAL: (1, ("low", "high", "unit", "set by", "set on")),
    RecordKind.EXTRACT: (1, ("text, to the end",)),
    RecordKind.HEADER_PAGE: (1, ("uids", "days", *(f"lines of {name}" for name in SEARCHED_FIELDS))),
    RecordKind.LINE_PAGE: (1, ("uids", "lines")),
}
"""Form and fields of each packed record; what has one field only has it to its end, without a length."""

_FIRST = b"\x01"
"""Form of what has one field only; `PACKED` says so."""
_FORMS = {kind: bytes((form,)) for kind, (form, _) in PACKED.items()}


def packed(kind: RecordKind, *fields: bytes) -> bytes:
    """Write a packed record: its form, how many fields, the length of each (four octets), the fields."""
    count = len(fields)
    return b"".join((_FORMS[kind], bytes((count,)), struct.pack(f">{count}I", *map(len, fields)), *fields))


def unpacked(clear: bytes, count: int) -> list[bytes]:
    """Read the first `count` fields of what `packed` wrote; a later form may have more. Raises `SealBroken`."""
    try:
        lengths, at = struct.unpack_from(f">{count}I", clear, 2), 2 + 4 * clear[1]
    except (IndexError, struct.error) as error:
        raise SealBroken("a packed record is too short") from error
    fields = []
    for length in lengths:
        fields.append(clear[at : at + length])
        at += length
    if at > len(clear) or clear[1] < count:
        raise SealBroken("a packed record is too short")
    return fields


def whole(octets: bytes) -> bytes:
    """Write a record of one field that goes to its end."""
    return _FIRST + octets


def whole_of(clear: bytes) -> bytes:
    """Read a record of one field that goes to its end."""
    return clear[1:]
