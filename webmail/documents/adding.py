"""« Ajouter un document »: a file with title, date and kind; what is refused comes back with all that was typed."""

from datetime import date

from aiohttp import web

from gateway.domain.document import DocumentCategory
from gateway.services.filing.added_documents import NewDocument
from gateway.services.filing.added_files import AddFault, NamedFile
from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.document_searches import day_of
from webmail.documents.port import DOCUMENTS
from webmail.forms import Form, form_with_files
from webmail.wording import file_size, local_day

routes = web.RouteTableDef()
MAX_TITLE = 120
NO_SUCH_DAY = "Cette date n’existe pas. Écrivez-la ainsi\N{NO-BREAK SPACE}: 2026-03-31."
_FIRST_DAY = date(1900, 1, 1)
_WRITTEN = {
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


@routes.get("/documents/ajouter", name="add_document_form")
async def add_document_form(request: web.Request) -> web.Response:
    """Show the empty form; the kind of document may be chosen already."""
    asked = request.query.get("categorie", "")
    return await _form_page(request, chosen=asked if asked in _CATEGORIES else "")


@routes.post("/documents/ajouter", name="add_document")
async def add_document(request: web.Request) -> web.Response:
    """File the document, or show the form again with what was typed and why it was not filed."""
    async with form_with_files(request, context_of(request).settings.max_document_bytes) as form:
        return await _added(request, form)


async def _added(request: web.Request, form: Form) -> web.Response:
    new, refusal = _new_document(request, form)
    if new is None:
        return await _form_page(request, form=form, refusal=refusal)
    added = await request.app[DOCUMENTS].add_own_document(person_of(request).actor, new)
    if isinstance(added, AddFault):
        return await _form_page(request, form=form, refusal=_WRITTEN[added])
    return see_other(f"/documents/{added.id}?ajout={2 if added.was_there else 1}")


def too_large(request: web.Request) -> str:
    """Say how large a document may be."""
    limit = file_size(context_of(request).settings.max_document_bytes)
    return f"Ce fichier est trop gros\N{NO-BREAK SPACE}: {limit} au plus. Choisissez-en un plus petit."


async def refused_page(request: web.Request, why: AddFault | str) -> web.Response:
    """Show the form with the reason for which a file that came another way is not kept."""
    return await _form_page(request, refusal=_WRITTEN[why] if isinstance(why, AddFault) else why)


def _new_document(request: web.Request, form: Form) -> tuple[NewDocument | None, str]:
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
    category = _CATEGORIES.get(form.text("categorie"))
    if category is None:
        return None, "Choisissez le type de document."
    file = NamedFile(files[0].name, files[0].content)
    return NewDocument(file=file, title=title, category=category, day=day), ""


_CATEGORIES = {category.value: category for category in DocumentCategory}


async def _form_page(
    request: web.Request, *, form: Form | None = None, refusal: str = "", chosen: str = ""
) -> web.Response:
    context = context_of(request)
    pulse = await pulse_of(request)
    return page(
        request,
        "add_document.html",
        tab="documents",
        pulse=pulse,
        status=422 if refusal else 200,
        refusal=refusal,
        title=form.text("titre") if form else "",
        day=form.text("date") if form else "",
        chosen=form.text("categorie") if form else chosen,
        categories=tuple(DocumentCategory),
        max_title=MAX_TITLE,
        max_bytes=context.settings.max_document_bytes,
        today=local_day(context.clock.now(), context.settings.time_zone).isoformat(),
        had_file=bool(form and (form.uploads or form.too_large)),
        came_back=False,
    )
