"""Forms of the agenda: an entry added, changed, called off, taken away."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from gateway.domain.agenda.drafts import EventDraft
from gateway.domain.errors import ChangedMeanwhile, Conflict
from webmail.agenda.entry_forms import REMINDERS, SENTENCES, Fault, TypedEntry, draft_of, typed_from, typed_of
from webmail.agenda.model import EventPage
from webmail.agenda.port import AGENDA
from webmail.agenda.routes import entry_page, today_of
from webmail.agenda.wording import day_with_year, reminder_in_words
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import Form, read_form
from webmail.paths import ID
from webmail.shown_documents import DocumentSummary

routes = web.RouteTableDef()
_ENTRY = f"/agenda/{{entry:{ID}}}"
_FULL: Fault = ("titre", "Votre agenda est plein. Supprimez d’anciens événements.")


def new_reference() -> str:
    """Draw the number that an entry will have, for its form: sent twice, it makes one entry."""
    return f"{secrets.randbits(61) | 1 << 60:x}"


@routes.get("/agenda/nouveau", name="new_entry")
async def new_entry(request: web.Request) -> web.Response:
    """Show the form of a new entry, for the day that was chosen."""
    day = request.query.get("jour", "") or today_of(request).isoformat()
    return await _form_page(request, new_reference(), TypedEntry(jour=day[:10]))


@routes.post("/agenda/nouveau", name="add_entry")
async def add_entry(request: web.Request) -> web.Response:
    """Keep a new entry, or show the form again with what was typed."""
    form = await read_form(request)
    typed, reference = typed_of(form), form.text("entree")
    draft = draft_of(typed)
    if not isinstance(draft, EventDraft):
        return await _form_page(request, reference, typed, fault=draft)
    try:
        fault = await request.app[AGENDA].add_entry(person_of(request).actor, reference, draft)
    except ChangedMeanwhile:
        return await _made_before(request, reference, typed)
    except Conflict:
        return await _form_page(request, reference, typed, fault=_FULL)
    if fault is not None:
        return await _form_page(request, reference, typed, fault=SENTENCES[fault])
    return see_other(f"/agenda/{reference}?fait=ajout#fait")


@routes.get(f"{_ENTRY}/modifier", name="change_entry")
async def show_entry_form(request: web.Request) -> web.Response:
    """Show the form of an entry that is there."""
    entry = await _entry_of(request)
    return await _form_page(request, request.match_info["entry"], typed_from(entry.draft), entry=entry)


@routes.post(f"{_ENTRY}/modifier", name="change_entry")
async def change_entry(request: web.Request) -> web.Response:
    """Keep the changes of an entry; when it was changed meanwhile, show what stands now and what was typed."""
    form, reference = await read_form(request), request.match_info["entry"]
    entry = await _entry_of(request)
    # Of a professional's entry the form has the notes only: what they fixed stands.
    typed = typed_of(form) if not entry.organiser else _notes_of(form, entry)
    draft = draft_of(typed, entry.draft)
    if not isinstance(draft, EventDraft):
        return await _form_page(request, reference, typed, fault=draft, entry=entry, version=_version(form))
    try:
        fault = await request.app[AGENDA].change_entry(person_of(request).actor, reference, _version(form), draft)
    except ChangedMeanwhile:
        return await _form_page(request, reference, typed, entry=await _entry_of(request), overtaken=True)
    if fault is not None:
        return await _form_page(
            request, reference, typed, fault=SENTENCES[fault], entry=entry, version=_version(form)
        )
    return see_other(f"/agenda/{reference}?fait=modifie#fait")


@routes.post(f"{_ENTRY}/suite", name="move_entry")
async def move_entry(request: web.Request) -> web.Response:
    """Call an entry off, plan it again, or note it as done."""
    form, reference = await read_form(request), request.match_info["entry"]
    move = form.text("geste")
    try:
        await request.app[AGENDA].move_entry(person_of(request).actor, reference, _version(form), move)
    except ChangedMeanwhile:
        return see_other(f"/agenda/{reference}?fait=trop-tard#fait")
    return see_other(f"/agenda/{reference}?fait={move}#fait")


@routes.post(f"{_ENTRY}/reponse", name="answer_entry")
async def answer_entry(request: web.Request) -> web.Response:
    """Accept or decline an invitation; say whether the answer has left."""
    form, reference = await read_form(request), request.match_info["entry"]
    accepts = form.text("choix") == "accepter"
    service, actor = request.app[AGENDA], person_of(request).actor
    try:
        refusal = await service.answer_entry(actor, reference, _version(form), accepts=accepts)
    except (ChangedMeanwhile, Conflict):
        return see_other(f"/agenda/{reference}?fait=trop-tard#fait")
    if not refusal:
        return see_other(f"/agenda/{reference}?fait={'accepte' if accepts else 'decline'}#fait")
    return await entry_page(request, kept=refusal)


@routes.post(f"{_ENTRY}/suppression", name="remove_entry")
async def remove_entry(request: web.Request) -> web.Response:
    """Take an entry away."""
    await read_form(request)
    await request.app[AGENDA].remove_entry(person_of(request).actor, request.match_info["entry"])
    return see_other("/agenda?fait=supprime#fait")


async def _made_before(request: web.Request, reference: str, typed: TypedEntry) -> web.Response:
    """Answer a form of which something else was made: that stands, and what was typed may be another entry."""
    found = await request.app[AGENDA].agenda_entry(person_of(request).actor, reference)
    return await _form_page(request, new_reference(), typed, stands=found)


async def _entry_of(request: web.Request) -> EventPage:
    return await request.app[AGENDA].agenda_entry(person_of(request).actor, request.match_info["entry"])


def _version(form: Form) -> int:
    text = form.text("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _notes_of(form: Form, entry: EventPage) -> TypedEntry:
    typed = typed_of(form)
    return replace(
        typed_from(entry.draft),
        note=typed.note,
        apporter=typed.apporter,
        documents=typed.documents,
        rappel=typed.rappel,
    )


async def _form_page(
    request: web.Request,
    reference: str,
    typed: TypedEntry,
    *,
    fault: Fault | None = None,
    entry: EventPage | None = None,
    version: int = 0,
    overtaken: bool = False,
    stands: EventPage | None = None,
) -> web.Response:
    pulse = await pulse_of(request)
    offered = await request.app[AGENDA].documents_to_bring(person_of(request).actor)
    stands = entry if overtaken else stands
    status = 409 if stands else 400 if fault else 200
    path = f"/agenda/{reference}/modifier" if entry else "/agenda/nouveau"
    return page(
        request,
        "agenda_form.html",
        tab="agenda",
        pulse=pulse,
        status=status,
        own_path=path,
        path=path,
        reference=reference,
        typed=typed,
        entry=entry,
        version=version or (entry.version if entry else 0),
        fault=fault,
        stands=_stands(stands) if stands else None,
        reminders=_reminders(entry),
        offered=_offered(offered, entry),
        came_back=False,
    )


def _stands(entry: EventPage) -> list[tuple[str, str]]:
    """List what is kept now, for somebody whose form was filled from an earlier version."""
    line, draft = entry.line, entry.draft
    return [
        ("Titre", line.title),
        ("Date", day_with_year(line.first)),
        ("Heure", f"{draft.start:%H:%M}" if isinstance(draft.start, datetime) else "toute la journée"),
        ("Lieu", draft.place),
        ("Avec", draft.people),
        ("Note", draft.note),
        ("À apporter", draft.bring),
    ]


def _reminders(entry: EventPage | None) -> Sequence[tuple[str, str]]:
    """Offer the usual reminders, and that which a professional chose."""
    minutes = entry.draft.reminder if entry else None
    if minutes is None or str(minutes) in {value for value, _ in REMINDERS}:
        return REMINDERS
    return (*REMINDERS, (str(minutes), reminder_in_words(minutes).capitalize()))


def _offered(newest: Sequence[DocumentSummary], entry: EventPage | None) -> list[DocumentSummary]:
    """Offer the newest documents, after those that are to be brought already."""
    chosen = list(entry.documents) if entry else []
    return chosen + [one for one in newest if one.id not in {known.id for known in chosen}]
