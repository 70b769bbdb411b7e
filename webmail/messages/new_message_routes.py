"""Begin a new subject, where the operator lets patients do so (E1, `patient_replies = "contact"`).

The page offers correspondents whose exchange is open and nobody else; what a browser sends back is judged again by
the services, so a form made by hand reaches nobody more, and nobody at all where new subjects are not possible.
"""

import secrets

from aiohttp import web

from gateway.domain.errors import NotFound
from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.forms import Form, read_form_with_files
from webmail.identifiers import ContactId
from webmail.messages.model import NewMessageDraft, ReplyRefused
from webmail.messages.port import MESSAGES
from webmail.messages.routes import come_back, writing_problem

routes = web.RouteTableDef()

MAX_SUBJECT = 200
_PATH = "/messages/nouveau"


@routes.get(_PATH, name="new_message")
async def new_message(request: web.Request) -> web.Response:
    """Show an empty form."""
    return await _form_page(request)


@routes.post(_PATH, name="send_new_message")
async def send_new_message(request: web.Request) -> web.Response:
    """Send the message, or show the page again with what was written and why it did not leave."""
    form = await read_form_with_files(request)
    if back := come_back(request, form):
        return await _form_page(request, form=back, came_back=True)
    if problem := _problem(form, request):
        return await _form_page(request, refusal=problem, status=422, form=form)
    draft = NewMessageDraft(
        submission=form.text("envoi")[:80],
        contact=ContactId(form.text("a")[:80]),
        subject=_subject(form),
        text=form.text("texte").strip(),
        uploads=form.uploads,
    )
    answer = await request.app[MESSAGES].send_new(person_of(request).actor, draft)
    if isinstance(answer, ReplyRefused):
        return await _form_page(request, refusal=answer.reason, status=409, form=form)
    return see_other(f"/messages/{answer.conversation}?envoye=message#envoi")


async def _form_page(
    request: web.Request, *, refusal: str = "", status: int = 200, form: Form | None = None, came_back: bool = False
) -> web.Response:
    context, actor = context_of(request), person_of(request).actor
    pulse = await pulse_of(request)
    contacts = await request.app[MESSAGES].contacts(actor)
    if contacts is None and form is None:
        raise NotFound("new subjects are not offered")
    return page(
        request,
        "new_message.html",
        tab="messages",
        pulse=pulse,
        status=status,
        contacts=contacts or (),
        offered=contacts is not None,
        refusal=refusal,
        came_back=came_back,
        chosen=form.text("a") if form else "",
        subject=_subject(form) if form else "",
        text=form.text("texte") if form else "",
        had_files=bool(form and (form.uploads or form.too_large or form.too_many)),
        submission=secrets.token_urlsafe(16),
        max_subject=MAX_SUBJECT,
        max_uploads=context.settings.max_uploads,
        max_upload_bytes=context.settings.max_upload_bytes,
    )


def _subject(form: Form) -> str:
    return " ".join(form.text("objet").split())


def _problem(form: Form, request: web.Request) -> str:
    if not form.text("a"):
        return "Choisissez le soignant à qui vous écrivez."
    if not _subject(form):
        return "Indiquez l’objet de votre message."
    if len(_subject(form)) > MAX_SUBJECT:
        return f"L’objet de votre message est trop long\N{NO-BREAK SPACE}: {MAX_SUBJECT} caractères au plus."
    return writing_problem(form, context_of(request).settings, "votre message")
