"""« Vos refus »: everything that is refused to others, each taken back on one page (E38)."""

from collections.abc import Awaitable

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.patient_choices import EmergencyConsent, PartyStanding
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import Form, read_form
from webmail.identifiers import DocumentId
from webmail.privacy.port import PRIVACY, PrivacyService
from webmail.privacy.routes import CONSENTS, PATH

routes = web.RouteTableDef()
REFUSALS = f"{PATH}/refus"
_DONE = {
    "professionnel": "Ce professionnel n’est plus bloqué. Il peut vous écrire.",
    "document": "Ce document n’est plus caché.",
    "exception": "Ce document n’est plus caché à ce professionnel.",
    "urgence": "Vous acceptez maintenant ces accès en urgence.",
    "nouveaux": "Vos nouveaux documents ne seront plus cachés.",
    "soins": "Votre historique de soins n’est plus caché.",
}


@routes.get(REFUSALS, name="refusals")
async def refusals(request: web.Request) -> web.Response:
    """Show everything that is refused."""
    return page(
        request,
        "refusals.html",
        tab="parametres",
        pulse=await pulse_of(request),
        refused=await request.app[PRIVACY].refusals(person_of(request).actor),
        consents=CONSENTS,
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(REFUSALS, name="withdraw_refusal")
async def withdraw_refusal(request: web.Request) -> web.Response:
    """Take one refusal back."""
    form = await read_form(request)
    what, who = form.text("refus"), form.text("professionnel")[:64]
    await _withdrawn(request.app[PRIVACY], person_of(request).actor, what, who, form)
    return see_other(f"{REFUSALS}?fait={what}#fait")


def _withdrawn(privacy: PrivacyService, actor: Actor, what: str, who: str, form: Form) -> Awaitable[object]:
    document = DocumentId(form.text("document")[:40])
    match what:
        case "professionnel":
            return privacy.choose_for(actor, who, PartyStanding.NEUTRAL)
        case "document":
            return privacy.show_to_professionals(actor, document)
        case "exception":
            return privacy.except_for(actor, document, who, None)
        case "urgence":
            return privacy.accept_emergency(actor, _consent(form.text("urgence")))
        case "nouveaux":
            return privacy.show_what_comes(actor)
        case "soins":
            return privacy.show_care_history(actor)
    raise NotFound("no such refusal")


def _consent(name: str) -> EmergencyConsent:
    for consent in EmergencyConsent:
        if consent.value == name:
            return consent
    raise NotFound("no such consent")
