"""What is recommended at an age: « fait », « pas encore », « ne plus afficher » (E24)."""

from aiohttp import web

from gateway.domain.agenda.prevention import PreventionChoice
from webmail.agenda.port import AGENDA
from webmail.context import person_of, see_other
from webmail.forms import read_form

routes = web.RouteTableDef()
_CHOICES = {
    "fait": PreventionChoice.DONE, "pas-encore": PreventionChoice.NOT_YET, "masquer": PreventionChoice.HIDDEN,
}  # fmt: skip


@routes.post("/agenda/prevention", name="choose_prevention")
async def choose_prevention(request: web.Request) -> web.Response:
    """Keep what was said of one recommendation."""
    form = await read_form(request)
    choice = _CHOICES.get(form.text("choix"))
    if choice is None:
        raise web.HTTPBadRequest
    await request.app[AGENDA].choose_prevention(person_of(request).actor, form.text("conseil")[:60], choice)
    return see_other("/agenda#prevention")
