"""« Confidentialité »: the professionals in contact, authorised or blocked (F76 to F79)."""

from aiohttp import web

from gateway.domain.errors import NotFound
from gateway.domain.patient_choices import PartyStanding
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.privacy.port import PRIVACY

routes = web.RouteTableDef()
PATH = "/parametres/confidentialite"
_CHOICES = {
    "autoriser": PartyStanding.ALLOWED,
    "bloquer": PartyStanding.BLOCKED,
    "retirer": PartyStanding.NEUTRAL,
}
_DONE = {
    "autoriser": "Ce professionnel peut maintenant ouvrir votre dossier.",
    "bloquer": "Ce professionnel est bloqué, dès maintenant. Il ne voit plus rien et ne peut plus vous écrire.",
    "retirer": "Votre choix est retiré. Ce professionnel n’ouvre plus votre dossier, mais il peut vous écrire.",
}


@routes.get(PATH, name="privacy")
async def privacy(request: web.Request) -> web.Response:
    """Show who is in contact, and what was chosen for each."""
    pulse = await pulse_of(request)
    return page(
        request,
        "privacy.html",
        tab="parametres",
        pulse=pulse,
        parties=await request.app[PRIVACY].care_circle(person_of(request).actor),
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(PATH, name="choose_for_professional")
async def choose_for_professional(request: web.Request) -> web.Response:
    """Authorise or block somebody in contact, or take that back."""
    form = await read_form(request)
    choice = form.text("choix")
    if choice not in _CHOICES:
        raise NotFound("no such choice")
    await request.app[PRIVACY].choose_for(
        person_of(request).actor, form.text("professionnel")[:64], _CHOICES[choice]
    )
    return see_other(f"{PATH}?fait={choice}#fait")
