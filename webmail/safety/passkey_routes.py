"""Passkeys under « Sécurité »: added, named, taken away; and showing once more who one is (E27).

Without scripts no passkey is made or used; those that there are can be named and taken away.
"""

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.domain.errors import NotFound
from gateway.services.sign_in.own_passkeys import PasskeyFault
from gateway.services.sign_in.own_sign_in import OwnSignInFault
from webmail.context import TOKEN, context_of, page, person_of, pulse_of, see_other
from webmail.forms import Form, read_form
from webmail.paths import PROOF_PATH, proof_path
from webmail.safety.port import SAFETY
from webmail.safety.wording import NOT_KNOWN, OWN, PATH

routes = web.RouteTableDef()
PROOF = PROOF_PATH
_THEN = {
    "cle": f"{PATH}?fait=confirme#cles",
    "mot-de-passe": f"{PATH}/mot-de-passe",
    "identifiant": f"{PATH}/identifiant",
    "coordonnees": f"{PATH}/coordonnees",
    "donnees": "/mes-donnees",
}
"""Where it is asked for, by its name in the address."""


def proof_for(what: str) -> web.Response:
    """Send the browser to show once more who one is, and then on."""
    return see_other(proof_path(what))


# ---------------------------------------------------------------- passkeys


@routes.post(f"{PATH}/cles", name="add_passkey")
async def add_passkey(request: web.Request) -> web.Response:
    """Keep a passkey that the device has made."""
    form = await read_form(request)
    fault = await request.app[SAFETY].add_passkey(
        person_of(request).actor,
        form.fields.get("reponse", ""),
        request[TOKEN],
        context_of(request).settings.origin,
        form.text("nom"),
    )
    if fault is PasskeyFault.PROOF_TOO_OLD:
        return proof_for("cle")
    return see_other(f"{PATH}?refus=cle#refus" if fault else f"{PATH}?fait=cle#fait")


@routes.post(f"{PATH}/cles/nom", name="rename_passkey")
async def rename_passkey(request: web.Request) -> web.Response:
    """Call a passkey otherwise."""
    form = await read_form(request)
    fault = await request.app[SAFETY].rename_passkey(
        person_of(request).actor, form.text("cle"), form.text("nom")[:200]
    )
    if fault is not None:
        raise NotFound("no such passkey")
    return see_other(f"{PATH}?fait=cle-nommee#fait")


@routes.post(f"{PATH}/cles/retirer", name="remove_passkey")
async def remove_passkey(request: web.Request) -> web.Response:
    """Take a passkey away, or all of them."""
    form = await read_form(request)
    service, actor, name = request.app[SAFETY], person_of(request).actor, form.text("cle")
    fault = await (service.remove_passkeys(actor) if name == "toutes" else service.remove_passkey(actor, name))
    if fault is PasskeyFault.LAST_WAY_IN:
        return see_other(f"{PATH}?refus=derniere#refus")
    if fault is not None:
        raise NotFound("no such passkey")
    return see_other(f"{PATH}?fait={'cles-retirees' if name == 'toutes' else 'cle-retiree'}#fait")


# ---------------------------------------------------------------- who one is, once more


@routes.get(PROOF, name="prove")
async def show_proof(request: web.Request) -> web.Response:
    """Ask for the password or a passkey once more."""
    return await _proof_page(request, request.query.get("pour", ""))


@routes.post(PROOF, name="prove")
async def prove(request: web.Request) -> web.Response:
    """Go on when the password is right."""
    form = await read_form(request)
    fault = await request.app[SAFETY].prove_by_password(
        person_of(request).actor,
        form.fields.get("mot_de_passe", "")[:1000],
        digest_of(request[TOKEN]),
        request.remote or "",
    )
    return await _proof_page(request, form.text("pour"), OWN[fault]) if fault else _goes_on(form)


@routes.post(f"{PROOF}/cle", name="prove_by_passkey")
async def prove_by_passkey(request: web.Request) -> web.Response:
    """Go on when the passkey is one's own."""
    form = await read_form(request)
    fault = await request.app[SAFETY].prove_by_passkey(
        person_of(request).actor,
        form.fields.get("reponse", ""),
        request[TOKEN],
        context_of(request).settings.origin,
        request.remote or "",
    )
    if fault is None:
        return _goes_on(form)
    busy = fault is PasskeyFault.TOO_MANY_ATTEMPTS
    return await _proof_page(request, form.text("pour"), OWN[OwnSignInFault.TOO_MANY_ATTEMPTS] if busy else NOT_KNOWN)


def _goes_on(form: Form) -> web.Response:
    return see_other(_THEN.get(form.text("pour"), PATH))


async def _proof_page(request: web.Request, what: str, refusal: str = "") -> web.Response:
    pulse = await pulse_of(request)
    service, actor = request.app[SAFETY], person_of(request).actor
    return page(
        request,
        "proof.html",
        tab="parametres",
        pulse=pulse,
        status=400 if refusal else 200,
        refusal=refusal,
        what=what if what in _THEN else "",
        ways=await service.own_ways(actor, digest_of(request[TOKEN])),
        passkeys=await service.own_passkeys(actor),
        passkey_options=service.ask_for_proof(request[TOKEN], context_of(request).settings.origin),
    )
