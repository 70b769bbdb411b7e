"""« Sécurité »: sessions listed and ended, password and identifier changed (E27, F17, F18)."""

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.domain.errors import NotFound
from gateway.services.sign_in.own_sign_in import OwnSignInFault, OwnWays, SignInChange
from webmail import password_wording
from webmail.context import TOKEN, context_of, page, person_of, pulse_of, see_other
from webmail.device_words import device_words
from webmail.forms import read_form
from webmail.safety.passkey_routes import proof_for
from webmail.safety.port import SAFETY
from webmail.safety.wording import DONE, LAST_WAY_IN, PATH, REFUSED, words_of

routes = web.RouteTableDef()


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
        ways=await service.own_ways(actor, digest_of(request[TOKEN])),
        passkeys=await service.own_passkeys(actor),
        passkey_options=await service.ask_for_new_passkey(actor, request[TOKEN], context_of(request).settings.origin),
        browser=device_words(request.headers.get("User-Agent", "")),
        refused=REFUSED.get(request.query.get("refus", ""), ""),
        is_last_way_in=request.query.get("refus", "") == LAST_WAY_IN,
        done=DONE.get(request.query.get("fait", ""), ""),
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


@routes.get(f"{PATH}/mot-de-passe", name="change_password")
async def show_change_password(request: web.Request) -> web.Response:
    """Ask for the present password and the new one; for the new one only where there is none."""
    return await _change_page(request, "mot-de-passe", "change_password.html")


@routes.post(f"{PATH}/mot-de-passe", name="change_password")
async def change_password(request: web.Request) -> web.Response:
    """Change the password; every other session ends."""
    form = await read_form(request)
    wanted = form.fields.get("nouveau", "")
    if wanted != form.fields.get("encore", ""):
        return await _change_page(request, "mot-de-passe", "change_password.html", password_wording.DIFFERENT)
    fault = await request.app[SAFETY].change_own_password(
        person_of(request).actor,
        form.fields.get("mot_de_passe", "")[:1000],
        wanted,
        digest_of(request[TOKEN]),
        request.remote or "",
    )
    return await _changed(request, "mot-de-passe", "change_password.html", fault)


@routes.get(f"{PATH}/identifiant", name="change_identifier")
async def show_change_identifier(request: web.Request) -> web.Response:
    """Ask for the new identifier and the password."""
    return await _change_page(request, "identifiant", "change_identifier.html")


@routes.post(f"{PATH}/identifiant", name="change_identifier")
async def change_identifier(request: web.Request) -> web.Response:
    """Change the identifier; every other session ends."""
    form = await read_form(request)
    wanted = form.text("identifiant").strip()[:200]
    fault = await request.app[SAFETY].change_own_identifier(
        person_of(request).actor,
        form.fields.get("mot_de_passe", "")[:1000],
        wanted,
        digest_of(request[TOKEN]),
        request.remote or "",
    )
    return await _changed(request, "identifiant", "change_identifier.html", fault, wanted)


async def _changed(
    request: web.Request, what: str, template: str, fault: SignInChange, wanted: str = ""
) -> web.Response:
    if fault is OwnSignInFault.PROOF_TOO_OLD:
        return proof_for(what)
    if fault is not None:
        return await _change_page(request, what, template, words_of(fault), wanted)
    return see_other(f"{PATH}?fait={what}#fait")


async def _change_page(
    request: web.Request, what: str, template: str, refusal: str = "", wanted: str = ""
) -> web.Response:
    pulse = await pulse_of(request)
    service, actor = request.app[SAFETY], person_of(request).actor
    ways = await service.own_ways(actor, digest_of(request[TOKEN]))
    if _must_prove(ways):
        return proof_for(what)
    return page(
        request,
        template,
        tab="parametres",
        pulse=pulse,
        status=400 if refusal else 200,
        refusal=refusal,
        ways=ways,
        passkeys=len(await service.own_passkeys(actor)),
        wanted=wanted,
        hint=password_wording.HINT,
    )


def _must_prove(ways: OwnWays) -> bool:
    """Say whether somebody has no password to show, and has shown no passkey lately."""
    return not ways.has_password and not ways.is_proved
