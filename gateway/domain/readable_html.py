"""A readable text as HTML: our own elements and classes, every word escaped, no style, no script, no address but links.

Pictures are shown where the caller says how they are reached. One pass over the tokens, balanced whatever they are.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from gateway.domain.readable import Closing, Opening, ReadableText, TextStyle, TextTag, TextToken
from gateway.domain.readable_tables import MANY_LETTERS, TOO_MANY_LETTERS, TableShape, shape_of

_Open: TypeAlias = tuple[TextTag, str]
_UNBROKEN, _PIECES = re.compile(r"(\S{25,})"), re.compile(r".{1,12}")
_FIRST_LEVEL, _LAST_LEVEL = 3, 6
_PLAIN = {
    TextTag.PARAGRAPH: ("div", "para"), TextTag.LIST: ("ul", ""), TextTag.NUMBERED: ("ol", ""),
    TextTag.ITEM: ("li", ""), TextTag.HEAD: ("thead", ""), TextTag.BODY: ("tbody", ""), TextTag.FOOT: ("tfoot", ""),
    TextTag.ROW: ("tr", ""), TextTag.STYLED: ("span", ""), TextTag.LOWERED: ("sub", ""), TextTag.RAISED: ("sup", ""),
    TextTag.NOTE: ("small", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownFile:
    """How a file of the document is reached from the page; a picture is shown in its place, any other is linked."""

    path: str
    is_picture: bool
    name: str


def html_of(text: ReadableText, files: Mapping[str, ShownFile] | None = None) -> str:
    """Write a text as HTML, to stand below a heading of level 2; `files` are those that may be shown, by key."""
    written: list[str] = []
    closings: list[_Open] = []
    marks: dict[int, str] = {}
    tables = 0
    for place, token in enumerate(text.tokens):
        if isinstance(token, str):
            written.append(_breakable(token) if tables else escape(token))
        elif isinstance(token, Closing):
            tables -= bool(closings) and closings[-1][0] is TextTag.TABLE
            written.append(closings.pop()[1] if closings else "")
        elif token.tag is TextTag.LINE_BREAK:
            written.append("<br>")
        elif token.tag is TextTag.FILE:
            written.append(_file(token, files or {}))
        else:
            if token.tag is TextTag.TABLE:
                tables += 1
                marks |= _marks(shape := shape_of(text.tokens, place))
                written.append(_table(shape))
                closings.append((token.tag, "</table></div>"))
                continue
            # A head that names nothing is none.
            is_bare = token.tag is TextTag.HEADER and _is_empty(text.tokens, place)
            opening, closing = _element(Opening(TextTag.CELL, token.span) if is_bare else token, closings)
            written.append(f"{opening[:-1]}{marks[place]}>" if place in marks else opening)
            closings.append((token.tag, closing))
    return "".join([*written, *(closing for _, closing in reversed(closings))])


def html_page(title: str, text: ReadableText, files: Mapping[str, ShownFile]) -> str:
    """Write a text as a whole HTML document without any style."""
    cut = "<p>[La suite n’est pas donnée ici ; elle est dans l’original.]</p>" if text.is_cut else ""
    head = f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f"{head}<body><h1>{escape(title)}</h1>{html_of(text, files)}{cut}</body></html>"


def _is_within(tag: TextTag, around: list[_Open]) -> int:
    return sum(1 for opened, _ in around if opened is tag)


def _element(token: Opening, around: list[_Open]) -> tuple[str, str]:
    tag = token.tag
    if tag in _PLAIN:
        name, own = _PLAIN[tag]
        return f"<{name}{_classes(token, own)}>", f"</{name}>"
    match tag:
        case TextTag.SECTION:
            return "<section>", "</section>"
        case TextTag.TITLE:
            level = min(_FIRST_LEVEL - 1 + max(_is_within(TextTag.SECTION, around), 1), _LAST_LEVEL)
            return f"<h{level}>", f"</h{level}>"
        case TextTag.CAPTION if around and around[-1][0] is TextTag.TABLE:
            return "<caption>", "</caption>"
        case TextTag.CAPTION if around and around[-1][0] in (TextTag.LIST, TextTag.NUMBERED):
            return '<li class="is-bold">', "</li>"
        case TextTag.CAPTION:
            return '<div class="para is-bold">', "</div>"
        case TextTag.HEADER:
            scope = "col" if _is_within(TextTag.HEAD, around) else "row"
            return f'<th scope="{scope}"{_spans(token)}>', "</th>"
        case TextTag.CELL:
            return f"<td{_classes(token)}{_spans(token)}>", "</td>"
        case _:  # a link: what it says, then where it leads, so that nobody is led elsewhere
            if not token.target:
                return "<span>", "</span>"
            address = escape(token.target)
            opening = f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">'
            return opening, f' <span class="address">({address})</span></a>'


def _table(shape: TableShape) -> str:
    # A wide table scrolls in its own box, which the keyboard must reach too; on a phone its rows become cards, and
    # everywhere when no screen and no paper is wide enough.
    sizes = {"many": shape.letters > MANY_LETTERS, "cards-always": shape.letters > TOO_MANY_LETTERS}
    names = " ".join(("cards", *(name for name, applies in sizes.items() if applies)))
    cards = f' class="{names}"' if shape.names else ""
    return f'<div class="table-box" tabindex="0" role="group" aria-label="Tableau"><table{cards}>'


def _is_empty(tokens: Sequence[TextToken], place: int) -> bool:
    """Say whether what opens at a place is closed at once."""
    following = tokens[place + 1 : place + 3]
    if following and isinstance(following[0], str) and not following[0].strip():
        following = following[1:]
    return bool(following) and isinstance(following[0], Closing)


def _marks(shape: TableShape) -> dict[int, str]:
    """Give the attributes of cells and rows by which a wide table becomes cards."""
    return {
        **{place: f' data-label="{escape(name)}"' for place, name in shape.names.items()},
        **dict.fromkeys(shape.titles, " data-title"),
        **dict.fromkeys(shape.blank, " data-blank"),
    }


def _breakable(text: str) -> str:
    """Let long numbers and words break, so that a table does not grow beside the screen."""
    parts = _UNBROKEN.split(text)
    parts[::2] = map(escape, parts[::2])
    parts[1::2] = ("<wbr>".join(map(escape, _PIECES.findall(long))) for long in parts[1::2])
    return "".join(parts)


def _classes(token: Opening, own: str = "") -> str:
    names = " ".join(filter(None, (own, *(f"is-{style.value}" for style in token.styles))))
    return f' class="{names}"' if names else ""


def _spans(token: Opening) -> str:
    columns, rows = token.span
    across = f' colspan="{columns}"' if columns > 1 else ""
    return across + (f' rowspan="{rows}"' if rows > 1 else "")


def _file(token: Opening, files: Mapping[str, ShownFile]) -> str:
    shown = files.get(token.target)
    if shown is None:
        return '<span class="absent">[image ou fichier non transmis]</span>'
    path, name = escape(shown.path), escape(shown.name)
    if shown.is_picture:
        return f'<img src="{path}" alt="{name}" loading="lazy">'
    return f'<a class="file-link" href="{path}" target="_blank" rel="noopener">{name}</a>'


STYLES = tuple(f"is-{style.value}" for style in TextStyle)
"""The classes that a style sheet must know."""
