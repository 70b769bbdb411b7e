"""« Ajouter un document » to a record: a file with title, date and kind; what is refused comes back as typed (F100).

Whose it is says the record that is open, on the page as in the trace.
"""

from aiohttp import web

from gateway.services.filing.added_files import AddFault
from webmail.added_document_form import CATEGORIES, FAULT_WORDS, MAX_TITLE, new_document_in
from webmail.context import context_of, page, see_other
from webmail.forms import Form, form_with_files
from webmail.wording import local_day
from webpro.documents.port import DOCUMENTS
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord

routes = web.RouteTableDef()
_ADD = f"{RECORD_PATH}/documents/ajouter"
_OWN_WORDS = {AddFault.OTHER_PERSON: "Ce document ne porte pas l’identité de ce patient. Il n’est pas ajouté."}


@routes.get(_ADD, name="console_add_document")
@in_record
async def add_document_form(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show the empty form."""
    return _form_page(request, record)


@routes.post(_ADD, name="console_add_document")
@in_record
async def add_document(request: web.Request, record: EnteredRecord) -> web.Response:
    """File the document, or show the form again with what was typed and why it was not filed."""
    async with form_with_files(request, context_of(request).settings.max_document_bytes) as form:
        new, refusal = new_document_in(request, form)
        if new is None:
            return _form_page(request, record, form, refusal)
        added = await request.app[DOCUMENTS].add_document(record.actor, new)
        if isinstance(added, AddFault):
            return _form_page(request, record, form, _OWN_WORDS.get(added, FAULT_WORDS[added]))
    told = 2 if added.was_there else 3 if added.is_withheld else 1
    return see_other(f"{record.path}/documents/{added.id}?ajout={told}")


def _form_page(
    request: web.Request, record: EnteredRecord, form: Form | None = None, refusal: str = ""
) -> web.Response:
    context = context_of(request)
    return page(
        request,
        "record_add_document.html",
        tab="patients",
        status=422 if refusal else 200,
        own_path=f"{record.path}/documents/ajouter",
        record=record,
        refusal=refusal,
        title=form.text("titre") if form else "",
        day=form.text("date") if form else "",
        chosen=form.text("categorie") if form else "",
        categories=tuple(CATEGORIES.values()),
        max_title=MAX_TITLE,
        max_bytes=context.settings.max_document_bytes,
        today=local_day(context.clock.now(), context.settings.time_zone).isoformat(),
        had_file=bool(form and (form.uploads or form.too_large)),
    )
