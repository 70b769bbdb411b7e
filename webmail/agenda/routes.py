"""The agenda as a list and by month, and one entry of it."""

from calendar import Calendar
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from aiohttp import web

from webmail.agenda.model import EventLine
from webmail.agenda.port import AGENDA
from webmail.agenda.wording import month_in_words
from webmail.context import context_of, page, person_of, pulse_of
from webmail.paths import ID
from webmail.wording import local_day

routes = web.RouteTableDef()
_PAST, _COMING = timedelta(days=366), timedelta(days=731)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_DONE = {
    "ajout": "C’est noté dans votre agenda.",
    "modifie": "Vos changements sont enregistrés.",
    "annuler": "Le rendez-vous est annulé dans votre agenda. Pensez à prévenir la personne.",
    "reprendre": "Le rendez-vous est de nouveau prévu.",
    "fait": "C’est noté comme fait.",
    "accepte": "Vous avez accepté. Votre réponse est partie.",
    "decline": "Vous avez décliné. Votre réponse est partie.",
    "supprime": "L’événement est supprimé.",
    "trop-tard": "",
}
"""What a page says after a form."""


def today_of(request: web.Request) -> date:
    """Give the present day where the space is shown."""
    context = context_of(request)
    return local_day(context.clock.now(), context.settings.time_zone)


@routes.get("/agenda", name="agenda")
async def agenda(request: web.Request) -> web.Response:
    """List what comes, and what is over, folded; or show a month."""
    if request.query.get("vue") == "mois":
        return await _month_page(request)
    pulse, today = await pulse_of(request), today_of(request)
    lines = await request.app[AGENDA].agenda_between(person_of(request).actor, today - _PAST, today + _COMING)
    coming = [line for line in lines if not line.is_past]
    past = [line for line in reversed(lines) if line.is_past]
    return page(
        request,
        "agenda.html",
        tab="agenda",
        pulse=pulse,
        done=_DONE.get(request.query.get("fait", ""), ""),
        months=_by_month(coming, today),
        past=_by_month(past, today),
        past_count=len(past),
        today=today,
        advised=await request.app[AGENDA].prevention(person_of(request).actor),
    )


def _by_month(lines: Sequence[EventLine], today: date) -> list[tuple[str, list[EventLine]]]:
    """Group lines below their months; what began before and goes on stands in the present one."""
    def month(line: EventLine) -> str:
        return month_in_words(line.first if line.is_past else max(line.first, today))

    return [(name, list(found)) for name, found in groupby(lines, key=month)]


async def _month_page(request: web.Request) -> web.Response:
    pulse, today = await pulse_of(request), today_of(request)
    shown = _month_asked(request.query.get("mois", ""), today)
    weeks = Calendar().monthdatescalendar(shown.year, shown.month)
    lines = await request.app[AGENDA].agenda_between(person_of(request).actor, weeks[0][0], weeks[-1][-1])
    return page(
        request,
        "agenda_month.html",
        tab="agenda",
        pulse=pulse,
        shown=shown,
        today=today,
        weeks=[[(day, _on(lines, day)) for day in week] for week in weeks],
        days=[(day, _on(lines, day)) for week in weeks for day in week if day.month == shown.month and _on(lines, day)],
        before=_neighbour(shown - timedelta(days=1), today),
        after=_neighbour(shown + timedelta(days=32), today),
    )


def _on(lines: Sequence[EventLine], day: date) -> list[EventLine]:
    return [line for line in lines if line.first <= day <= line.last]


def _month_asked(text: str, today: date) -> date:
    """Read a month of an address, « 2026-12 »; anything else is the present one."""
    year, _, month = text.partition("-")
    is_month = len(text) == 7 and text.isascii() and year.isdigit() and month.isdigit() and 1 <= int(month) <= 12
    if is_month and _FIRST_YEAR < int(year) < _LAST_YEAR:
        return date(int(year), int(month), 1)
    return today.replace(day=1)


def _neighbour(day: date, today: date) -> str:
    """Name a month to which the page leads: as far as the list reaches."""
    return f"{day.year}-{day.month:02}" if today - _PAST <= day <= today + _COMING else ""


@routes.get(f"/agenda/{{entry:{ID}}}", name="agenda_entry")
async def agenda_entry(request: web.Request) -> web.Response:
    """Show an entry."""
    return await entry_page(request)


async def entry_page(request: web.Request, *, kept: str = "") -> web.Response:
    """Show an entry; `kept` says why an answer is kept here only."""
    pulse = await pulse_of(request)
    reference = request.match_info["entry"]
    shown = await request.app[AGENDA].agenda_entry(person_of(request).actor, reference)
    asked = request.query.get("fait", "")
    return page(
        request,
        "agenda_entry.html",
        tab="agenda",
        pulse=pulse,
        own_path=f"/agenda/{reference}",
        kept=kept,
        entry=shown,
        reference=reference,
        done=_DONE.get(asked, ""),
        too_late=asked == "trop-tard",
    )
