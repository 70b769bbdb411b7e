"""Split the plain text of a message into what was written, what was quoted and what was signed. Pure."""

import re
from dataclasses import dataclass
from enum import Enum
from itertools import islice

MAX_BLOCKS, MAX_LINKS = 100, 50
"""Quotations folded in one text, and links in one block; what follows is shown as it is."""

_INTRODUCTION = re.compile(
    r"(?:le |on |de\s*:|from\s*:|-{2,}).{0,200}(?:écrit|wrote|message d’origine|original message|:)", re.IGNORECASE
)
_LINK = re.compile(r"https://[^\s<>\"«»]{3,500}[^\s<>\"«».,;:!?)\]]")


class TextPart(Enum):
    """What a block of text is."""

    WRITTEN = "written"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines of one kind."""

    part: TextPart
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; `href` is set when it is a link to a secure page."""

    text: str
    href: str = ""


def blocks_of(text: str) -> tuple[Block, ...]:
    """Cut a text into blocks; an introduction line (« Le …, X a écrit : ») goes with the quotation it opens (E53).

    Of a text that changes too often between own words and quotations, the last block is the rest.
    """
    blocks: list[tuple[TextPart, list[str]]] = []
    for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
        part = TextPart.QUOTED if line.startswith(">") else TextPart.WRITTEN
        if not blocks or (blocks[-1][0] is not part and len(blocks) < MAX_BLOCKS):
            opening = _taken_introduction(blocks) if part is TextPart.QUOTED else []
            blocks.append((part, opening))
        blocks[-1][1].append(line)
    return tuple(Block(part, "\n".join(lines).strip("\n")) for part, lines in blocks if "".join(lines).strip())


def _taken_introduction(blocks: list[tuple[TextPart, list[str]]]) -> list[str]:
    if not blocks:
        return []
    lines = blocks[-1][1]
    while lines and not lines[-1].strip():
        lines.pop()
    return [lines.pop()] if lines and _INTRODUCTION.match(lines[-1]) else []


def spans_of(text: str) -> tuple[Span, ...]:
    """Find secure links in a text; the link is always shown whole, so that nobody is led elsewhere."""
    spans, end = [], 0
    for found in islice(_LINK.finditer(text), MAX_LINKS):
        if found.start() > end:
            spans.append(Span(text[end : found.start()]))
        spans.append(Span(found[0], found[0]))
        end = found.end()
    if end < len(text):
        spans.append(Span(text[end:]))
    return tuple(spans)
