"""The narrative of a CDA document to a `ReadableText`: every section with its title and text, in reading order.

The narrative is what the author signed (HL7 CDA R2 §4.3.5); entries are not looked at. Nothing of the sender's
style is taken over but a few manners of writing. Elements of other names give their words. One walk, no recursion:
the depth and length of what comes are the sender's.
"""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from dossier_bridge.cda.elements import CODE, V3, child, flat_text
from dossier_bridge.readable_writer import ReadableWriter
from gateway.domain.readable import MAX_SPAN, VOID, Opening, ReadableText, TextStyle, TextTag, is_link

_SECTION, _COMPONENT, _TITLE, _TEXT = (V3 + tag for tag in ("section", "component", "title", "text"))
_BODY = V3 + "structuredBody"
_MAX_TITLE = 1_000

_STYLES = {
    "bold": TextStyle.BOLD, "strong": TextStyle.BOLD, "italics": TextStyle.ITALIC, "italic": TextStyle.ITALIC,
    "emphasis": TextStyle.ITALIC, "underline": TextStyle.UNDERLINED, "strikethrough": TextStyle.STRUCK,
    "highlight": TextStyle.MARKED, "bolditalics": TextStyle.BOLD,
}  # fmt: skip
_ALIGNED = {"center": TextStyle.CENTRED, "right": TextStyle.TO_THE_RIGHT}
_ORDERED = ("arabic", "littleroman", "bigroman", "littlealpha", "bigalpha")
_SIMPLE = {
    "paragraph": TextTag.PARAGRAPH, "p": TextTag.PARAGRAPH, "div": TextTag.PARAGRAPH, "item": TextTag.ITEM,
    "li": TextTag.ITEM, "ul": TextTag.LIST, "ol": TextTag.NUMBERED, "caption": TextTag.CAPTION, "table": TextTag.TABLE,
    "thead": TextTag.HEAD, "tbody": TextTag.BODY, "tfoot": TextTag.FOOT, "tr": TextTag.ROW, "sub": TextTag.LOWERED,
    "sup": TextTag.RAISED, "pre": TextTag.PARAGRAPH, "h1": TextTag.CAPTION, "h2": TextTag.CAPTION,
    "h3": TextTag.CAPTION, "h4": TextTag.CAPTION, "footnote": TextTag.NOTE,
}  # fmt: skip
_MARKED = {
    "b": TextStyle.BOLD, "strong": TextStyle.BOLD, "i": TextStyle.ITALIC, "em": TextStyle.ITALIC,
    "u": TextStyle.UNDERLINED, "del": TextStyle.STRUCK, "s": TextStyle.STRUCK,
}  # fmt: skip
_WORDLESS = frozenset({"script", "style", "col", "colgroup", "reference"})


def narrative_of(body: etree._Element, files: Mapping[str, str]) -> ReadableText:
    """Read the narrative of a ``structuredBody``; `files` gives, by ``ID``, the keys of the pictures it may show."""
    writer = ReadableWriter()
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            if node.tag == _SECTION:
                writer.close()
        elif node.tag == _SECTION:
            _open_section(writer, node)
        elif node.tag == _TEXT:
            _Narrator(writer, files).tell(node)
            walk.skip_subtree()
        elif node.tag not in (_BODY, _COMPONENT):
            walk.skip_subtree()
    return writer.written()


def _open_section(writer: ReadableWriter, section: etree._Element) -> None:
    writer.open(Opening(TextTag.SECTION))
    code = child(section, CODE)
    title = flat_text(child(section, _TITLE)) or (code.get("displayName", "") if code is not None else "")
    if title.strip():
        writer.part(TextTag.TITLE, title[:_MAX_TITLE])


class _Narrator:
    """Tells one ``text``; footnotes are numbered as they come."""

    def __init__(self, writer: ReadableWriter, files: Mapping[str, str]) -> None:
        self._writer = writer
        self._files = files
        self._notes: dict[str, int] = {}

    def tell(self, text: etree._Element) -> None:
        """Write the words and parts below an element."""
        writer = self._writer
        opened: list[int] = []
        walk = etree.iterwalk(text, events=("start", "end"))
        for event, node in walk:
            if writer.is_full:
                break
            if event == "start":
                opened.append(0)
                name = "" if node is text else _name(node)
                if name in _WORDLESS:
                    walk.skip_subtree()
                    continue
                for opening in self._openings(node, name):
                    writer.open(opening)
                    opened[-1] += opening.tag not in VOID
                self._begin(node, name)
                writer.words(node.text)
            else:
                for _ in range(opened.pop()):
                    writer.close()
                if node is not text:
                    writer.words(node.tail)
        for count in opened:
            for _ in range(count):
                writer.close()

    def _begin(self, node: etree._Element, name: str) -> None:
        """Write what an element says by itself, before its words."""
        if name == "footnote":
            self._writer.words(f"[note {self._note(node.get('ID', ''))}] ")
        elif name == "footnoteref":
            self._writer.words(f" [voir note {self._note(node.get('IDREF', ''))}] ")

    def _note(self, identifier: str) -> int:
        return self._notes.setdefault(identifier or f"#{len(self._notes)}", len(self._notes) + 1)

    def _openings(self, node: etree._Element, name: str) -> Iterator[Opening]:
        make = _SPECIAL.get(name)
        if make is not None:
            yield make(node)
        elif name == "rendermultimedia":
            for identifier in node.get("referencedObject", "").split()[:_MAX_PICTURES]:
                yield Opening(TextTag.FILE, target=self._files.get(identifier, ""))
        elif name in _SIMPLE:
            yield Opening(_SIMPLE[name], styles=_styles(node))
        elif name in _MARKED:
            yield Opening(TextTag.STYLED, styles=(_MARKED[name],))
        elif styles := _styles(node):
            yield Opening(TextTag.STYLED, styles=styles)


_MAX_PICTURES = 100


def _name(node: etree._Element) -> str:
    # Comments and instructions were dropped when the document was parsed: every tag is a text.
    return str(node.tag).rpartition("}")[2].lower()


def _styles(node: etree._Element) -> tuple[TextStyle, ...]:
    if not node.attrib:
        return ()
    found = [_STYLES.get(word.lower()) for word in node.get("styleCode", "")[:200].split()]
    found += [_ALIGNED.get(node.get("align", "").lower())]
    found += [TextStyle.STRUCK if node.get("revised") == "delete" else None]
    return tuple(dict.fromkeys(style for style in found if style))


def _list(node: etree._Element) -> Opening:
    kinds = (node.get("listType", ""), *node.get("styleCode", "")[:200].split())
    is_ordered = any(kind.lower() == "ordered" or kind.lower() in _ORDERED for kind in kinds)
    return Opening(TextTag.NUMBERED if is_ordered else TextTag.LIST)


def _cell(node: etree._Element) -> Opening:
    tag = TextTag.HEADER if _name(node) == "th" else TextTag.CELL
    return Opening(tag, (_span(node, "colspan"), _span(node, "rowspan")), _styles(node))


def _span(node: etree._Element, name: str) -> int:
    text = node.get(name, "").strip()
    return min(max(int(text), 1), MAX_SPAN) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def _link(node: etree._Element) -> Opening:
    address = node.get("href", "").strip()
    return Opening(TextTag.LINK, target=address if is_link(address) else "")


_SPECIAL: dict[str, Callable[[etree._Element], Opening]] = {
    "br": lambda _: Opening(TextTag.LINE_BREAK),
    "list": _list,
    "td": _cell,
    "th": _cell,
    "linkhtml": _link,
    "a": _link,
}
