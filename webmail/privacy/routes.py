"""« Confidentialité »: the professionals in contact, authorised or blocked (F76 to F79)."""

from aiohttp import web

from gateway.domain.errors import Conflict, NotFound
from gateway.domain.patient_choices import EmergencyConsent, PartyStanding
from gateway.policy.access.facts import PersonChoice
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.identifiers import DocumentId
from webmail.paths import ID
from webmail.privacy.port import PRIVACY

routes = web.RouteTableDef()
PATH = "/parametres/confidentialite"
_CHOICES = {
    "autoriser": PartyStanding.ALLOWED,
    "bloquer": PartyStanding.BLOCKED,
    "retirer": PartyStanding.NEUTRAL,
}
_PROFILE = ("confier", "reprendre")
_DONE = {
    "autoriser": "Ce professionnel peut maintenant ouvrir votre dossier.",
    "bloquer": "Ce professionnel est bloqué, dès maintenant. Il ne voit plus rien et ne peut plus vous écrire.",
    "confier": "Ce professionnel tient maintenant votre profil médical. Chaque fiche dit qui l’a écrite.",
    "reprendre": "Ce professionnel ne tient plus votre profil médical. Il peut encore le lire.",
    "urgences": "Vos choix pour les urgences sont enregistrés.",
    "retirer": "Votre choix est retiré. Ce professionnel n’ouvre plus votre dossier, mais il peut vous écrire.",
}
CONSENTS = (
    (
        EmergencyConsent.SERVICES,
        "Le Samu et les services d’urgence",
        "Ils lisent votre dossier si vous ne pouvez pas répondre.",
    ),
    (
        EmergencyConsent.BREAK_GLASS,
        "Un autre professionnel, en cas d’urgence",
        "Il écrit pourquoi, et son accès dure peu de temps.",
    ),
    (
        EmergencyConsent.HIDDEN_TOO,
        "Montrer aussi mes documents cachés",
        "Seulement à ceux qui ouvrent votre dossier en urgence.",
    ),
)
"""The consents for emergencies as the page says them, in its order."""


@routes.get(PATH, name="privacy")
async def privacy(request: web.Request) -> web.Response:
    """Show who is in contact, and what was chosen for each."""
    pulse, actor = await pulse_of(request), person_of(request).actor
    return page(
        request,
        "privacy.html",
        tab="parametres",
        pulse=pulse,
        parties=await request.app[PRIVACY].care_circle(actor),
        emergency=await request.app[PRIVACY].emergency_consents(actor),
        consents=CONSENTS,
        rights=await request.app[PRIVACY].profession_rights(actor),
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(PATH, name="choose_for_professional")
async def choose_for_professional(request: web.Request) -> web.Response:
    """Authorise or block somebody in contact, or take that back."""
    form = await read_form(request)
    choice, who, actor = form.text("choix"), form.text("professionnel")[:64], person_of(request).actor
    if choice in _PROFILE:
        await request.app[PRIVACY].entrust_profile(actor, who, with_profile=choice == "confier")
    elif choice in _CHOICES:
        await request.app[PRIVACY].choose_for(actor, who, _CHOICES[choice])
    else:
        raise NotFound("no such choice")
    return see_other(f"{PATH}?fait={choice}#fait")


@routes.post(f"{PATH}/urgences", name="consent_in_emergencies")
async def consent_in_emergencies(request: web.Request) -> web.Response:
    """Keep the three consents for emergencies (A5)."""
    form = await read_form(request)
    given = frozenset(consent for consent, _, _ in CONSENTS if form.text(consent.value))
    await request.app[PRIVACY].consent_in_emergencies(person_of(request).actor, given)
    return see_other(f"{PATH}?fait=urgences#fait")


@routes.get(f"{PATH}/urgences", name="back_from_emergencies")
async def back_from_emergencies(_: web.Request) -> web.Response:
    """Lead to the page: a refused form leaves its address in the browser, which may ask for it."""
    return see_other(PATH)


@routes.get(f"{PATH}/apercu", name="privacy_preview")
async def privacy_preview(request: web.Request) -> web.Response:
    """« Que verrait le Dr X ? »: what one professional sees, or would see once authorised (A2)."""
    pulse = await pulse_of(request)
    found = await request.app[PRIVACY].privacy_preview(
        person_of(request).actor, request.query.get("professionnel", "")[:64]
    )
    parts = {one.value for one in found.parts}
    return page(request, "privacy_preview.html", tab="parametres", pulse=pulse, preview=found, parts=parts)


_TOO_MANY = "Vous avez déjà choisi pour beaucoup de documents. Retirez d’abord un choix."
_WHO = f"/documents/{{document:{ID}}}/qui-voit"


@routes.get(_WHO, name="document_readers")
async def document_readers(request: web.Request) -> web.Response:
    """Say who would be shown a document, with what shows it to one or hides it from one (F55)."""
    return await _readers_page(request)


@routes.post(_WHO, name="except_document")
async def except_document(request: web.Request) -> web.Response:
    """Show a document to one professional, hide it from one, or take that back."""
    form = await read_form(request)
    choices = {"montrer": PersonChoice.SHOWN, "cacher": PersonChoice.HIDDEN, "retirer": None}
    choice, document = form.text("choix"), DocumentId(request.match_info["document"])
    if choice not in choices:
        raise NotFound("no such choice")
    try:
        await request.app[PRIVACY].except_for(
            person_of(request).actor, document, form.text("professionnel")[:64], choices[choice]
        )
    except Conflict:
        return await _readers_page(request, _TOO_MANY)
    return see_other(f"/documents/{document}/qui-voit?fait={choice}#fait")


async def _readers_page(request: web.Request, refusal: str = "") -> web.Response:
    pulse, asked = await pulse_of(request), request.match_info["document"]
    document, readers = await request.app[PRIVACY].readers_of(person_of(request).actor, DocumentId(asked))
    done = {
        "montrer": "Ce professionnel verra ce document, s’il peut ouvrir votre dossier.",
        "cacher": "Ce document est caché à ce professionnel, dès maintenant.",
        "retirer": "Votre choix pour ce professionnel est retiré.",
    }
    return page(
        request,
        "document_readers.html",
        tab="documents",
        pulse=pulse,
        status=409 if refusal else 200,
        document=document,
        reference=asked,
        readers=readers,
        refusal=refusal,
        done=done.get(request.query.get("fait", ""), ""),
    )
