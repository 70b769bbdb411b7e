"""A file of no known form: looked through, and any change of its encoding undone."""

import codecs
import re
from collections.abc import Iterator

from dossier_bridge.base64_text.reader import base64_files
from dossier_bridge.clinical_search import refuse_clinical
from dossier_bridge.nesting import Budget, FoundFile, Piece
from gateway.domain.mime import marks

_BASE64_TEXT = re.compile(marks.BASE64_TEXT)
_HEAD_BYTES = 1024
_NARROW = ("utf-8",)
_CODECS = (*_NARROW, "utf-32", "utf-32-be", "utf-32-le", "utf-16", "utf-16-be", "utf-16-le")
"""Stricter ones first; those with a mark before those without."""


def unknown_files(file: FoundFile, budget: Budget) -> Iterator[Piece]:
    """Give what the file holds in another encoding; raise `DocumentFault` when something clinical shows in it."""
    # Behind more blanks than are looked at when kinds are told.
    if _BASE64_TEXT.match(marks.text_start(marks.narrowed(file.data))):
        yield from base64_files(file, budget)
        return
    refuse_clinical(file.data)
    if (plain := _recoded(file.data)) is not None:
        budget.spend(len(plain))
        yield Piece("", plain)


def _recoded(data: bytes) -> bytes | None:
    """Undo one change of encoding of what is no text: bytes written as if each were a character."""
    head = data[:_HEAD_BYTES]
    shown = marks.text_start(marks.narrowed(head))
    if shown.isascii() and not marks.has_controls(shown):
        return None
    # An octet takes several in the wide ones, and all but one of them are zero.
    for codec in _CODECS if b"\0" in head else _NARROW:
        try:
            _decoded_beginning(head, codec).encode("latin-1")
            plain = data.decode(codec).lstrip("\ufeff").encode("latin-1")
        except UnicodeError:
            continue
        return None if plain == data else plain
    return None


def _decoded_beginning(head: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)().decode(head).lstrip("\ufeff")
