"""« Voir plus tard »: a delay for each kind of documents, and the end of all of them at once."""

from aiohttp import web

from gateway.domain.document import DocumentCategory
from gateway.domain.withholdings import DELAYS
from webmail.context import page, person_of, pulse_of, see_other
from webmail.delays.port import DISPLAY_DELAYS
from webmail.forms import read_form

PATH = "/parametres/plus-tard"
KINDS = (
    DocumentCategory.BIOLOGY, DocumentCategory.IMAGING, DocumentCategory.SCREENING, DocumentCategory.REPORTS,
    DocumentCategory.SYNTHESIS, DocumentCategory.PRESCRIPTIONS, DocumentCategory.OTHER,
)  # fmt: skip
"""Kinds that a patient may put off: those that may bring news which one wants to read at a chosen time."""
routes = web.RouteTableDef()
_DONE = {
    "choix": "Vos choix sont enregistrés. Ils valent pour les documents qui arriveront.",
    "tout": "Vous voyez maintenant tous vos documents.",
}


@routes.get(PATH, name="display_delays")
async def display_delays(request: web.Request) -> web.Response:
    """Show what is put off."""
    pulse = await pulse_of(request)
    return page(
        request,
        "display_delays.html",
        tab="parametres",
        pulse=pulse,
        chosen=await request.app[DISPLAY_DELAYS].chosen_delays(person_of(request).actor),
        kinds=KINDS,
        delays=DELAYS,
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(PATH, name="choose_delays")
async def choose_delays(request: web.Request) -> web.Response:
    """Keep a delay for each kind."""
    form = await read_form(request)
    typed = {kind: form.text(f"delai-{kind.value}") for kind in KINDS}
    days = {kind: int(text) if text in map(str, DELAYS) else 0 for kind, text in typed.items()}
    await request.app[DISPLAY_DELAYS].choose_delays(person_of(request).actor, days)
    return see_other(f"{PATH}?fait=choix#fait")


@routes.post(f"{PATH}/tout-voir", name="show_what_waits")
async def show_what_waits(request: web.Request) -> web.Response:
    """Show at once whatever waits."""
    await read_form(request)
    await request.app[DISPLAY_DELAYS].show_what_waits(person_of(request).actor)
    return see_other(f"{PATH}?fait=tout#fait")


@routes.get(f"{PATH}/tout-voir", name="shown_what_waits")
async def led_back(_: web.Request) -> web.Response:
    """Lead to the page: a refused form leaves its address in the browser, which may ask for it."""
    return see_other(PATH)
