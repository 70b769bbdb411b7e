"""Documents as the pages show them, over `gateway.services.record.document_access`."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from functools import partial

from gateway.domain.access import Actor, Audience
from gateway.domain.analytes import joined_key
from gateway.domain.document import DocumentCategory, DocumentEntry
from gateway.domain.document_lists import DocumentFilter, DocumentFolder, DocumentPlace
from gateway.domain.dossier import ORIGINAL, PRESENTATION, READABLE, FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.examinations import examination_number
from gateway.domain.lab_result import LabResult
from gateway.domain.mailbox import VaultId
from gateway.domain.mime import search_fold
from gateway.domain.observed import examination_key, is_followed
from gateway.domain.readable import WORDLESS, Opening, ReadableText
from gateway.services.filing.added_documents import NewDocument
from gateway.services.filing.added_files import AddFault
from gateway.services.record.document_access import OpenDocument
from webmail.correspondent import Correspondent, CorrespondentKind
from webmail.correspondents import correspondent_of
from webmail.documents.doubting_adapter import DocumentDoubtPages
from webmail.documents.keeping_adapter import DocumentKeepingPages
from webmail.documents.model import (
    AddedDocument,
    Document,
    DocumentList,
    DocumentSearch,
    DocumentSummary,
    FolderLink,
    OpenableFile,
)
from webmail.documents.results import groups_of, remarks_of
from webmail.documents.zipped import NamedPieces, zipped
from webmail.downloads import is_shown_picture
from webmail.file_streams import File
from webmail.identifiers import ConversationId, DocumentId
from webmail.large_pages import LargePages
from webmail.references import file_name_of, number_of, reference_of
from webmail.services import SpaceServices
from webmail.wording import kind_beside, moment_of

_LONGEST = 60
_LONGEST_PLACE = 19
_MOST_WORDS = 8


class DocumentPages(DocumentKeepingPages, DocumentDoubtPages):
    """Implements `webmail.documents.port.DocumentService`."""

    def __init__(self, services: SpaceServices) -> None:
        DocumentKeepingPages.__init__(self, services)
        DocumentDoubtPages.__init__(self, services)
        self._access = services.documents
        self._added = services.added_documents
        self._large = LargePages()
        self._downloads = services.document_downloads
        self._aside = services.store.aside

    async def documents(self, actor: Actor, search: DocumentSearch) -> DocumentList:
        """List one page of documents."""
        wanted = DocumentFilter(
            category=search.category.value if search.category else "",
            since=search.since,
            until=search.until,
            folder=number_of(search.folder) if search.folder else None,
            words=tuple(search_fold(search.words).split()[:_MOST_WORDS]),
            sender=tuple(search_fold(search.sender).split()[:_MOST_WORDS]),
            outside=search.outside,
            by_day=search.by_day,
            oldest_first=search.oldest_first,
        )
        found = await self._access.listed(actor, wanted, _place_of(search.key), back=search.back)
        return DocumentList(
            items=tuple(map(document_summary_of, found.documents)),
            counts=found.counts,
            newer=_key_of(found.newer),
            older=_key_of(found.older),
            pinned=tuple(map(document_summary_of, found.pinned)),
            folders=_folder_links(found.folders),
            unread=found.unread,
        )

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

    async def downloadable(self, actor: Actor, documents: Sequence[DocumentId] | None) -> tuple[DocumentId, ...]:
        """Say which documents may be downloaded together."""
        numbers = None if documents is None else [number_of(one) for one in documents]
        found = await self._downloads.chosen(actor, numbers)
        return tuple(DocumentId(reference_of(number)) for number in found)

    def documents_archive(self, actor: Actor, documents: Sequence[DocumentId]) -> AsyncGenerator[bytes, None]:
        """Give an archive of what a person opens of each document, or of its original where there is nothing else."""
        return zipped(self._archived(actor, [number_of(one) for one in documents]), self._aside)

    async def _archived(self, actor: Actor, numbers: Sequence[int]) -> AsyncGenerator[NamedPieces, None]:
        async with aclosing(self._downloads.opened(actor, numbers)) as every:
            async for one in every:
                listed = _files(one.document, WORDLESS)
                names = {file.which: file.name for file in listed if not file.is_technical}
                names = names or {file.which: file.name for file in listed}
                for file in one.files:
                    if file.name in names:
                        yield NamedPieces(names[file.name], file.pieces)

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file of a document."""
        filed, file = await self._access.open_file(actor, number_of(document), which)
        name = next(known.name for known in _files(filed, WORDLESS) if known.which == which)
        return File(name, file.media_type, file.size, file.pieces)


def _place_of(key: str) -> DocumentPlace | None:
    """Read where a page begins or ends; raise `NotFound` for what no page says."""
    if not key:
        return None
    at, _, document = key.partition(".")
    if not (at.removeprefix("-").isdecimal() and at.isascii() and len(at) < _LONGEST_PLACE):
        raise NotFound("no page of a list begins so")
    return DocumentPlace(int(at), number_of(document))


def _key_of(place: DocumentPlace | None) -> str:
    return f"{place.at}.{reference_of(place.document)}" if place else ""


def _folder_links(folders: Iterable[DocumentFolder]) -> tuple[FolderLink, ...]:
    return tuple(FolderLink(reference_of(folder.number), folder.name) for folder in folders)


def document_summary_of(document: FiledDocument) -> DocumentSummary:
    """Give a document as a line of a list."""
    entry = document.entry
    return DocumentSummary(
        id=DocumentId(reference_of(document.id)),
        title=document.choice.title or _title(entry),
        category=entry.category,
        dated=document.choice.day or moment_of(entry.effective_time),
        received_at=document.filed_at,
        acted=(moment_of(entry.act_start), moment_of(entry.act_end)),
        author=_author(entry),
        is_new=not document.seen,
        # What the patient adds is theirs to vouch for: they are not asked whether their name stands in it.
        identity_verified=document.identity_verified or (document.is_own and not document.is_imported),
        # Outside a laboratory's report the numbers are measures for the most part, and are not counted as results.
        results=document.result_count if entry.category is DocumentCategory.BIOLOGY else 0,
        has_alert=document.has_alert,
        is_replaced=document.replaced_by is not None,
        glance=document.glance,
        is_own=document.is_own,
        is_imported=document.is_imported,
        is_hidden=Audience.PROFESSIONALS in document.hidden_from,
        is_pinned=document.choice.pinned,
    )


def _document(opened: OpenDocument, vault: VaultId) -> Document:
    filed = opened.document
    choice, written = filed.choice, (_title(filed.entry), moment_of(filed.entry.effective_time))

    def examination(result: LabResult) -> str:
        if filed.replaced_by is not None or not is_followed(result):
            return ""
        key = joined_key(examination_key(result), filed.entry.place)
        return reference_of(examination_number(vault, key))

    return Document(
        summary=document_summary_of(filed),
        type_label=kind_beside(_title(filed.entry), filed.entry.type_label),
        sender=_sender(opened),
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
        written=written if choice.title or choice.day else None,
        own_day=choice.day,
        folder="" if choice.folder is None else reference_of(choice.folder),
        folders=_folder_links(opened.folders),
        revision=choice.revision,
    )


def _sender(opened: OpenDocument) -> Correspondent | None:
    """Say who sent it: by message, or by a deposit, whose mailbox was proved; None when that is not known any more."""
    filed = opened.document
    if opened.card:
        return correspondent_of(opened.card)
    is_deposited = filed.mid is None and filed.sender and not filed.is_own
    return Correspondent(filed.sender, CorrespondentKind.APPLICATION) if is_deposited else None


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
