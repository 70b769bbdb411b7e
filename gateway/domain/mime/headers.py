"""Header blocks: cut, unfold, look up, select and search (RFC 5322 §2.2).

A block is the bytes of the fields with the empty line that ends them. Lines without a colon are kept in
the block and are no fields. Values stay bytes until someone asks for text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.domain.mime.limits import DEFAULT_LIMITS, MessageLimitExceeded, MimeFault, MimeLimits
from gateway.domain.mime.words import decode_words

_NAME = re.compile(rb"[!-9;-~]+")
# The first line of a field that has no colon, and is folded: what follows may be taken for its value or for nothing.
_FOLDED_NAME = re.compile(rb"(?m)^[^\s:][^:\r\n]*+\r\n[ \t]")
# A field at the start of a line, with its folded lines; blanks before the colon are obsolete and legal.
_FIELD = re.compile(rb"(?m)^([!-9;-~]+)[ \t]*:(?:[^\n]*\n)(?:[ \t][^\n]*\n)*")


@lru_cache(maxsize=256)
def _key(name: str) -> bytes:
    return name.lower().encode("ascii")


@dataclass(frozen=True, slots=True, repr=False)
class Headers:
    """The fields of one header block, in order, unfolded; names compare without case."""

    fields: tuple[tuple[bytes, bytes], ...]
    _index: dict[bytes, list[bytes]] = field(compare=False)

    @classmethod
    def parse(cls, block: bytes) -> "Headers":
        """Read a header block; names are kept in lower case."""
        # Folding first (RFC 5322 §2.2.3): no field may be judged by its first line alone.
        unfolded = block.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t")
        fields: list[tuple[bytes, bytes]] = []
        index: dict[bytes, list[bytes]] = {}
        is_name = _NAME.fullmatch
        for line in unfolded.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            name = name.rstrip(b" \t").lower()
            if colon and is_name(name):
                value = value.strip(b" \t")
                fields.append((name, value))
                index.setdefault(name, []).append(value)
        return cls(tuple(fields), index)

    def get_all(self, name: str) -> list[bytes]:
        """Give the raw unfolded values of every field of that name, in order."""
        return list(self._index.get(_key(name), ()))

    def first(self, name: str) -> bytes | None:
        """Give the raw unfolded value of the first field of that name."""
        values = self._index.get(_key(name))
        return values[0] if values else None

    def count(self, name: str) -> int:
        """Count the fields of that name."""
        return len(self._index.get(_key(name), ()))

    def text(self, name: str) -> str:
        """Give the first field of that name as decoded text on one line, or an empty text."""
        value = self.first(name)
        return decode_words(value) if value else ""


def header_end(raw: bytes, start: int, end: int, limits: MimeLimits) -> int:
    """Find where the header block that begins at `start` ends, its empty line included.

    Raises:
        MessageLimitExceeded: when the block has more bytes or lines than allowed.
    """
    if raw.startswith(b"\r\n", start, end):
        return start + 2
    found = raw.find(b"\r\n\r\n", start, min(end, start + limits.max_header_bytes + 4))
    stop = found + 4 if found >= 0 else end
    if stop - start > limits.max_header_bytes:
        raise MessageLimitExceeded(MimeFault.HEADER_BYTES)
    if raw.count(b"\n", start, stop) > limits.max_header_lines:
        raise MessageLimitExceeded(MimeFault.HEADER_LINES)
    return stop


def header_block(raw: bytes, limits: MimeLimits = DEFAULT_LIMITS) -> bytes:
    """Cut the header block off a message, its empty line included."""
    return raw[: header_end(raw, 0, len(raw), limits)]


def has_folded_name(block: bytes) -> bool:
    """Say whether the name of a field is folded before its colon, which no grammar allows (RFC 5322 §2.2)."""
    return _FOLDED_NAME.search(block) is not None


def select_header_fields(block: bytes, names: Iterable[bytes], *, invert: bool = False) -> bytes:
    """Give the fields of those names as they stand in the block, and an empty line (RFC 3501 §6.4.5).

    Args:
        block: a stored header block.
        names: field names in any case.
        invert: give all other fields instead (HEADER.FIELDS.NOT).
    """
    wanted = {name.strip().lower() for name in names}
    if not block.endswith(b"\n"):
        block += b"\r\n"
    chosen = [found[0] for found in _FIELD.finditer(block) if (found[1].lower() in wanted) is not invert]
    chosen.append(b"\r\n")
    return b"".join(chosen)


def search_header(block: bytes, name: str, needle: str) -> bool:
    """Say whether a field of that name holds `needle`, decoded and without case (RFC 3501 §6.4.4 HEADER).

    An empty needle asks only whether there is such a field.
    """
    values = Headers.parse(block).get_all(name) if name.isascii() else []
    if not needle:
        return bool(values)
    folded = needle.casefold()
    return any(folded in decode_words(value).casefold() for value in values)


def header_text(block: bytes) -> str:
    """Give every field as decoded ``name: value`` lines, for SEARCH TEXT."""
    return "\n".join(f"{name.decode('ascii')}: {decode_words(value)}" for name, value in Headers.parse(block).fields)
