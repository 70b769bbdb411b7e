"""The files inside a CDA document, opened: whatever comes out is a file of its type, or the document is refused.

Real senders leave out `representation`, padding, or name another type than the octets are (HL7 v3 data types, ED). What
they meant is taken when the octets show it; a file that nobody could open is never filed as one.
"""

import binascii
import re
import zlib

from lxml import etree

from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.nesting import Budget
from dossier_bridge.pdf.reader import is_cut, is_pdf
from dossier_bridge.rtf.reader import MARK as RTF_MARK
from gateway.domain.document import Media
from gateway.domain.errors import MalformedContent
from gateway.domain.mime.transfer import decode_base64_strictly

PDF, RTF, TIFF = "application/pdf", "text/rtf", "image/tiff"
_SYNONYMS = {
    "application/x-pdf": PDF, "application/rtf": RTF, "text/richtext": RTF, "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg", "image/tif": TIFF, "image/x-png": "image/png",
}  # fmt: skip
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"), (b"II*\0", TIFF), (b"MM\0*", TIFF),
)  # fmt: skip
_CHECKED = frozenset({PDF, RTF, *(kind for _, kind in _PICTURES)})
"""Types that are known by their octets: a file that is called so and is not cannot be opened."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_ZLIB, _DEFLATE = zlib.MAX_WBITS, -zlib.MAX_WBITS
_WINDOWS = {"ZL": (_ZLIB, _DEFLATE), "DF": (_DEFLATE, _ZLIB), "GZ": (zlib.MAX_WBITS | 16,)}


def media_of(node: etree._Element, identifier: str, budget: Budget) -> Media | None:
    """Read an ED element's content; None when it is empty or only points elsewhere: nothing is ever fetched.

    Raises `DocumentFault` when it is no file of its type.
    """
    text = (node.text or "") + "".join(child.tail or "" for child in node)
    if not text.strip():
        return None
    declared = node.get("mediaType", "text/plain").partition(";")[0].strip().lower()
    declared = _SYNONYMS.get(declared, declared)
    data = _expanded(_octets(node, text, declared), node.get("compression", "").strip().upper(), budget)
    found = kind_of_octets(data)
    if declared in _CHECKED and found is None:
        raise fault(FaultReason.CDA_FILE)
    if found == PDF and is_cut(data):
        raise fault(FaultReason.PDF_CUT)
    # Octets decide among what they show; a plain text is only one when nothing else is.
    return Media(identifier, found or declared, data) if data else None


def kind_of_octets(data: bytes) -> str | None:
    """Give the media type that the octets show, or None."""
    if is_pdf(data):
        return PDF
    if data.startswith(RTF_MARK):
        return RTF
    return next((kind for mark, kind in _PICTURES if data.startswith(mark)), None)


def _octets(node: etree._Element, text: str, declared: str) -> bytes:
    if node.get("representation", "").strip().upper() == "B64" or "compression" in node.attrib:
        return _decoded(text)
    if declared in _CHECKED and kind_of_octets(text.encode()) is None:
        return _decoded(text)
    if declared.startswith("text/") and (hidden := _hidden_file(text)) is not None:
        return hidden
    return text.encode()


def _hidden_file(text: str) -> bytes | None:
    """Give the file that a text is in base64, when its octets show one."""
    folded = "".join(text.split())
    if len(folded) < 8 or not _BASE64.fullmatch(folded):
        return None
    try:
        data = _decoded(folded)
    except MalformedContent:
        return None
    return data if kind_of_octets(data) else None


def _decoded(text: str) -> bytes:
    """Decode base64 without minding line ends and missing padding; raise the fault that names it otherwise."""
    folded = "".join(text.split())
    padding = "" if folded.endswith("=") else "=" * (-len(folded) % 4)
    try:
        return decode_base64_strictly((folded + padding).encode("ascii"))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise fault(FaultReason.CDA_BASE64) from error


def _expanded(data: bytes, compression: str, budget: Budget) -> bytes:
    """Undo a compression under the limits of the message (HL7 v3 data types, CompressionAlgorithm)."""
    if not compression:
        return data
    windows = _WINDOWS.get(compression)
    if windows is None:
        raise fault(FaultReason.CDA_COMPRESSION)
    most = budget.file_bytes
    for window in windows:
        engine = zlib.decompressobj(window)
        try:
            # One byte more than there is room for shows that there is more.
            opened = engine.decompress(data, most + 1)
        except zlib.error:
            continue
        budget.spend(len(opened))
        if len(opened) > most:
            raise fault(FaultReason.TOO_LARGE)
        if engine.eof:
            return opened
    raise fault(FaultReason.CDA_COMPRESSION)
