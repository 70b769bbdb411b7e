"""The words of an HTML page as a readable text: blocks, tables, lists and few styles; nothing that runs or is fetched.

Read by libxml2 event by event, no tree is made. What it does not know keeps its words and loses its mark; scripts,
styles and what the head holds are left out. Pictures are their alternative text.
"""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from dossier_bridge.readable_writer import ReadableWriter
from gateway.domain.readable import MAX_SPAN, Opening, ReadableText, TextStyle, TextTag, is_link

MAX_HTML_BYTES: Final = 1024 * 1024
_T = TextTag
_HIDDEN = frozenset({
    "script", "style", "head", "template", "iframe", "object", "applet", "frameset", "select", "textarea",
})  # fmt: skip
_BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "blockquote", "address", "pre", "dl",
    "center", "form", "fieldset", "figure", "figcaption", "dt", "dd", "details", "summary", "hr",
})  # fmt: skip
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend"})
_WITHIN: dict[str, tuple[TextTag, frozenset[TextTag]]] = {
    "caption": (_T.CAPTION, frozenset({_T.TABLE})),
    "thead": (_T.HEAD, frozenset({_T.TABLE})),
    "tbody": (_T.BODY, frozenset({_T.TABLE})),
    "tfoot": (_T.FOOT, frozenset({_T.TABLE})),
    "tr": (_T.ROW, frozenset({_T.TABLE, _T.HEAD, _T.BODY, _T.FOOT})),
    "th": (_T.HEADER, frozenset({_T.ROW})),
    "td": (_T.CELL, frozenset({_T.ROW})),
    "li": (_T.ITEM, frozenset({_T.LIST, _T.NUMBERED})),
}
"""Parts that stand in some others only; anywhere else their words are a paragraph."""
_ANYWHERE = {"table": _T.TABLE, "ul": _T.LIST, "menu": _T.LIST, "ol": _T.NUMBERED, "sub": _T.LOWERED, "sup": _T.RAISED}
_STYLES = {
    "b": TextStyle.BOLD, "strong": TextStyle.BOLD, "i": TextStyle.ITALIC, "em": TextStyle.ITALIC,
    "cite": TextStyle.ITALIC, "u": TextStyle.UNDERLINED, "ins": TextStyle.UNDERLINED, "s": TextStyle.STRUCK,
    "strike": TextStyle.STRUCK, "del": TextStyle.STRUCK, "mark": TextStyle.MARKED,
}  # fmt: skip


def html_text(data: bytes) -> ReadableText:
    """Read a page; what is beyond the bounds is left out, and the text says that it is cut."""
    page = _Page()
    # The encoding is decided here: a page inside a document has lost the header that told it.
    # The stubs ask for a target of text and bytes; lxml gives text.
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True)  # type: ignore[arg-type]
    cut = data[:MAX_HTML_BYTES]
    try:
        text = cut.decode("utf-8", "ignore" if len(data) > len(cut) else "strict")
    except UnicodeDecodeError:
        text = cut.decode("cp1252", "replace")
    parser.feed(text.replace("\0", "").encode() or b" ")
    parser.close()
    written = page.written
    return ReadableText(written.tokens, is_cut=written.is_cut or len(data) > len(cut))


class _Page:
    """Takes the events of the parser; each element notes how many parts it has opened."""

    def __init__(self) -> None:
        self._writer = ReadableWriter()
        self._marked: list[bool] = []
        self._parts: list[TextTag] = []
        self._hidden = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._hidden or tag in _HIDDEN:
            self._hidden += 1
            return
        if tag == "br":
            self._writer.open(Opening(_T.LINE_BREAK))
        elif tag == "img":
            self._writer.words(attributes.get("alt"))
        opening = self._opening(tag, attributes)
        if opening is not None:
            self._writer.open(opening)
            self._parts.append(opening.tag)
        self._marked.append(opening is not None)

    def end(self, tag: str) -> None:  # noqa: ARG002 - lxml's interface; elements end in the order of their beginnings
        if self._hidden:
            self._hidden -= 1
        elif self._marked and self._marked.pop():
            self._parts.pop()
            self._writer.close()

    def data(self, text: str) -> None:
        if not self._hidden:
            self._writer.words(text)

    def comment(self, text: str) -> None:
        """Leave comments out."""

    def close(self) -> None:
        """End; lxml asks for it."""

    @property
    def written(self) -> ReadableText:
        return self._writer.written()

    def _opening(self, tag: str, attributes: Mapping[str, str]) -> Opening | None:
        if tag in _BLOCKS:
            return Opening(_T.PARAGRAPH)
        if tag in _TITLES:
            return Opening(_T.PARAGRAPH, styles=(TextStyle.BOLD,))
        if tag in _WITHIN:
            made, around = _WITHIN[tag]
            if not self._parts or self._parts[-1] not in around:
                return Opening(_T.PARAGRAPH)
            span = (_span(attributes, "colspan"), _span(attributes, "rowspan"))
            return Opening(made, span=span) if made in (_T.CELL, _T.HEADER) else Opening(made)
        if tag in _ANYWHERE:
            return Opening(_ANYWHERE[tag])
        if tag in _STYLES:
            return Opening(_T.STYLED, styles=(_STYLES[tag],))
        address = attributes.get("href", "").strip() if tag == "a" else ""
        return Opening(_T.LINK, target=address) if is_link(address) else None


def _span(attributes: Mapping[str, str], name: str) -> int:
    written = attributes.get(name, "").strip()
    return min(max(int(written), 1), MAX_SPAN) if written.isascii() and written.isdigit() and len(written) < 4 else 1
