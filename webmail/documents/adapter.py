"""Documents as the pages show them, over `gateway.services.record.document_access`."""

from functools import partial

from gateway.domain.access import Actor
from gateway.domain.analytes import joined_key
from gateway.domain.document import DocumentCategory, DocumentEntry
from gateway.domain.dossier import ORIGINAL, PRESENTATION, READABLE, FiledDocument
from gateway.domain.examinations import examination_number
from gateway.domain.lab_result import LabResult
from gateway.domain.mailbox import VaultId
from gateway.domain.observed import examination_key, is_followed
from gateway.domain.readable import WORDLESS, Opening, ReadableText
from gateway.services.filing.added_documents import NewDocument
from gateway.services.filing.added_files import AddFault
from gateway.services.record.document_access import OpenDocument
from webmail.correspondents import correspondent_of
from webmail.documents.model import AddedDocument, Document, DocumentList, DocumentSummary, OpenableFile
from webmail.documents.results import groups_of, remarks_of
from webmail.downloads import is_shown_picture
from webmail.file_streams import File
from webmail.identifiers import ConversationId, DocumentId
from webmail.large_pages import LargePages
from webmail.paged_lists import Page
from webmail.references import file_name_of, number_of, reference_of
from webmail.services import SpaceServices
from webmail.wording import kind_beside, moment_of

_LONGEST = 60


class DocumentPages:
    """Implements `webmail.documents.port.DocumentService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._access = services.documents
        self._added = services.added_documents
        self._large = LargePages()

    async def documents(self, actor: Actor, category: DocumentCategory | None, page: int) -> DocumentList:
        """List documents, the last to come first."""
        found = await self._access.listed(actor, category, page)
        lines = tuple(map(document_summary_of, found.documents))
        return DocumentList(Page(lines, page, found.has_more), found.counts)

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Read a document and mark it seen."""
        opened = await self._access.read(actor, number_of(document))
        return await self._large.made(actor.account, len(opened.results), partial(_document, opened, actor.vault))

    async def add_own_document(self, actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        """File what the patient adds, or say why not."""
        added = await self._added.add(actor, new)
        if isinstance(added, AddFault):
            return added
        return AddedDocument(DocumentId(reference_of(added.number)), added.was_there)

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file of a document."""
        filed, file = await self._access.open_file(actor, number_of(document), which)
        name = next(known.name for known in _files(filed, WORDLESS) if known.which == which)
        return File(name, file.media_type, file.size, file.pieces)


def document_summary_of(document: FiledDocument) -> DocumentSummary:
    """Give a document as a line of a list."""
    entry = document.entry
    return DocumentSummary(
        id=DocumentId(reference_of(document.id)),
        title=_title(entry),
        category=entry.category,
        dated=moment_of(entry.effective_time),
        received_at=document.filed_at,
        acted=(moment_of(entry.act_start), moment_of(entry.act_end)),
        author=_author(entry),
        is_new=not document.seen,
        # What the patient adds is theirs to vouch for: they are not asked whether their name stands in it.
        identity_verified=document.identity_verified or document.is_own,
        # Outside a laboratory's report the numbers are measures for the most part, and are not counted as results.
        results=document.result_count if entry.category is DocumentCategory.BIOLOGY else 0,
        has_alert=document.has_alert,
        is_replaced=document.replaced_by is not None,
        glance=document.glance,
        is_own=document.is_own,
    )


def _document(opened: OpenDocument, vault: VaultId) -> Document:
    filed = opened.document

    def examination(result: LabResult) -> str:
        if filed.replaced_by is not None or not is_followed(result):
            return ""
        key = joined_key(examination_key(result), filed.entry.place)
        return reference_of(examination_number(vault, key))

    return Document(
        summary=document_summary_of(filed),
        type_label=kind_beside(_title(filed.entry), filed.entry.type_label),
        sender=correspondent_of(opened.card) if opened.card else None,
        conversation=None if opened.thread is None else ConversationId(reference_of(opened.thread)),
        results=groups_of(opened.results, examination=examination),
        measures=groups_of(opened.results, measures=True),
        remarks=remarks_of(opened.results),
        lacks_results=opened.lacks_results,
        files=_files(filed, opened.text or WORDLESS),
        replaced_by=None if opened.correction is None else DocumentId(reference_of(opened.correction)),
        text=opened.text or WORDLESS,
        replaces=None if opened.replaces is None else DocumentId(reference_of(opened.replaces)),
        contested=tuple(DocumentId(reference_of(number)) for number in opened.contested),
    )


def _title(entry: DocumentEntry) -> str:
    return entry.title or entry.type_label or entry.category.label


def _author(entry: DocumentEntry) -> str:
    """Say who wrote it and where: reports of one title are told apart by their laboratory."""
    name = entry.author.name if entry.author else ""
    return ", ".join(dict.fromkeys(filter(None, (name, entry.place))))


def _files(document: FiledDocument, text: ReadableText) -> tuple[OpenableFile, ...]:
    """List what a person opens first, what a program reads last."""
    order = {PRESENTATION: 0, ORIGINAL: 2}
    shown = _in_place(document, text)
    files = sorted((f for f in document.files if f.which != READABLE), key=lambda file: order.get(file.which, 1))
    name = _file_name(document.entry)
    media = [file.which for file in files if file.which not in order]
    return tuple(
        OpenableFile(
            which=file.which,
            name=file_name_of(name, file.media_type, media.index(file.which) + 1 if file.which in media else 0),
            media_type=file.media_type,
            size=file.size,
            is_joined=file.is_joined,
            is_technical=file.which in shown,
        )
        for file in files
    )


def _in_place(document: FiledDocument, text: ReadableText) -> set[str]:
    """Say which files need not be opened: what the page shows in its text, and the original behind it."""
    pictures = {file.which for file in document.files if is_shown_picture(file.media_type)}
    shown = pictures & {token.target for token in text.tokens if isinstance(token, Opening)}
    is_read = (text.has_words and not text.is_cut) or document.file(PRESENTATION) is not None
    return shown | ({ORIGINAL} if is_read else set())


def _file_name(entry: DocumentEntry) -> str:
    """Name its files as people look for them later: title, day, place."""
    day = entry.effective_time.day if entry.effective_time else None
    parts = (_title(entry)[:_LONGEST], day.isoformat() if day else "", entry.place[:_LONGEST])
    return " - ".join(part.strip(" -") for part in parts if part.strip(" -"))
