"""The data elements of a DICOM file (PS3.10 §7, PS3.5 §7), in their order; what they mean is read elsewhere.

A strict walk in a few lines, because the usual library weighs more than all other readers together and would be
loaded in every one of them. It never reaches the pixels.
"""

import codecs
import re
import struct
import zlib
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dossier_bridge.faults import FaultReason, fault

IMPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED = frozenset({"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95"})
"""Transfer syntaxes whose data set is one deflated stream (PS3.5 §A.5)."""
PIXELS = 0x7FE00010
UNDEFINED = 0xFFFFFFFF
ITEM, SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
UNKNOWN = "\ufffd"
_PREAMBLE, _MARK = 128, b"DICM"
_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
"""Value representations whose length takes four octets (PS3.5 §7.1.2)."""
_ITEM_END, _MEDIA_CLASS, _SYNTAX, _CHARACTERS = 0xFFFEE00D, 0x00020002, 0x00020010, 0x00080005
_PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, PIXELS})
_MOST_DEPTH, _MOST_TEXT = 16, 4_096
_CODECS: Mapping[str, str] = MappingProxyType({
    "ISO_IR 192": "utf-8", "": "utf-8",
    **{f"{form} {number}": codecs.lookup(name).name for form in ("ISO_IR", "ISO 2022 IR") for number, name in (
        (100, "iso8859-1"), (101, "iso8859-2"), (109, "iso8859-3"), (110, "iso8859-4"), (148, "iso8859-9"),
        (203, "iso8859-15"),
    )},
})  # fmt: skip
"""Latin character sets (PS3.3 §C.12.1.1.2), loaded with this module: a confined reader loads none any more. Of any
other, what is not ASCII is `UNKNOWN`."""
_ESCAPE = re.compile(rb"\x1b[ -/]{1,3}[0-~]")


@dataclass(frozen=True, slots=True)
class Element:
    """A data element: its tag, where its value starts, and the length that it claims."""

    tag: int
    start: int
    length: int


_Elements = Generator[Element, None, int]
"""Gives elements, and at the end where the next one starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """What was read of a file.

    Attributes:
        data: the file; where its data set is deflated, with as much of it inflated as was asked for.
        media_class: what the file is, by its meta information: a picture, a directory of a disk.
        values: octets of the elements by tag; of sequences only what was asked for.
        pixels: the element of the pixels, where the walk came so far.
    """

    data: bytes
    media_class: str
    syntax: str
    order: str
    values: Mapping[int, bytes]
    pixels: Element | None

    def text(self, tag: int) -> str:
        """Give a text on one line, in the characters that the file names; empty when it is not there."""
        charset = _plain(self.values.get(_CHARACTERS, b""), "ascii").rpartition("\\")[2].strip()
        return _plain(self.values.get(tag, b""), _CODECS.get(charset, "ascii"))

    def short(self, tag: int, absent: int = 0) -> int:
        """Give a number of two octets (US, SS)."""
        value = self.values.get(tag, b"")
        return int(struct.unpack_from(f"{self.order}H", value)[0]) if len(value) >= 2 else absent


def data_set(
    data: bytes, last: int, nested: Mapping[int, Collection[int]], most_elements: int, most_inflated: int
) -> DataSet:
    """Read a file's elements up to `last` or its pixels; raise `DocumentFault`.

    Args:
        data: the file, or as much of its start as holds those elements.
        last: the last tag that is wanted.
        nested: which tags are wanted of which sequences; 0 for any sequence.
        most_elements: more of them make a file malformed.
        most_inflated: octets that a deflated data set may come to.
    """
    if data[_PREAMBLE : _PREAMBLE + 4] != _MARK:
        raise fault(FaultReason.DICOM_MALFORMED)
    meta, at = _Walk(data, 0, nested, most_elements).meta(_PREAMBLE + 4)
    syntax = meta.get(_SYNTAX, "")
    if syntax in DEFLATED:
        data = data[:at] + _inflated(data[at:], most_inflated)
    walk = _Walk(data, last, nested, most_elements)
    order = ">" if syntax == BIG_ENDIAN else "<"
    walk.set_syntax(is_explicit=syntax != IMPLICIT, order=order)
    values: dict[int, bytes] = {}
    pixels = None
    for element in walk.elements(at):
        if element.tag == PIXELS:
            pixels = element
        else:
            values.setdefault(element.tag, data[element.start : element.start + element.length])
    return DataSet(
        data=data, media_class=meta.get(_MEDIA_CLASS, ""), syntax=syntax, order=order, values=values, pixels=pixels
    )


def _inflated(data: bytes, most: int) -> bytes:
    """Open a deflated data set as far as it is wanted: a bomb costs no more."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most)
    except zlib.error as error:
        raise fault(FaultReason.DICOM_MALFORMED) from error


def _plain(value: bytes, codec: str) -> str:
    return " ".join(_ESCAPE.sub(b"", value[:_MOST_TEXT]).decode(codec, "replace").replace("\0", " ").split())


class _Walk:
    """Goes from element to element; everything outside the file, or too much of it, is a fault."""

    def __init__(self, data: bytes, last: int, nested: Mapping[int, Collection[int]], most: int) -> None:
        self._data = data
        self._last = last
        self._nested = nested
        self._wanted: Collection[int] = ()
        self._left = most
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

    def elements(self, at: int, end: int | None = None, depth: int = 0) -> Iterator[Element]:
        """Give the elements up to the last that is wanted, or the pixels; those of sequences among them."""
        stop, before = len(self._data) if end is None else end, 0
        while at + 8 <= stop:
            element = self._element(at)
            if depth == 0 and element.tag > self._last:
                return
            if element.tag <= before:
                raise fault(FaultReason.DICOM_MALFORMED)  # out of order, or twice: nobody's to choose from
            before = element.tag
            if depth == 0:
                self._wanted = self._nested.get(element.tag, self._nested.get(0, ()))
                if element.tag in _PIXEL_TAGS:
                    yield element  # of which nothing but the start need be there
                    return
            if element.length == UNDEFINED or self._is_sequence(at, element):
                at = yield from self._sequence(at, element, depth + 1)
            else:
                at = self._end(element)
                if depth == 0 or element.tag in self._wanted:
                    yield element

    def _sequence(self, at: int, element: Element, depth: int) -> _Elements:
        """Give the elements of a sequence; one that is called unknown is implicit inside (PS3.5 §6.2.2)."""
        if not self._is_explicit or self._data[at + 4 : at + 6] != b"UN":
            return (yield from self._items(element, depth))
        outside = self._tag, self._short, self._long
        self.set_syntax(is_explicit=False, order="<")
        end = yield from self._items(element, depth)
        self._is_explicit, (self._tag, self._short, self._long) = True, outside
        return end

    def _items(self, sequence: Element, depth: int) -> _Elements:
        """Give the elements of the items of a sequence, and where it ends."""
        if depth > _MOST_DEPTH:
            raise fault(FaultReason.DICOM_MALFORMED)
        at = sequence.start
        end = None if sequence.length == UNDEFINED else self._end(sequence)
        while end is None or at < end:
            item = self._element(at)
            if item.tag == SEQUENCE_END:
                return item.start
            if item.tag != ITEM:
                raise fault(FaultReason.DICOM_MALFORMED)
            if item.length == UNDEFINED:
                at = yield from self._open_item(item.start, depth)
            else:
                at = self._end(item)
                yield from self.elements(item.start, at, depth)
        return end

    def _open_item(self, at: int, depth: int) -> _Elements:
        """Give the elements of an item that ends where a mark says so, and where that is."""
        while (element := self._element(at)).tag != _ITEM_END:
            if element.length == UNDEFINED or self._is_sequence(at, element):
                at = yield from self._sequence(at, element, depth + 1)
            else:
                at = self._end(element)
                if element.tag in self._wanted:
                    yield element
        return element.start

    def _is_sequence(self, at: int, element: Element) -> bool:
        if self._is_explicit:
            return self._data[at + 4 : at + 6] == b"SQ"
        return element.length >= 8 and self._data[element.start : element.start + 4] == b"\xfe\xff\x00\xe0"

    def _element(self, at: int) -> Element:
        self._left -= 1
        if self._left < 0:
            raise fault(FaultReason.DICOM_MALFORMED)
        try:
            group, number = self._tag.unpack_from(self._data, at)
            tag, kind = group << 16 | number, self._data[at + 4 : at + 6]
            if group == 0xFFFE or not self._is_explicit:
                return Element(tag, at + 8, self._long.unpack_from(self._data, at + 4)[0])
            if kind in _LONG:
                return Element(tag, at + 12, self._long.unpack_from(self._data, at + 8)[0])
            if not kind.isalpha():
                raise fault(FaultReason.DICOM_MALFORMED)
            return Element(tag, at + 8, self._short.unpack_from(self._data, at + 6)[0])
        except struct.error as error:
            raise fault(FaultReason.DICOM_MALFORMED) from error

    def _end(self, element: Element) -> int:
        end = element.start + element.length
        if end > len(self._data):
            raise fault(FaultReason.DICOM_MALFORMED)
        return end
