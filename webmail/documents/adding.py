"""« Ajouter un document »: a file with title, date and kind; what is refused comes back with all that was typed."""


from aiohttp import web

from gateway.domain.access import Action, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.services.filing.added_files import AddFault
from webmail.added_document_form import CATEGORIES, FAULT_WORDS, MAX_TITLE, new_document_in
from webmail.context import context_of, page, person_of, pulse_of, require, see_other
from webmail.documents.port import DOCUMENTS
from webmail.forms import Form, form_with_files
from webmail.wording import local_day

routes = web.RouteTableDef()


@routes.get("/documents/ajouter", name="add_document_form")
async def add_document_form(request: web.Request) -> web.Response:
    """Show the empty form; the kind of document may be chosen already."""
    require(request, SpacePart.DOCUMENTS, Action.ADD)
    asked = request.query.get("categorie", "")
    return await _form_page(request, chosen=asked if asked in CATEGORIES else "")


@routes.post("/documents/ajouter", name="add_document")
async def add_document(request: web.Request) -> web.Response:
    """File the document, or show the form again with what was typed and why it was not filed."""
    async with form_with_files(request, context_of(request).settings.max_document_bytes) as form:
        return await _added(request, form)


async def _added(request: web.Request, form: Form) -> web.Response:
    new, refusal = new_document_in(request, form)
    if new is None:
        return await _form_page(request, form=form, refusal=refusal)
    added = await request.app[DOCUMENTS].add_own_document(person_of(request).actor, new)
    if isinstance(added, AddFault):
        return await _form_page(request, form=form, refusal=FAULT_WORDS[added])
    return see_other(f"/documents/{added.id}?ajout={2 if added.was_there else 1}")


async def refused_page(request: web.Request, why: AddFault | str) -> web.Response:
    """Show the form with the reason for which a file that came another way is not kept."""
    return await _form_page(request, refusal=FAULT_WORDS[why] if isinstance(why, AddFault) else why)


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
