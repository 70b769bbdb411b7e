"""« Paramètres », and inside it « Notifications » (F79, E30)."""

from aiohttp import web

from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.preferences.port import PREFERENCES

routes = web.RouteTableDef()

_KINDS = {
    "message": ("Un nouveau message", "Un professionnel de santé vous a écrit."),
    "document": ("Un nouveau document", "Un résultat ou un compte rendu vient d’être rangé."),
    "record-opened": ("Un professionnel lit votre dossier", "Il l’ouvre avec votre accord ou votre code d’accès."),
    "reminder": ("Un rappel de l’agenda", "L’heure d’un rappel est venue, de vous ou d’un professionnel."),
}
"""How kinds of notices are called on the page."""


@routes.get("/parametres", name="preferences")
async def preferences(request: web.Request) -> web.Response:
    """List what may be chosen."""
    pulse, sees = await pulse_of(request), person_of(request).sees
    entries = [entry for entry in context_of(request).settings_entries if sees(entry.shows)]
    return page(request, "preferences.html", tab="parametres", pulse=pulse, entries=entries)


@routes.get("/parametres/notifications", name="notices")
async def notices(request: web.Request) -> web.Response:
    """Show which notices are sent."""
    pulse = await pulse_of(request)
    choices = await request.app[PREFERENCES].notice_choices(person_of(request).actor)
    return page(
        request,
        "notices.html",
        tab="parametres",
        pulse=pulse,
        choices=[(choice, *_KINDS[choice.kind]) for choice in choices],
        saved="fait" in request.query,
    )


@routes.post("/parametres/notifications", name="choose_notices")
async def choose_notices(request: web.Request) -> web.Response:
    """Keep which notices are sent."""
    form = await read_form(request)
    wanted = frozenset(kind for kind in _KINDS if form.text(kind))
    await request.app[PREFERENCES].choose_notices(person_of(request).actor, wanted)
    return see_other("/parametres/notifications?fait=1#fait")
