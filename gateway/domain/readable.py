"""The words of a document as a person reads them: sections, paragraphs, lists, tables, in a form of our own.

A flat row of texts and marks, so that neither reading nor showing it nests calls. It holds no address, style or
code of the sender's: only the marks of `TextTag`, words, and the keys of the document's own files. What makes it
from a format stands in `dossier_bridge`; what shows it in `gateway.domain.readable_html`.
"""

import re
from dataclasses import dataclass
from enum import Enum

# Any: a decoded JSON value may be of any type; each is checked as it is taken out.
from typing import Any, TypeAlias

import orjson

from gateway.domain.errors import MalformedContent

MEDIA_TYPE = "application/vnd.pli.readable+json"
MAX_SPAN = 50
_FILE = re.compile(r"pdf|original|media-[1-9][0-9]{0,4}")
_LINK = re.compile(r"https?://[^\s\"'<>\\]{3,1000}", re.IGNORECASE)


class TextTag(Enum):
    """What a mark opens; the value is stored."""

    SECTION = "section"
    TITLE = "title"
    PARAGRAPH = "p"
    LINE_BREAK = "br"
    LIST = "ul"
    NUMBERED = "ol"
    ITEM = "li"
    TABLE = "table"
    CAPTION = "caption"
    HEAD = "thead"
    BODY = "tbody"
    FOOT = "tfoot"
    ROW = "tr"
    HEADER = "th"
    CELL = "td"
    STYLED = "span"
    LOWERED = "sub"
    RAISED = "sup"
    LINK = "a"
    NOTE = "note"
    FILE = "file"

    # Members are one each: hashed as such, without asking for their names.
    __hash__ = object.__hash__


_ALONE = {tag: [tag.value] for tag in TextTag}
VOID = frozenset({TextTag.LINE_BREAK, TextTag.FILE})
"""Marks that close themselves."""


class TextStyle(Enum):
    """The few manners of writing that carry meaning; the value is stored, and names the class that shows it."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINED = "underline"
    STRUCK = "struck"
    MARKED = "marked"
    CENTRED = "centre"
    TO_THE_RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a part.

    Attributes:
        span: columns and rows that a cell takes.
        target: the key of a file, or the address of a link.
    """

    tag: TextTag
    span: tuple[int, int] = (1, 1)
    styles: tuple[TextStyle, ...] = ()
    target: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of the part that was opened last."""


_FIELDS = ("tag", "columns", "rows", "styles", "target")
_TARGETS = {TextTag.FILE: _FILE, TextTag.LINK: _LINK}
CLOSING = Closing()
TextToken: TypeAlias = str | Opening | Closing


@dataclass(frozen=True, slots=True, repr=False)
class ReadableText:
    """The words of a document in reading order; `is_cut` when they were more than is kept."""

    tokens: tuple[TextToken, ...] = ()
    is_cut: bool = False

    @property
    def has_words(self) -> bool:
        """Say whether there is anything to read or to look at."""
        return any(
            bool(token.strip()) if isinstance(token, str) else isinstance(token, Opening) and token.tag is TextTag.FILE
            for token in self.tokens
        )


WORDLESS = ReadableText()
"""The text of a document of which no words were read."""


def readable_to_json(text: ReadableText) -> bytes:
    """Write a text as UTF-8 JSON."""
    tokens = [token if isinstance(token, str) else _written(token) for token in text.tokens]
    return orjson.dumps([int(text.is_cut), *tokens])


def kept_words(text: ReadableText) -> bytes:
    """Write a text to be kept; nothing where there is nothing to read."""
    return readable_to_json(text) if text.has_words else b""


def readable_from_json(data: bytes) -> ReadableText:
    """Read what `readable_to_json` wrote; raise `MalformedContent` on anything else, as a reader may be anybody's."""
    try:
        plain = orjson.loads(data)
        if not isinstance(plain, list) or not plain:
            raise MalformedContent("not a readable text")
        return ReadableText(tuple(map(_read, plain[1:])), bool(plain[0]))
    except (ValueError, TypeError, KeyError) as error:
        raise MalformedContent("not a readable text") from error


def is_link(address: str) -> bool:
    """Say whether an address may be followed: a web page, and nothing that a browser would run."""
    return _LINK.fullmatch(address) is not None


def _written(token: Opening | Closing) -> object:
    if isinstance(token, Closing):
        return 0
    if not token.styles and not token.target and token.span == (1, 1):
        return _ALONE[token.tag]
    parts: list[object] = [token.tag.value, *token.span, [style.value for style in token.styles], token.target]
    while len(parts) > 1 and parts[-1] in (1, [], ""):
        parts.pop()
    return parts


def _read(plain: Any) -> TextToken:
    if isinstance(plain, str):
        return plain
    if plain == 0:
        return CLOSING
    given = dict(zip(_FIELDS, plain, strict=False))
    opening = Opening(
        TextTag(given["tag"]),
        (_span(given.get("columns", 1)), _span(given.get("rows", 1))),
        tuple(map(TextStyle, given.get("styles", ()))),
        str(given.get("target", "")),
    )
    form = _TARGETS.get(opening.tag)
    if opening.target and not (form and form.fullmatch(opening.target)):
        raise ValueError("a target that is none")
    return opening


def _span(plain: Any) -> int:
    return min(max(int(plain), 1), MAX_SPAN)
