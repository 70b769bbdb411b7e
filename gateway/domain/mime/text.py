"""The text of a message: decoded parts, the extract that SEARCH reads, the preview of lists (RFC 8970)."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from gateway.domain.mime.attachments import is_attachment
from gateway.domain.mime.charset import decode_text, one_line
from gateway.domain.mime.enriched import enriched_to_text
from gateway.domain.mime.html import html_to_text
from gateway.domain.mime.limits import MessageLimitExceeded, MimeFault
from gateway.domain.mime.message import ScannedMessage
from gateway.domain.mime.message_tree import Part
from gateway.domain.mime.transfer import EncodedBody

MAX_EXTRACT = 64 * 1024
_META_CHARSET = re.compile(rb"""<meta[^<>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
_COMBINING = re.compile("[\u0300-\u036f]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'"})
_QUOTED_LINE = re.compile(
    r"\s*>|\s*(?:le|on)\b.{0,200}\b(?:a écrit|wrote)\s*:\s*$|-{2,}\s*(?:message|original|forwarded)", re.IGNORECASE
)


class Leaf(Protocol):
    """What is needed to decode a body: a `Part` of a scan or a `LayoutPart` of a stored layout."""

    @property
    def body_start(self) -> int: ...  # noqa: D102
    @property
    def body_end(self) -> int: ...  # noqa: D102
    @property
    def encoding(self) -> str: ...  # noqa: D102
    @property
    def charset(self) -> str | None: ...  # noqa: D102
    @property
    def media_type(self) -> str: ...  # noqa: D102


def decoded_body(raw: bytes, part: Leaf, max_bytes: int | None = None) -> bytes:
    """Decode a part's body.

    Raises:
        MessageLimitExceeded: when it is longer than `max_bytes`.
    """
    body = EncodedBody(raw, part.body_start, part.body_end, part.encoding).whole()
    if max_bytes is not None and len(body) > max_bytes:
        raise MessageLimitExceeded(MimeFault.BODY_BYTES)
    return body


def text_of(raw: bytes, part: Leaf, max_bytes: int | None = None) -> str:
    """Decode a text part to text with LF line ends; HTML stays HTML.

    Args:
        raw: the whole message.
        part: a leaf of text.
        max_bytes: look at no more than about that many decoded bytes.
    """
    body = EncodedBody(raw, part.body_start, part.body_end, part.encoding)
    data = body.whole() if max_bytes is None else body.head(max_bytes)
    charset = part.charset
    if charset is None and part.media_type == "text/html" and (found := _META_CHARSET.search(data[:2048])):
        charset = found[1].decode("latin-1")
    return decode_text(data, charset, cut=max_bytes is not None).removeprefix("\ufeff").replace("\r\n", "\n")


def search_fold(text: str) -> str:
    """Fold text and needle alike for SEARCH: no case, no accents, no ligatures, blanks folded to one."""
    if not text.isascii():
        text = _COMBINING.sub("", unicodedata.normalize("NFKD", text.translate(_LIGATURES)))
    return " ".join(text.casefold().split())


def text_extract(raw: bytes, scanned: ScannedMessage, max_chars: int = MAX_EXTRACT) -> str:
    """Give what SEARCH BODY looks at: the folded text of every text part, file names, subjects of nested messages.

    One piece a line, so that no match goes from one into the next.
    """
    pieces: list[str] = []
    room = max_chars
    for part in scanned.root.walk():
        if room <= 0:
            break
        for piece in _pieces(raw, part, room):
            if folded := search_fold(piece)[:room]:
                pieces.append(folded)
                room -= len(folded) + 1
    return "\n".join(pieces)[:max_chars]


def _pieces(raw: bytes, part: Part, room: int) -> list[str]:
    pieces = [part.filename] if part.filename else []
    if part.description:
        pieces.append(part.description)
    if part.message:
        pieces.append(part.message.headers.text("subject"))
    elif not part.parts and part.media_type.startswith("text/"):
        pieces.append(_readable(raw, part, room))
    return pieces


def _readable(raw: bytes, part: Part, max_chars: int) -> str:
    # Four bytes a character at most; markup takes its share besides.
    return words_of(text_of(raw, part, 4 * max_chars), part.media_type)


def words_of(text: str, media_type: str) -> str:
    """Take the markup out of a decoded text of that type."""
    if media_type in {"text/html", "text/xml"}:
        return html_to_text(text)
    return enriched_to_text(text) if media_type in {"text/enriched", "text/richtext"} else text


def preview(raw: bytes, scanned: ScannedMessage, max_chars: int = 200) -> str:
    """Give the beginning of what the author wrote, on one line, without quoted lines and signature."""
    for part in _in_order(scanned.root):
        text = _unquoted(_readable(raw, part, max(8 * max_chars, 2048)))
        if text:
            return text if len(text) <= max_chars else text[: max_chars - 1].rstrip() + "…"
    return ""


def _in_order(part: Part) -> Iterator[Part]:
    """Give the texts that a person reads in their order; of several forms of one text, plain ones first."""
    if part.parts:
        forms = [list(_in_order(child)) for child in part.parts]
        if part.media_type == "multipart/alternative":
            forms.sort(key=lambda form: any(text.media_type == "text/html" for text in form))
        yield from chain.from_iterable(forms)
    elif part.message:
        yield from _in_order(part.message.root)
    elif part.media_type.startswith("text/") and not is_attachment(part):
        yield part


def _unquoted(text: str) -> str:
    kept: list[str] = []
    for line in text.split("\n"):
        if line.rstrip() == "--":
            break
        if not _QUOTED_LINE.match(line):
            kept.append(line)
    return " ".join(one_line(" ".join(kept)).split())
