"""Encoded words of header fields (RFC 2047), both ways.

Reading is tolerant, as senders are: words inside quoted strings, blanks or 8-bit bytes inside words,
characters cut between two words, raw 8-bit text beside them. Writing is strict.
"""

import binascii
import re

from gateway.domain.mime.charset import decode_text, decode_unlabelled, one_line
from gateway.domain.mime.transfer import decode_base64

# Charset may carry a language (RFC 2231 §5). Blanks in the text are outside the grammar, and common.
_WORD = re.compile(rb"=\?([^?=\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?\r\n]*)\?=")
_MAX_WORD = 75
_WORD_FRAME = len("=?utf-8?B??=")


def decode_words(value: bytes) -> str:
    """Decode an unfolded field value or phrase to text on one line."""
    if b"=?" not in value:
        return one_line(decode_unlabelled(value))
    pieces: list[str] = []
    run: list[bytes] = []
    run_charset, at = b"", 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        charset, encoding, text = word.groups()
        # Blanks between two words are not text, and one character may lie across them (RFC 2047 §6.2).
        joined = bool(run) and not between.strip(b" \t\r\n")
        if run and not (joined and charset.lower() == run_charset):
            pieces.append(_run_text(run, run_charset))
            run = []
        if between and not joined:
            pieces.append(decode_unlabelled(between))
        run.append(decode_base64(text) if encoding in b"bB" else binascii.a2b_qp(text, header=True))
        run_charset, at = charset.lower(), word.end()
    if run:
        pieces.append(_run_text(run, run_charset))
    pieces.append(decode_unlabelled(value[at:]))
    return one_line("".join(pieces))


def _run_text(run: list[bytes], charset: bytes) -> str:
    return decode_text(b"".join(run), charset.decode("latin-1"))


def encode_words(text: str, *, first_line: int = _MAX_WORD, force: bool = False) -> list[str]:
    """Give `text` as what may stand on the lines of a field: itself, or UTF-8 encoded words of at most 75 characters.

    Text that looks like an encoded word is encoded too, so that it is read back as it was written.

    Args:
        text: what is written; it is made one line first.
        first_line: the room left on the first line.
        force: encode ASCII too.
    """
    text = one_line(text)
    if not force and text.isascii() and "=?" not in text:
        return [text]
    words: list[str] = []
    data, at, room = text.encode("utf-8", "replace"), 0, (min(first_line, _MAX_WORD) - _WORD_FRAME) // 4 * 3
    while at < len(data):
        end = at + max(room, 1)
        # No character lies across two words (RFC 2047 §5); one is written where there is no room for any.
        while at < end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        if end == at:
            end = next((n for n in range(at + 1, len(data)) if data[n] & 0xC0 != 0x80), len(data))
        words.append(_encoded(data[at:end]))
        at, room = end, (_MAX_WORD - _WORD_FRAME) // 4 * 3
    return words


def _encoded(chunk: bytes) -> str:
    return "=?utf-8?B?" + binascii.b2a_base64(chunk, newline=False).decode("ascii") + "?="
