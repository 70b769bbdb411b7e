"""The words of a file that a document is or holds, where it has any that are read: plain text, RTF and HTML."""

from collections.abc import Iterable, Iterator

from dossier_bridge.html.reader import html_text
from dossier_bridge.readable_writer import ReadableWriter
from dossier_bridge.rtf.reader import MARK as RTF_MARK
from dossier_bridge.rtf.reader import rtf_lines
from gateway.domain.readable import CLOSING, WORDLESS, Opening, ReadableText, TextTag

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def words_of(media_type: str, data: bytes) -> ReadableText:
    """Give the words of a file; none for a type that is not read."""
    if media_type in _HTML_TYPES:
        return html_text(data)
    lines = _lines(media_type, data)
    if lines is None:
        return WORDLESS
    writer = ReadableWriter()
    writer.paragraphs(lines)
    return writer.written()


def with_files(text: ReadableText, files: Iterable[tuple[str, bytes]]) -> ReadableText:
    """Add to a text the words of files given as ``(media type, octets)``, each in a section of its own."""
    for media_type, data in files:
        more = words_of(media_type, data)
        if more.has_words:
            head = (Opening(TextTag.SECTION), Opening(TextTag.TITLE), "Texte d’un fichier joint", CLOSING)
            text = ReadableText((*text.tokens, *head, *more.tokens, CLOSING), text.is_cut or more.is_cut)
    return text


def _lines(media_type: str, data: bytes) -> Iterator[str] | None:
    if data.startswith(RTF_MARK):
        return rtf_lines(data)
    return iter(_text(data).splitlines()) if media_type == "text/plain" else None


def _text(data: bytes) -> str:
    """Read a text in UTF-8, else in the code page that French senders use."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
