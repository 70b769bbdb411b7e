"""The first attributes of a DICOM file (PS3.10, PS3.5 §7): texts of the groups that say whose it is.

A strict reader in a few lines, because the usual library weighs more than all other readers together and would be
loaded in every one of them. It goes through the elements in their order and never reaches the pixels.
"""

import codecs
import re
import struct
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dossier_bridge.faults import FaultReason, fault

IMPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
_DEFLATED = frozenset({"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.8.1"})
"""Transfer syntaxes whose whole content is one deflated stream."""
_PREAMBLE, _MARK = 128, b"DICM"
_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
"""Value representations whose length takes four octets (PS3.5 §7.1.2)."""
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_SYNTAX, _CHARACTERS, _LAST = 0x00020010, 0x00080005, 0x00100040
ISSUER = 0x00400032
"""Universal entity of whoever issued the patient's number: the one element of a sequence that is given."""
_MOST_ELEMENTS, _MOST_DEPTH, _MOST_TEXT = 5_000, 16, 4_096
_CODECS: Mapping[str, str] = MappingProxyType({
    "ISO_IR 192": "utf-8", "": "utf-8",
    **{f"{form} {number}": codecs.lookup(name).name for form in ("ISO_IR", "ISO 2022 IR") for number, name in (
        (100, "iso8859-1"), (101, "iso8859-2"), (109, "iso8859-3"), (110, "iso8859-4"), (148, "iso8859-9"),
        (203, "iso8859-15"),
    )},
})  # fmt: skip
"""Latin character sets (PS3.3 §C.12.1.1.2), loaded with this module: a confined reader loads none any more. Of any
other, what is not ASCII is `UNKNOWN`."""
UNKNOWN = "\ufffd"
_ESCAPE = re.compile(rb"\x1b[ -/]{1,3}[0-~]")


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    length: int


_Elements = Generator[_Element, None, int]
"""Gives elements, and at the end where the next one starts."""


def header_of(data: bytes) -> dict[int, str]:
    """Give the texts of a file's first groups by tag, elements of sequences among them; raise `DocumentFault`."""
    if data[_PREAMBLE : _PREAMBLE + 4] != _MARK:
        raise fault(FaultReason.DICOM_MALFORMED)
    walk = _Walk(data)
    meta, at = walk.meta(_PREAMBLE + 4)
    syntax = meta.get(_SYNTAX, "")
    if syntax in _DEFLATED:
        raise fault(FaultReason.DICOM_DEFLATED)
    walk.set_syntax(is_explicit=syntax != IMPLICIT, order=">" if syntax == BIG_ENDIAN else "<")
    raw = {element.tag: data[element.start : element.start + element.length] for element in walk.elements(at)}
    codec = _CODECS.get(_plain(raw.get(_CHARACTERS, b""), "ascii").rpartition("\\")[2].strip(), "ascii")
    return {tag: _plain(value, codec) for tag, value in raw.items()}


def _plain(value: bytes, codec: str) -> str:
    return " ".join(_ESCAPE.sub(b"", value[:_MOST_TEXT]).decode(codec, "replace").replace("\0", " ").split())


class _Walk:
    """Goes from element to element; everything outside the file, or too much of it, is a fault."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MOST_ELEMENTS
        self.set_syntax(is_explicit=True, order="<")

    def set_syntax(self, *, is_explicit: bool, order: str) -> None:
        self._is_explicit = is_explicit
        self._tag, self._short, self._long = (struct.Struct(order + form) for form in ("HH", "H", "I"))

    def meta(self, at: int) -> tuple[dict[int, str], int]:
        """Read group 2, always explicit and little-endian; give it and where the rest starts."""
        found: dict[int, str] = {}
        while at + 8 <= len(self._data) and self._data[at : at + 2] == b"\x02\x00":
            element = self._element(at)
            at = self._end(element)
            found[element.tag] = _plain(self._data[element.start : at], "ascii")
        return found, at

    def elements(self, at: int, end: int | None = None, depth: int = 0) -> Iterator[_Element]:
        """Give the elements up to the patient's last, those of sequences among them."""
        stop, before = len(self._data) if end is None else end, 0
        while at + 8 <= stop:
            element = self._element(at)
            if depth == 0 and element.tag > _LAST:
                return
            if element.tag <= before:
                raise fault(FaultReason.DICOM_MALFORMED)  # out of order, or twice: nobody's to choose from
            before = element.tag
            if element.length == _UNDEFINED or self._is_sequence(at, element):
                at = yield from self._sequence(at, element, depth + 1)
            else:
                at = self._end(element)
                if depth == 0 or element.tag == ISSUER:
                    yield element

    def _sequence(self, at: int, element: _Element, depth: int) -> _Elements:
        """Give the elements of a sequence; one that is called unknown is implicit inside (PS3.5 §6.2.2)."""
        if not self._is_explicit or self._data[at + 4 : at + 6] != b"UN":
            return (yield from self._items(element, depth))
        outside = self._tag, self._short, self._long
        self.set_syntax(is_explicit=False, order="<")
        end = yield from self._items(element, depth)
        self._is_explicit, (self._tag, self._short, self._long) = True, outside
        return end

    def _items(self, sequence: _Element, depth: int) -> _Elements:
        """Give the elements of the items of a sequence, and where it ends."""
        if depth > _MOST_DEPTH:
            raise fault(FaultReason.DICOM_MALFORMED)
        at = sequence.start
        end = None if sequence.length == _UNDEFINED else self._end(sequence)
        while end is None or at < end:
            item = self._element(at)
            if item.tag == _SEQUENCE_END:
                return item.start
            if item.tag != _ITEM:
                raise fault(FaultReason.DICOM_MALFORMED)
            if item.length == _UNDEFINED:
                at = yield from self._open_item(item.start, depth)
            else:
                at = self._end(item)
                yield from self.elements(item.start, at, depth)
        return end

    def _open_item(self, at: int, depth: int) -> _Elements:
        """Give the elements of an item that ends where a mark says so, and where that is."""
        while (element := self._element(at)).tag != _ITEM_END:
            if element.length == _UNDEFINED or self._is_sequence(at, element):
                at = yield from self._sequence(at, element, depth + 1)
            else:
                at = self._end(element)
                if element.tag == ISSUER:
                    yield element
        return element.start

    def _is_sequence(self, at: int, element: _Element) -> bool:
        if self._is_explicit:
            return self._data[at + 4 : at + 6] == b"SQ"
        return element.length >= 8 and self._data[element.start : element.start + 4] == b"\xfe\xff\x00\xe0"

    def _element(self, at: int) -> _Element:
        self._left -= 1
        if self._left < 0:
            raise fault(FaultReason.DICOM_MALFORMED)
        try:
            group, number = self._tag.unpack_from(self._data, at)
            tag, kind = group << 16 | number, self._data[at + 4 : at + 6]
            if group == 0xFFFE or not self._is_explicit:
                return _Element(tag, at + 8, self._long.unpack_from(self._data, at + 4)[0])
            if kind in _LONG:
                return _Element(tag, at + 12, self._long.unpack_from(self._data, at + 8)[0])
            if not kind.isalpha():
                raise fault(FaultReason.DICOM_MALFORMED)
            return _Element(tag, at + 8, self._short.unpack_from(self._data, at + 6)[0])
        except struct.error as error:
            raise fault(FaultReason.DICOM_MALFORMED) from error

    def _end(self, element: _Element) -> int:
        end = element.start + element.length
        if end > len(self._data):
            raise fault(FaultReason.DICOM_MALFORMED)
        return end
