"""List conversations, read one, answer it (A7, A8). Recipients come from it, never from the form alone."""

import secrets
from itertools import groupby

from aiohttp import web

from webmail.context import context_of, list_place, page, page_number, person_of, pulse_of, see_other, theme_of
from webmail.downloads import VIEWABLE, content_disposition, send_file
from webmail.forms import Form, read_form, read_form_with_files
from webmail.identifiers import ContactId, ConversationId, MessageRef
from webmail.messages.html_mail import refusal_document
from webmail.messages.model import ReplyDraft, ReplyRefused
from webmail.messages.port import MESSAGES
from webmail.paths import ID
from webmail.security import MAIL_POLICY
from webmail.settings import WebSettings
from webmail.typed_drafts import CARRIED, DRAFTS
from webmail.wording import file_size

routes = web.RouteTableDef()

MAX_TEXT = 50_000


@routes.get("/messages", name="messages")
async def messages(request: web.Request) -> web.Response:
    """List conversations."""
    pulse = await pulse_of(request)
    found = await request.app[MESSAGES].conversations(person_of(request).actor, list_place(request))
    may_begin = request.app[MESSAGES].may_begin
    return page(request, "messages.html", tab="messages", pulse=pulse, page=found, may_begin=may_begin)


@routes.post("/messages/tout-lu", name="mark_all_read")
async def mark_all_read(request: web.Request) -> web.Response:
    """Mark every message as read, and show the list again."""
    await read_form(request)
    await request.app[MESSAGES].mark_all_read(person_of(request).actor)
    return see_other("/messages")


@routes.get("/messages/tout-lu", name="marked_all_read")
async def marked_all_read(_request: web.Request) -> web.Response:
    """Lead to the list: a refused form leaves this address in the browser, which may ask for it."""
    return see_other("/messages")


@routes.get(f"/messages/{{conversation:{ID}}}", name="conversation")
async def conversation(request: web.Request) -> web.Response:
    """Show a conversation and its reply form."""
    return await _conversation_page(request, sent=request.query.get("envoye", ""))


async def _conversation_page(
    request: web.Request, *, sent: str = "", refusal: str = "", status: int = 200, form: Form | None = None,
    came_back: bool = False,
) -> web.Response:
    context, actor = context_of(request), person_of(request).actor
    pulse = await pulse_of(request)
    number = page_number(request)
    shown = await request.app[MESSAGES].conversation(actor, ConversationId(request.match_info["conversation"]), number)
    others = await request.app[MESSAGES].conversations(actor)
    say = context.pages.speech(context.clock.now())
    days = [(day, list(group)) for day, group in groupby(shown.messages, key=lambda message: say.heading(message.at))]
    return page(
        request,
        "conversation.html",
        viewable=VIEWABLE,
        tab="messages",
        pulse=pulse,
        status=status,
        own_path="" if request.method == "GET" else f"/messages/{shown.id}",
        conversation=shown,
        others=others.items,
        days=days,
        sent=sent,
        refusal=refusal,
        came_back=came_back,
        text=form.text("texte") if form else "",
        also=bool(form and form.text("aussi")),
        had_files=bool(form and (form.uploads or form.too_large or form.too_many)),
        submission=secrets.token_urlsafe(16),
        max_uploads=context.settings.max_uploads,
        max_upload_bytes=context.settings.max_upload_bytes,
    )


@routes.post(f"/messages/{{conversation:{ID}}}/reponse", name="reply")
async def reply(request: web.Request) -> web.Response:
    """Send a reply, or show the page again with what was written and why it did not leave."""
    context = context_of(request)
    form = await read_form_with_files(request)
    chosen = ConversationId(request.match_info["conversation"])
    if back := come_back(request, form):
        return await _conversation_page(request, form=back, came_back=True)
    if problem := writing_problem(form, context.settings, "votre réponse"):
        return await _conversation_page(request, refusal=problem, status=422, form=form)
    also = frozenset(map(ContactId, form.text("aussi").split()))
    submission, to = form.text("envoi")[:80], form.text("destinataire")[:80]
    draft = ReplyDraft(submission=submission, text=form.text("texte").strip(), uploads=form.uploads, also=also, to=to)
    answer = await request.app[MESSAGES].reply(person_of(request).actor, chosen, draft)
    if isinstance(answer, ReplyRefused):
        return await _conversation_page(request, refusal=answer.reason, status=409, form=form)
    return see_other(f"/messages/{chosen}?envoye=1#envoi")


@routes.get(f"/messages/{{conversation:{ID}}}/reponse", name="refused_reply")
async def refused_reply(request: web.Request) -> web.Response:
    """Lead back to the conversation: a refused reply leaves this address in the browser, which may ask for it."""
    return see_other(f"/messages/{request.match_info['conversation']}#reponse")


def come_back(request: web.Request, form: Form) -> Form | None:
    """Give what was typed before the session's end, when the form brings it back; it is shown, not sent."""
    carried = form.text(CARRIED)
    typed = request.app[DRAFTS].draft_back(person_of(request).actor, carried) if carried else None
    return Form(typed.fields) if typed else None


def writing_problem(form: Form, settings: WebSettings, what: str) -> str:
    """Say what keeps a form from being sent, or nothing; `what` names it: « votre réponse »."""
    if form.too_large:
        size = file_size(settings.max_upload_bytes)
        return f"Vos fichiers dépassent {size} en tout. Choisissez-en moins, ou de plus petits."
    if form.too_many:
        return f"Vous pouvez joindre {settings.max_uploads} fichiers au plus."
    if not form.text("texte").strip():
        return f"Écrivez {what} avant de l’envoyer."
    if len(form.text("texte")) > MAX_TEXT:
        return "Votre texte est trop long. Raccourcissez-le, ou joignez-le comme fichier."
    return ""


@routes.get(f"/messages/{{message:{ID}}}/pieces/{{section:[0-9.]{{1,40}}}}", name="attachment")
async def attachment(request: web.Request) -> web.StreamResponse:
    """Download an attachment; ``apercu`` shows a PDF or a picture inside the page of its letter (E11)."""
    message, section = MessageRef(request.match_info["message"]), request.match_info["section"]
    file = await request.app[MESSAGES].attachment(person_of(request).actor, message, section)
    shown = "apercu" in request.query and file.media_type in VIEWABLE
    return await send_file(request, file, inline=shown, framed=shown and file.media_type == "application/pdf")


@routes.get(f"/messages/{{message:{ID}}}/mise-en-forme", name="html-body")
async def html_body(request: web.Request) -> web.Response:
    """Show an HTML body, made inert, for the sandboxed frame alone."""
    message = MessageRef(request.match_info["message"])
    theme = theme_of(request)
    text = await request.app[MESSAGES].html_page(person_of(request).actor, message, theme)
    headers = {"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    shown = refusal_document(theme) if text is None else text
    return web.Response(text=shown, content_type="text/html", charset="utf-8", headers=headers)


@routes.get(f"/messages/{{message:{ID}}}/texte", name="whole_text")
async def whole_text(request: web.Request) -> web.Response:
    """Download all the text of a message."""
    message = MessageRef(request.match_info["message"])
    text = await request.app[MESSAGES].whole_text(person_of(request).actor, message)
    headers = {
        "Content-Disposition": content_disposition("attachment", "message.txt"),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    octets = text.encode("utf-8", "replace")
    return web.Response(body=octets, content_type="text/plain", charset="utf-8", headers=headers)


