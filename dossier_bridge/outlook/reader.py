"""What lies inside a `winmail.dat`, the TNEF stream in which Outlook packs attachments (MS-OXTNEF)."""

import struct
from collections.abc import Iterator

from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.nesting import Budget, FoundFile, Piece
from dossier_bridge.unknown.reader import unknown_files
from gateway.domain.mime import marks

_ATTRIBUTE = struct.Struct("<BLL")
_HEADER_BYTES, _LEVELS = 6, (1, 2)
_ATTACHED_DATA, _ATTACHED_PROPERTIES = 0x0006800F, 0x00069005


def outlook_files(file: FoundFile, budget: Budget) -> Iterator[Piece]:
    """Give the files of the stream; what only bears its name is looked through."""
    if not file.data.startswith(marks.TNEF):
        yield from unknown_files(file, budget)
        return
    for content in _attached(file.data):
        budget.spend(len(content))
        yield Piece("", content)


def _attached(data: bytes) -> Iterator[bytes]:
    """Give the files of a stream, and the streams of messages inside it (MS-OXTNEF §2.1.3)."""
    at = _HEADER_BYTES
    while at + _ATTRIBUTE.size <= len(data):
        level, identifier, length = _ATTRIBUTE.unpack_from(data, at)
        end = at + _ATTRIBUTE.size + length
        if level not in _LEVELS or end > len(data):
            break
        content = data[at + _ATTRIBUTE.size : end]
        if identifier == _ATTACHED_DATA:
            yield content
        elif identifier == _ATTACHED_PROPERTIES and marks.TNEF in content:
            yield content[content.index(marks.TNEF) :]
        at = end + 2
    rest = data[at:]
    if marks.ZIP[0] in rest or marks.GZIP + b"\x08" in rest:
        raise fault(FaultReason.HIDDEN_DOCUMENT)
    yield rest
