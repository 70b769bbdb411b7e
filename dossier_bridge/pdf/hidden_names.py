"""Names of a PDF wherever they stand: with escapes undone, and inside compressed object streams. Opens nothing else.

A name may be written with escapes (`/#4caunch` is `/Launch`, ISO 32000-1 §7.3.5), and objects may lie compressed in
a stream (§7.5.7). Work is bounded: what lies beyond, or under filters that are not undone here, counts as unseen.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_STREAMS = 4_000
"""Object streams of one file that are looked into."""
MAX_STREAM = 8_000_000
MAX_IN_ALL = 64_000_000
"""Octets of object streams, uncompressed."""
MAX_LOOKED_AT = 128_000_000
"""The same as they are written: streams may be made to lie in one another."""
_DICTIONARY = 2_048
"""Octets before `stream` in which its dictionary is looked for."""
_REGULAR = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%"
_ESCAPED = re.compile(rb"/" + _REGULAR + rb"#]{0,127}#" + _REGULAR + rb"]{0,380}")
"""A name with an escape; it has 127 octets at most (ISO 32000-1, table C.1), three for each that is escaped."""
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(rb"/(FlateDecode|Fl|ASCIIHexDecode|AHx|ASCII85Decode|A85)(?![A-Za-z0-9])")
_OTHER = re.compile(rb"/(LZWDecode|LZW|RunLengthDecode|RL|Crypt|Predictor)(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class ObjectStreams:
    """What object streams say; `is_unseen` when some could not be looked into, or not to their end."""

    texts: tuple[bytes, ...]
    is_unseen: bool


def names_undone(data: bytes) -> bytes:
    """Write names without their escapes; everything else stays as it is."""
    if b"#" not in data:
        return data
    return _ESCAPED.sub(lambda name: _HEX.sub(_octet, name[0]), data)


def object_streams(data: bytes) -> ObjectStreams:
    """Undo the filters of object streams, as far as the limits go."""
    texts, room, written, is_unseen = list[bytes](), MAX_IN_ALL, MAX_LOOKED_AT, False
    for dictionary, start in _object_streams(data):
        end = data.find(b"endstream", start)
        written -= end - start
        if end < 0 or len(texts) >= MAX_STREAMS or room <= 0 or written < 0:
            return ObjectStreams(tuple(texts), True)
        text = _undone(dictionary, data[start:end], min(room, MAX_STREAM))
        if text is None:
            is_unseen = True
            continue
        room -= len(text)
        texts.append(names_undone(text))
    return ObjectStreams(tuple(texts), is_unseen)


def _octet(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())


def _object_streams(data: bytes) -> Iterator[tuple[bytes, int]]:
    end = 0
    for found in _STREAM.finditer(data):
        before = data[max(end, found.start() - _DICTIONARY) : found.start()]
        dictionary = names_undone(before[before.rfind(b" obj") + 1 :])
        end = found.end()
        if b"/ObjStm" in dictionary:
            yield dictionary, end


def _undone(dictionary: bytes, octets: bytes, room: int) -> bytes | None:
    """Give a stream without its filters; None for what is not undone here."""
    if _OTHER.search(dictionary):
        return None
    for name in (found[1] for found in _FILTER.finditer(dictionary)):
        undone = _without(name, octets, room)
        if undone is None:
            return None
        octets = undone
    return octets if len(octets) <= room else None


def _without(name: bytes, octets: bytes, room: int) -> bytes | None:
    try:
        if name in (b"ASCIIHexDecode", b"AHx"):
            digits = re.sub(rb"\s", b"", octets.partition(b">")[0])
            return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        if name in (b"ASCII85Decode", b"A85"):
            return base64.a85decode(octets.partition(b"~>")[0])
        inflating = zlib.decompressobj()
        undone = inflating.decompress(octets, room)
        # A stream that is damaged at its end is read by viewers as far as it goes.
        return None if inflating.unconsumed_tail else undone
    except (ValueError, zlib.error):
        return None
