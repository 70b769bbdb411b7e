"""« Mes coordonnées »: the addresses to which codes and notices go, changed one by one (F14, E30)."""

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.domain.notices import Channel
from gateway.services.space.own_contacts import ContactFault
from webmail import wording
from webmail.context import TOKEN, context_of, page, person_of, pulse_of, see_other
from webmail.forms import Form, read_form
from webmail.own_contacts.port import OWN_CONTACTS

routes = web.RouteTableDef()

PATH = "/parametres/securite/coordonnees"
_PROOF = "/parametres/securite/confirmation?pour=coordonnees"
_WAYS = {"email": Channel.EMAIL, "sms": Channel.SMS}
_DONE = {
    "email": "Votre adresse électronique est enregistrée.",
    "sms": "Votre téléphone mobile est enregistré.",
    "retrait-email": "Votre adresse électronique est retirée.",
    "retrait-sms": "Votre téléphone mobile est retiré.",
}
_FAULTS = {
    ContactFault.CONTACT: "Cette adresse ou ce numéro n’est pas complet. Vérifiez-le, puis recommencez.",
    ContactFault.SAME: "C’est déjà ce que nous avons. Rien n’a changé.",
    ContactFault.TOO_SOON: "Un code vient de partir. Attendez trente secondes avant d’en demander un autre.",
    ContactFault.TOO_MANY_CODES: "Vous avez demandé trop de codes aujourd’hui. Recommencez demain.",
    ContactFault.WRONG_CODE: "Ce code n’est pas le bon. Vérifiez-le, puis saisissez-le de nouveau.",
    ContactFault.CODE_OVER: "Ce code n’est plus valable. Demandez-en un autre.",
    ContactFault.LAST_CONTACT: (
        "Vos codes de connexion n’arrivent que là. Ajoutez d’abord une autre adresse ou un autre numéro."
    ),
}


@routes.get(PATH, name="own_contacts")
async def own_contacts(request: web.Request) -> web.Response:
    """Show where one is told."""
    return await _list_page(request)


@routes.get(f"{PATH}/changer", name="change_own_contact")
async def show_change(request: web.Request) -> web.Response:
    """Ask for a new contact; first for who one is, when that was shown too long ago."""
    return await _change_page(request, request.query.get("voie", ""))


@routes.post(f"{PATH}/changer", name="change_own_contact")
async def change(request: web.Request) -> web.Response:
    """Send a code to the new contact, and ask for it."""
    form = await read_form(request)
    way, typed = _way(form.text("voie")), form.text("contact")[:300]
    answer = await request.app[OWN_CONTACTS].send_own_contact_code(
        person_of(request).actor, _WAYS[way], typed, digest_of(request[TOKEN])
    )
    if isinstance(answer, str):
        return await _code_page(request, way, answer)
    return await _change_page(request, way, answer, typed)


@routes.post(f"{PATH}/valider", name="confirm_own_contact")
async def confirm(request: web.Request) -> web.Response:
    """Take the new contact when its code is right."""
    form = await read_form(request)
    way, contact = _way(form.text("voie")), form.text("contact")[:300]
    fault = await request.app[OWN_CONTACTS].confirm_own_contact(
        person_of(request).actor, _WAYS[way], contact, form.text("code")[:40], digest_of(request[TOKEN])
    )
    if fault is ContactFault.WRONG_CODE:
        return await _code_page(request, way, contact, fault)
    return await _change_page(request, way, fault, contact) if fault else see_other(f"{PATH}?fait={way}#fait")


@routes.post(f"{PATH}/retirer", name="remove_own_contact")
async def remove(request: web.Request) -> web.Response:
    """Take a contact away, unless it is the last."""
    form: Form = await read_form(request)
    way = _way(form.text("voie"))
    fault = await request.app[OWN_CONTACTS].remove_own_contact(
        person_of(request).actor, _WAYS[way], digest_of(request[TOKEN])
    )
    if fault is ContactFault.PROOF_TOO_OLD:
        return see_other(_PROOF)
    return await _list_page(request, fault) if fault else see_other(f"{PATH}?fait=retrait-{way}#fait")


def _way(asked: str) -> str:
    return asked if asked in _WAYS else "email"


def _status(fault: ContactFault | None) -> int:
    if fault is None:
        return 200
    return 429 if fault in {ContactFault.TOO_SOON, ContactFault.TOO_MANY_CODES} else 422


async def _list_page(request: web.Request, fault: ContactFault | None = None) -> web.Response:
    pulse = await pulse_of(request)
    return page(
        request,
        "own_contacts.html",
        tab="parametres",
        pulse=pulse,
        status=_status(fault),
        own_path=PATH,
        contacts=await request.app[OWN_CONTACTS].own_contacts(person_of(request).actor, digest_of(request[TOKEN])),
        refusal=_FAULTS[fault] if fault else "",
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


async def _change_page(
    request: web.Request, asked: str, fault: ContactFault | None = None, typed: str = ""
) -> web.Response:
    pulse = await pulse_of(request)
    contacts = await request.app[OWN_CONTACTS].own_contacts(person_of(request).actor, digest_of(request[TOKEN]))
    if not contacts.may_change or fault is ContactFault.PROOF_TOO_OLD:
        return see_other(_PROOF)
    way = _way(asked)
    return page(
        request,
        "own_contact_change.html",
        tab="parametres",
        pulse=pulse,
        status=_status(fault),
        own_path=f"{PATH}/changer?voie={way}",
        way=way,
        present=contacts.email if way == "email" else contacts.phone,
        typed=typed,
        refusal=_FAULTS[fault] if fault else "",
    )


async def _code_page(
    request: web.Request, way: str, contact: str, fault: ContactFault | None = None
) -> web.Response:
    pulse = await pulse_of(request)
    lifetime = context_of(request).settings.code_lifetime
    return page(
        request,
        "own_contact_code.html",
        tab="parametres",
        pulse=pulse,
        status=_status(fault),
        own_path=f"{PATH}/changer?voie={way}",
        way=way,
        contact=contact,
        minutes=wording.count(int(lifetime.total_seconds() // 60), "minute"),
        refusal=_FAULTS[fault] if fault else "",
    )
