"""One CDA R2 document: its header, its results and the files it holds.

Reads what the national agency's profiles write (STD §4.1 to §4.3), from bytes that may come from anyone.
The sender's style sheet is never applied, nor looked for.
"""

import hashlib
from dataclasses import dataclass, field, replace

from lxml import etree

from dossier_bridge.cda.brought import brought_of
from dossier_bridge.cda.elements import CODE, V3, VALUE, Narrative, child
from dossier_bridge.cda.files import PDF, media_of
from dossier_bridge.cda.header import entry_of
from dossier_bridge.cda.narrative import narrative_of
from dossier_bridge.cda.results import ResultReader
from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.file_words import with_files, words_of
from dossier_bridge.nesting import Budget
from dossier_bridge.xml_source import parse_xml
from gateway.domain.brought import NOTHING_BROUGHT, Brought
from gateway.domain.document import DocumentEntry, DocumentNote, LabResult, Media
from gateway.domain.dossier import PRESENTATION
from gateway.domain.readable import WORDLESS, ReadableText

MAX_CDA_BYTES = 48 * 1024 * 1024

_DOCUMENT = V3 + "ClinicalDocument"
_STYLESHEET = "{http://www.w3.org/1999/XSL/Transform}stylesheet"
_LABORATORY_TYPES = frozenset({"11502-2", "96173-0"})
_COPY_OF_DOCUMENT = "55108-5"


@dataclass(frozen=True, slots=True, kw_only=True)
class CdaDocument:
    """What a CDA document says and holds; `presentation` is its PDF copy or its whole unstructured body."""

    entry: DocumentEntry
    results: tuple[LabResult, ...]
    presentation: Media | None = None
    media: tuple[Media, ...] = field(default=())
    text: ReadableText = WORDLESS
    brought: Brought = NOTHING_BROUGHT


def read_cda(data: bytes, budget: Budget | None = None, max_bytes: int = MAX_CDA_BYTES) -> CdaDocument:
    """Read a document; raise `DocumentFault` when it is not sound XML, not CDA R2, or of several patients."""
    document, budget = _clinical_document(parse_xml(data, max_bytes)), budget or Budget()
    narrative = Narrative(document)
    entry = entry_of(document, narrative)
    if not entry.unique_id:
        entry = replace(entry, unique_id=f"urn:sha256:{hashlib.sha256(data).hexdigest()}")
    body = child(document, V3 + "component", V3 + "structuredBody")
    if body is None:
        return _unstructured(document, entry, budget)
    is_laboratory = entry.type_code in _LABORATORY_TYPES
    results = ResultReader(narrative, is_laboratory, entry.patient).read(body)
    if is_laboratory and not results:
        entry = replace(entry, notes=(*entry.notes, DocumentNote.NO_RESULTS_READ))
    presentation, media = _attached(body, budget)
    text = narrative_of(body, _file_keys(body, presentation, media))
    text = with_files(text, ((file.media_type, file.data) for file in media))
    brought = brought_of(body, narrative, entry)
    return CdaDocument(
        entry=entry, results=results, presentation=presentation, media=media, text=text, brought=brought
    )


def _clinical_document(root: etree._Element) -> etree._Element:
    if root.tag == _DOCUMENT:
        return root
    # « Auto-présentable » files wrap the document in the style sheet that shows it (STD §4.1).
    inside = list(root.iter(_DOCUMENT)) if root.tag == _STYLESHEET else []
    if len(inside) != 1:
        raise fault(FaultReason.NOT_A_CDA)
    return inside[0]


def _unstructured(document: etree._Element, entry: DocumentEntry, budget: Budget) -> CdaDocument:
    """Read a document whose whole body is a file; one without any tells nothing to anybody."""
    body = child(document, V3 + "component", V3 + "nonXMLBody", V3 + "text")
    file = media_of(body, "body", budget) if body is not None else None
    if file is None:
        raise fault(FaultReason.CDA_EMPTY)
    return CdaDocument(entry=entry, results=(), presentation=file, text=words_of(file.media_type, file.data))


def _attached(body: etree._Element, budget: Budget) -> tuple[Media | None, tuple[Media, ...]]:
    """Give the PDF copy of a structured document, and whatever else it holds."""
    copies: list[Media] = []
    others: list[Media] = []
    for node in body.iter(V3 + "observationMedia"):
        value = child(node, VALUE)
        found = media_of(value, node.get("ID", ""), budget) if value is not None else None
        if found is not None:
            is_copy = found.media_type == PDF and _section_code(node) == _COPY_OF_DOCUMENT
            (copies if is_copy else others).append(found)
    if not copies:
        # A prescription's only PDF is its copy, whatever section it lies in (STD §4.7).
        copies = [found for found in others if found.media_type == PDF]
        copies = copies if len(copies) == 1 else []
    presentation = copies[0] if copies else None
    return presentation, tuple(m for m in (*copies[1:], *others) if m is not presentation)


def _file_keys(body: etree._Element, presentation: Media | None, media: tuple[Media, ...]) -> dict[str, str]:
    """Give the key of every file that the narrative may show, by the ``ID`` that it is called by."""
    keys = {each.id: f"media-{number}" for number, each in enumerate(media, 1) if each.id}
    if presentation is not None and presentation.id:
        keys[presentation.id] = PRESENTATION
    for region in body.iter(V3 + "regionOfInterest"):
        shown = child(region, V3 + "entryRelationship", V3 + "observationMedia")
        if shown is not None and region.get("ID") and shown.get("ID", "") in keys:
            keys[region.get("ID", "")] = keys[shown.get("ID", "")]
    return keys


def _section_code(node: etree._Element) -> str:
    section = next(node.iterancestors(V3 + "section"), None)
    code = child(section, CODE)
    return code.get("code", "") if code is not None else ""
