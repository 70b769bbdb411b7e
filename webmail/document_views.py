"""Documents as pages show them: their titles, senders, results by chapter, and files by their use. Pure."""

from collections.abc import Iterable

from gateway.domain.access import Audience
from gateway.domain.analytes import joined_key
from gateway.domain.document import DocumentCategory, DocumentEntry
from gateway.domain.document_lists import DocumentFolder
from gateway.domain.dossier import ORIGINAL, PRESENTATION, READABLE, FiledDocument
from gateway.domain.examinations import examination_number
from gateway.domain.lab_result import LabResult
from gateway.domain.mailbox import VaultId
from gateway.domain.observed import examination_key, is_followed
from gateway.domain.readable import WORDLESS, Opening, ReadableText
from gateway.services.record.document_access import OpenDocument
from webmail.correspondent import Correspondent, CorrespondentKind
from webmail.correspondents import correspondent_of
from webmail.downloads import is_shown_picture
from webmail.identifiers import ConversationId, DocumentId
from webmail.references import file_name_of, reference_of
from webmail.result_groups import groups_of, remarks_of
from webmail.shown_documents import Document, DocumentSummary, FolderLink, OpenableFile
from webmail.wording import kind_beside, moment_of

_LONGEST = 60


def folder_links(folders: Iterable[DocumentFolder]) -> tuple[FolderLink, ...]:
    """Give folders as links to them."""
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


def document_of(opened: OpenDocument, vault: VaultId) -> Document:
    """Give a document as its page shows it."""
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
        files=openable_files(filed, opened.text or WORDLESS),
        replaced_by=None if opened.correction is None else DocumentId(reference_of(opened.correction)),
        text=opened.text or WORDLESS,
        replaces=None if opened.replaces is None else DocumentId(reference_of(opened.replaces)),
        contested=tuple(DocumentId(reference_of(number)) for number in opened.contested),
        annotations=opened.annotations,
        written=written if choice.title or choice.day else None,
        own_day=choice.day,
        folder="" if choice.folder is None else reference_of(choice.folder),
        folders=folder_links(opened.folders),
        revision=choice.revision,
    )


def _sender(opened: OpenDocument) -> Correspondent | None:
    """Say who sent it: by message, by a deposit or at the console, by a mailbox that was proved; None if unknown."""
    filed = opened.document
    if opened.card:
        return correspondent_of(opened.card)
    is_brought = filed.mid is None and filed.sender and not filed.is_own
    return Correspondent(filed.sender_name or filed.sender, CorrespondentKind.APPLICATION) if is_brought else None


def _title(entry: DocumentEntry) -> str:
    return entry.title or entry.type_label or entry.category.label


def _author(entry: DocumentEntry) -> str:
    """Say who wrote it and where: reports of one title are told apart by their laboratory."""
    name = entry.author.name if entry.author else ""
    return ", ".join(dict.fromkeys(filter(None, (name, entry.place))))


def openable_files(document: FiledDocument, text: ReadableText) -> tuple[OpenableFile, ...]:
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
