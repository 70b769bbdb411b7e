"""« Sécurité »: sessions listed and ended, password and identifier changed (E27, F17, F18)."""

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.domain.errors import NotFound
from gateway.domain.patient_identifier import IdentifierFault
from gateway.services.sign_in.own_sign_in import OwnSignInFault, SignInChange
from gateway.services.sign_in.password_rules import PasswordFault
from webmail import password_wording
from webmail.context import TOKEN, context_of, page, person_of, pulse_of, see_other
from webmail.device_words import device_words
from webmail.forms import read_form
from webmail.safety.port import SAFETY

routes = web.RouteTableDef()
PATH = "/parametres/securite"
_DONE = {
    "session": "Cet appareil est déconnecté.",
    "cle": "Votre clé d’accès est ajoutée. Vous pouvez vous connecter avec elle seule.",
    "cle-retiree": "Cette clé d’accès n’ouvre plus votre espace.",
    "autres": "Tous les autres appareils sont déconnectés.",
    "mot-de-passe": "Votre mot de passe est changé. Les autres appareils sont déconnectés.",
    "identifiant": "Votre identifiant est changé. Les autres appareils sont déconnectés.",
}
_NOT_ADDED = "Cette clé d’accès n’a pas pu être ajoutée. Recommencez."
_OWN = {
    OwnSignInFault.WRONG_PASSWORD: "Votre mot de passe actuel n’est pas le bon. Rien n’a changé.",
    OwnSignInFault.TOO_MANY_ATTEMPTS: "Trop d’essais en peu de temps. Attendez une demi-minute, puis recommencez.",
}
_IDENTIFIER = {
    IdentifierFault.FORM: "Un identifiant a 4 à 40 signes\u00a0: lettres sans accent, chiffres, points ou tirets.",
    IdentifierFault.NUMBER: "Un identifiant ne doit pas contenir votre numéro. Choisissez-en un autre.",
    IdentifierFault.TAKEN: "Cet identifiant est déjà pris. Choisissez-en un autre.",
}


@routes.get(PATH, name="safety")
async def safety(request: web.Request) -> web.Response:
    """Show where one is signed in, and what may be changed."""
    pulse = await pulse_of(request)
    service, actor = request.app[SAFETY], person_of(request).actor
    return page(
        request,
        "safety.html",
        tab="parametres",
        pulse=pulse,
        sessions=await service.open_sessions(actor, digest_of(request[TOKEN])),
        identifier=await service.own_identifier(actor),
        passkeys=await service.own_passkeys(actor),
        passkey_options=await service.ask_for_new_passkey(actor, request[TOKEN], context_of(request).settings.origin),
        browser=device_words(request.headers.get("User-Agent", "")),
        refused=_NOT_ADDED if "refus" in request.query else "",
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(f"{PATH}/sessions", name="end_sessions")
async def end_sessions(request: web.Request) -> web.Response:
    """End one session, or all the others."""
    form = await read_form(request)
    service, actor, name = request.app[SAFETY], person_of(request).actor, form.text("session")
    if name == "autres":
        await service.end_other_sessions(actor, digest_of(request[TOKEN]))
        return see_other(f"{PATH}?fait=autres#fait")
    if not await service.end_session(actor, name):
        raise NotFound("no such session")
    return see_other(f"{PATH}?fait=session#fait")


@routes.post(f"{PATH}/cles", name="add_passkey")
async def add_passkey(request: web.Request) -> web.Response:
    """Keep a passkey that the device has made."""
    form = await read_form(request)
    added = await request.app[SAFETY].add_passkey(
        person_of(request).actor,
        form.fields.get("reponse", ""),
        request[TOKEN],
        context_of(request).settings.origin,
        form.text("nom"),
    )
    return see_other(f"{PATH}?fait=cle#fait" if added else f"{PATH}?refus=cle#refus")


@routes.post(f"{PATH}/cles/retirer", name="remove_passkey")
async def remove_passkey(request: web.Request) -> web.Response:
    """Take a passkey away."""
    form = await read_form(request)
    if not await request.app[SAFETY].remove_passkey(person_of(request).actor, form.text("cle")):
        raise NotFound("no such passkey")
    return see_other(f"{PATH}?fait=cle-retiree#fait")


@routes.get(f"{PATH}/mot-de-passe", name="change_password")
async def show_change_password(request: web.Request) -> web.Response:
    """Ask for the present password and the new one."""
    return await _change_page(request, "change_password.html", hint=password_wording.HINT)


@routes.post(f"{PATH}/mot-de-passe", name="change_password")
async def change_password(request: web.Request) -> web.Response:
    """Change the password; every other session ends."""
    form = await read_form(request)
    wanted = form.fields.get("nouveau", "")
    refusal = password_wording.DIFFERENT
    if wanted == form.fields.get("encore", ""):
        refusal = _said(
            await request.app[SAFETY].change_own_password(
                person_of(request).actor,
                form.fields.get("mot_de_passe", "")[:1000],
                wanted,
                digest_of(request[TOKEN]),
                request.remote or "",
            )
        )
    if refusal:
        return await _change_page(request, "change_password.html", refusal, hint=password_wording.HINT)
    return see_other(f"{PATH}?fait=mot-de-passe#fait")


@routes.get(f"{PATH}/identifiant", name="change_identifier")
async def show_change_identifier(request: web.Request) -> web.Response:
    """Ask for the new identifier and the password."""
    return await _change_page(request, "change_identifier.html")


@routes.post(f"{PATH}/identifiant", name="change_identifier")
async def change_identifier(request: web.Request) -> web.Response:
    """Change the identifier; every other session ends."""
    form = await read_form(request)
    wanted = form.text("identifiant").strip()[:200]
    refusal = _said(
        await request.app[SAFETY].change_own_identifier(
            person_of(request).actor,
            form.fields.get("mot_de_passe", "")[:1000],
            wanted,
            digest_of(request[TOKEN]),
            request.remote or "",
        )
    )
    if refusal:
        return await _change_page(request, "change_identifier.html", refusal, wanted=wanted)
    return see_other(f"{PATH}?fait=identifiant#fait")


async def _change_page(
    request: web.Request, template: str, refusal: str = "", wanted: str = "", hint: str = ""
) -> web.Response:
    pulse = await pulse_of(request)
    identifier = await request.app[SAFETY].own_identifier(person_of(request).actor)
    return page(
        request,
        template,
        tab="parametres",
        pulse=pulse,
        status=400 if refusal else 200,
        refusal=refusal,
        identifier=identifier,
        wanted=wanted,
        hint=hint,
    )


def _said(fault: SignInChange) -> str:
    if isinstance(fault, PasswordFault):
        return password_wording.FAULTS[fault]
    if isinstance(fault, IdentifierFault):
        return _IDENTIFIER[fault]
    return _OWN[fault] if fault else ""
