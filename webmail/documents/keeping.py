"""What a patient chooses for their documents: own title and date, pins, folders, hidden or shown, deleted."""

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile, Conflict
from gateway.services.record.document_keeping import OwnWords
from webmail.added_document_form import MAX_TITLE, NO_SUCH_DAY
from webmail.context import page, person_of, pulse_of, see_other
from webmail.document_searches import day_of
from webmail.documents.port import DOCUMENTS
from webmail.forms import Form, read_form
from webmail.identifiers import DocumentId
from webmail.paths import ID

routes = web.RouteTableDef()
MAX_NAME = 60
_ONE = f"/documents/{{document:{ID}}}"


def _chosen(request: web.Request) -> DocumentId:
    return DocumentId(request.match_info["document"])


@routes.get(f"{_ONE}/titre", name="document_title")
async def document_title(request: web.Request) -> web.Response:
    """Show the form for a title and a date of one's own."""
    return await _title_page(request)


@routes.post(f"{_ONE}/titre", name="rename_document")
async def rename_document(request: web.Request) -> web.Response:
    """Keep title and date, or show the form again with all that was typed."""
    form = await read_form(request)
    title, (day, is_day) = " ".join(form.text("titre").split()), day_of(form.text("date"))
    if len(title) > MAX_TITLE:
        return await _title_page(request, form, f"Ce titre est trop long\N{NO-BREAK SPACE}: {MAX_TITLE} caractères.")
    if not is_day or (day and day.year < 1900):
        return await _title_page(request, form, NO_SUCH_DAY)
    version = form.text("version")
    own = OwnWords(title=title, day=day, revision=int(version) if version.isdecimal() and len(version) < 9 else 0)
    try:
        await request.app[DOCUMENTS].rename_document(person_of(request).actor, _chosen(request), own)
    except ChangedMeanwhile:
        return await _title_page(request, form, changed=True)
    return see_other(f"/documents/{_chosen(request)}?fait=titre")


async def _title_page(
    request: web.Request, form: Form | None = None, refusal: str = "", *, changed: bool = False
) -> web.Response:
    pulse = await pulse_of(request)
    shown = await request.app[DOCUMENTS].document(person_of(request).actor, _chosen(request))
    own_title = shown.summary.title if shown.written else ""
    day = shown.own_day.isoformat() if shown.own_day else ""
    return page(
        request,
        "document_title.html",
        tab="documents",
        pulse=pulse,
        status=409 if changed else 422 if refusal else 200,
        document=shown,
        refusal=refusal,
        stands=[("Titre", own_title), ("Date", day)] if changed else None,
        title=form.text("titre") if form else own_title,
        day=form.text("date") if form else day,
        max_title=MAX_TITLE,
    )


@routes.post(f"{_ONE}/epingle", name="pin_document")
async def pin_document(request: web.Request) -> web.Response:
    """Pin a document, or take the pin out."""
    pinned = (await read_form(request)).text("choix") == "oui"
    try:
        await request.app[DOCUMENTS].pin_document(person_of(request).actor, _chosen(request), pinned=pinned)
    except Conflict:
        return see_other(f"/documents/{_chosen(request)}?fait=trop")
    return see_other(f"/documents/{_chosen(request)}?fait={'epingle' if pinned else 'desepingle'}")


@routes.post(f"{_ONE}/visibilite", name="hide_document")
async def hide_document(request: web.Request) -> web.Response:
    """Hide a document from professionals but its sender, or show it."""
    hidden = (await read_form(request)).text("choix") == "oui"
    await request.app[DOCUMENTS].hide_document(person_of(request).actor, _chosen(request), hidden=hidden)
    return see_other(f"/documents/{_chosen(request)}?fait={'cache' if hidden else 'montre'}")


@routes.post(f"{_ONE}/dossier", name="move_document")
async def move_document(request: web.Request) -> web.Response:
    """Put a document into a folder, or into none."""
    form = await read_form(request)
    await request.app[DOCUMENTS].move_document(person_of(request).actor, _chosen(request), form.text("dossier"))
    return see_other(f"/documents/{_chosen(request)}?fait=dossier")


@routes.post(f"{_ONE}/suppression", name="delete_document")
async def delete_document(request: web.Request) -> web.Response:
    """Delete what the patient added."""
    await read_form(request)
    deleted = await request.app[DOCUMENTS].delete_document(person_of(request).actor, _chosen(request))
    # Sent twice, or from a page that was left open: there is nothing to be afraid of.
    return see_other(f"/documents?supprime={1 if deleted else 2}")


for _name in ("epingle", "visibilite", "dossier", "suppression"):

    @routes.get(f"{_ONE}/{_name}", name=f"back_from_{_name}")
    async def back_to_document(request: web.Request) -> web.Response:
        """Lead to the document: a refused form leaves its address in the browser, which may ask for it."""
        return see_other(f"/documents/{_chosen(request)}")


@routes.get("/documents/dossiers", name="document_folders")
async def document_folders(request: web.Request) -> web.Response:
    """Show the folders, with what makes, renames and removes one."""
    return await _folders_page(request)


@routes.post("/documents/dossiers", name="save_document_folder")
async def save_document_folder(request: web.Request) -> web.Response:
    """Make a folder, or rename one."""
    form = await read_form(request)
    name, folder = " ".join(form.text("nom").split()), form.text("dossier")
    if not name or len(name) > MAX_NAME:
        return await _folders_page(request, f"Donnez un nom au dossier, {MAX_NAME} caractères au plus.")
    if not await request.app[DOCUMENTS].save_document_folder(person_of(request).actor, name, folder):
        return await _folders_page(request, "Vous avez déjà cent dossiers. Supprimez-en un d’abord.")
    return see_other("/documents/dossiers?fait=1")


@routes.post("/documents/dossiers/suppression", name="drop_document_folder")
async def drop_document_folder(request: web.Request) -> web.Response:
    """Take a folder away; its documents stay."""
    form = await read_form(request)
    await request.app[DOCUMENTS].drop_document_folder(person_of(request).actor, form.text("dossier"))
    return see_other("/documents/dossiers?fait=2")


async def _folders_page(request: web.Request, refusal: str = "") -> web.Response:
    pulse = await pulse_of(request)
    folders = await request.app[DOCUMENTS].document_folders(person_of(request).actor)
    done = {"1": "Le dossier est enregistré.", "2": "Le dossier est supprimé. Ses documents sont gardés."}
    return page(
        request,
        "document_folders.html",
        tab="documents",
        pulse=pulse,
        status=422 if refusal else 200,
        folders=folders,
        refusal=refusal,
        done=done.get(request.query.get("fait", ""), ""),
        max_name=MAX_NAME,
    )


@routes.get("/parametres/documents", name="documents_privacy")
async def documents_privacy(request: web.Request) -> web.Response:
    """Show what is done with new documents, and what hides or shows all at once."""
    pulse = await pulse_of(request)
    hidden = await request.app[DOCUMENTS].documents_are_hidden(person_of(request).actor)
    return page(
        request,
        "documents_privacy.html",
        tab="parametres",
        pulse=pulse,
        hidden=hidden,
        done=request.query.get("fait", ""),
    )


@routes.post("/parametres/documents", name="choose_documents_privacy")
async def choose_documents_privacy(request: web.Request) -> web.Response:
    """Keep what is done with new documents, or hide or show all at once."""
    form, actor, service = await read_form(request), person_of(request).actor, request.app[DOCUMENTS]
    choice = form.text("choix")
    if choice in ("tout-cacher", "tout-montrer"):
        await service.hide_all_documents(actor, hidden=choice == "tout-cacher")
    else:
        await service.hide_new_documents(actor, hidden=choice == "cacher")
    return see_other("/parametres/documents?fait=1")
