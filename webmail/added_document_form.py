"""The form by which a document is added: what it says, and how a file is refused, on any site."""

from datetime import date

from aiohttp import web

from gateway.domain.document import DocumentCategory
from gateway.services.filing.added_files import AddFault, NamedFile
from gateway.services.filing.added_reading import NewDocument
from webmail.context import context_of
from webmail.document_searches import day_of
from webmail.forms import Form
from webmail.wording import file_size, local_day

MAX_TITLE = 120
NO_SUCH_DAY = "Cette date n’existe pas. Écrivez-la ainsi\N{NO-BREAK SPACE}: 2026-03-31."
CATEGORIES = {category.value: category for category in DocumentCategory}
"""Kinds of documents, by their values in forms."""
_FIRST_DAY = date(1900, 1, 1)
FAULT_WORDS = {
    AddFault.EMPTY: "Ce fichier est vide. Choisissez-en un autre.",
    AddFault.PROGRAM: "Ce fichier contient un programme. Il n’est pas gardé, pour votre sécurité.",
    AddFault.ARCHIVE: "Ce fichier est une archive. Ouvrez-la, puis ajoutez ses fichiers un par un. "
    "Seules les images DICOM d’un même examen peuvent rester ensemble.",
    AddFault.UNKNOWN: "Ce fichier n’est ni un PDF, ni une photo, ni un texte, ni un document de santé.",
    AddFault.PDF_SCRIPT: "Ce PDF contient un programme. Imprimez-le dans un nouveau PDF, puis ajoutez ce dernier.",
    AddFault.CUT: "Ce fichier est abîmé, ou sa fin manque. Prenez-en une nouvelle copie.",
    AddFault.PICTURE_TOO_LARGE: "Cette image a trop de points. Réduisez-la, puis ajoutez-la de nouveau.",
    AddFault.OTHER_PERSON: "Ce document ne porte pas votre identité. Il n’est pas ajouté.",
    AddFault.UNREADABLE: "Ce document ne peut pas être lu. Demandez-en une copie à son auteur.",
    AddFault.FULL: "Votre espace est plein. Supprimez des documents que vous avez ajoutés, puis recommencez.",
    AddFault.PDF_UNSEEN: "Une partie de ce PDF ne peut pas être vérifiée. Imprimez-le dans un nouveau PDF.",
    AddFault.BUSY: "Nous ne pouvons pas lire ce document en ce moment. Essayez de nouveau dans un instant.",
}
"""Why a file is not added, as its patient reads it."""


def too_large(request: web.Request) -> str:
    """Say how large a document may be."""
    limit = file_size(context_of(request).settings.max_document_bytes)
    return f"Ce fichier est trop gros\N{NO-BREAK SPACE}: {limit} au plus. Choisissez-en un plus petit."


def new_document_in(request: web.Request, form: Form) -> tuple[NewDocument | None, str]:
    """Read the form; without a document it is said in one sentence what is missing."""
    title, files = " ".join(form.text("titre").split()), form.uploads
    if form.too_large:
        return None, too_large(request)
    if len(files) != 1 or form.too_many:
        return None, "Choisissez un fichier."
    if len(title) > MAX_TITLE:
        return None, f"Ce titre est trop long\N{NO-BREAK SPACE}: {MAX_TITLE} caractères au plus."
    day, is_day = day_of(form.text("date"))
    if not is_day:
        return None, NO_SUCH_DAY
    context = context_of(request)
    if day and not _FIRST_DAY <= day <= local_day(context.clock.now(), context.settings.time_zone):
        return None, "La date du document ne peut pas être après aujourd’hui, ni avant 1900."
    category = CATEGORIES.get(form.text("categorie"))
    if category is None:
        return None, "Choisissez le type de document."
    file = NamedFile(files[0].name, files[0].content)
    return NewDocument(file=file, title=title, category=category, day=day), ""
