"""« J'active »: terms, contact, identifier and password or passkey, the last code, and one is signed in (F13-F19)."""

from aiohttp import web

from gateway.domain.activation import ActivationFault, ActivationStep, SpaceToActivate
from gateway.domain.notices import Channel
from gateway.domain.space import SpaceState
from webmail import wording
from webmail.activation.model import ChoiceRefused
from webmail.activation.port import ACTIVATION
from webmail.activation.steps import COOKIE, begins_again, in_its_attempt, status_of, step_page, token_of, words_of
from webmail.activation.wording import CHOICE, DIGITS_WRONG
from webmail.context import context_of, page, see_other
from webmail.device_words import device_words
from webmail.forms import Form
from webmail.sessions import drop_cookie
from webmail.sign_in.routes import signed_in

routes = web.RouteTableDef()

_CHANNELS = {"email": Channel.EMAIL, "sms": Channel.SMS}
_PATHS = {
    ActivationStep.TERMS: "/activation/conditions",
    ActivationStep.CONTACT: "/activation/coordonnees",
    ActivationStep.IDENTIFIER: "/activation/identifiant",
    ActivationStep.LAST_CODE: "/activation/dernier-code",
}
_ORDER = tuple(_PATHS)
_STEP_OF = {ActivationFault.TERMS: ActivationStep.TERMS, ActivationFault.NO_CONTACT: ActivationStep.CONTACT}


async def _space_at(request: web.Request, step: ActivationStep) -> SpaceToActivate | web.Response:
    """Give the space when this step may be taken; else where to go."""
    space = await request.app[ACTIVATION].look(token_of(request))
    if isinstance(space, ActivationFault):
        return begins_again()
    if space.person.state is SpaceState.ACTIVE:
        return see_other("/activation/choix")
    if _ORDER.index(space.next) < _ORDER.index(step):
        return see_other(_PATHS[space.next])
    return space


def _elsewhere(fault: ActivationFault) -> web.Response | None:
    """Give where a refusal leads, when it cannot be told on the same page."""
    if fault is ActivationFault.OVER:
        return begins_again()
    if fault is ActivationFault.NOT_NOW:
        return see_other("/activation/choix")
    return see_other(_PATHS[_STEP_OF[fault]]) if fault in _STEP_OF else None


# ---------------------------------------------------------------- terms


async def _terms_page(request: web.Request, fault: ActivationFault | None = None) -> web.Response:
    space = await _space_at(request, ActivationStep.TERMS)
    if isinstance(space, web.Response):
        return space
    return step_page(
        request,
        "activation_terms.html",
        refusal=words_of(fault),
        status=status_of(fault) if fault else 200,
        space=space,
        version=request.app[ACTIVATION].current_terms().name,
    )


@routes.get("/activation/conditions", name="activation_terms")
async def show_terms(request: web.Request) -> web.Response:
    """Ask to accept the terms."""
    return await _terms_page(request)


@routes.post("/activation/conditions", name="activation_accept")
@in_its_attempt
async def accept_terms(request: web.Request, form: Form) -> web.Response:
    """Note that they were accepted."""
    version = form.text("version") if form.text("accepte") else ""
    fault = await request.app[ACTIVATION].accept_terms(token_of(request), version)
    if fault is None:
        return see_other(_PATHS[ActivationStep.CONTACT])
    if fault is ActivationFault.TERMS:
        return await _terms_page(request, fault)
    return _elsewhere(fault) or await _terms_page(request, fault)


# ---------------------------------------------------------------- contact


async def _contact_page(request: web.Request, fault: ActivationFault | None = None) -> web.Response:
    space = await _space_at(request, ActivationStep.CONTACT)
    if isinstance(space, web.Response):
        return space
    return step_page(
        request,
        "activation_contact.html",
        refusal=words_of(fault),
        status=status_of(fault) if fault else 200,
        space=space,
    )


@routes.get("/activation/coordonnees", name="activation_contact")
async def show_contact(request: web.Request) -> web.Response:
    """Show where codes and notices go, to check and change."""
    return await _contact_page(request)


@routes.post("/activation/coordonnees", name="activation_contact_kept")
@in_its_attempt
async def keep_contact(request: web.Request, _: Form) -> web.Response:
    """Go on with what is shown."""
    space = await _space_at(request, ActivationStep.CONTACT)
    if isinstance(space, web.Response):
        return space
    has_contact = bool(space.email or space.phone)
    return see_other(_PATHS[ActivationStep.IDENTIFIER]) if has_contact else await _contact_page(
        request, ActivationFault.NO_CONTACT
    )


@routes.post("/activation/coordonnees/changement", name="activation_contact_change")
@in_its_attempt
async def change_contact(request: web.Request, form: Form) -> web.Response:
    """Send a code to a new contact, and ask for it."""
    way = form.text("voie") if form.text("voie") in _CHANNELS else "email"
    contact = await request.app[ACTIVATION].send_contact_code(
        token_of(request), _CHANNELS[way], form.text("contact")[:300]
    )
    if isinstance(contact, ActivationFault):
        return _elsewhere(contact) or await _contact_page(request, contact)
    return step_page(request, "activation_contact_code.html", way=way, contact=contact, minutes=_minutes(request))


@routes.post("/activation/coordonnees/confirmation", name="activation_contact_confirm")
@in_its_attempt
async def confirm_contact(request: web.Request, form: Form) -> web.Response:
    """Take the new contact when its code is right."""
    way = form.text("voie") if form.text("voie") in _CHANNELS else "email"
    contact = form.text("contact")[:300]
    fault = await request.app[ACTIVATION].confirm_contact(
        token_of(request), _CHANNELS[way], contact, form.text("code")[:40]
    )
    if fault is None:
        return see_other(_PATHS[ActivationStep.CONTACT])
    if fault is ActivationFault.WRONG_CODE:
        return step_page(
            request,
            "activation_contact_code.html",
            refusal=DIGITS_WRONG,
            status=422,
            way=way,
            contact=contact,
            minutes=_minutes(request),
        )
    return _elsewhere(fault) or await _contact_page(request, fault)


def _minutes(request: web.Request) -> str:
    return wording.count(int(context_of(request).settings.code_lifetime.total_seconds() // 60), "minute")


# ---------------------------------------------------------------- identifier and password


async def _identifier_page(
    request: web.Request, refused: ChoiceRefused | None = None, fault: ActivationFault | None = None, typed: str = ""
) -> web.Response:
    space = await _space_at(request, ActivationStep.IDENTIFIER)
    if isinstance(space, web.Response):
        return space
    return step_page(
        request,
        "activation_identifier.html",
        refusal=CHOICE[refused.reason] if refused else words_of(fault),
        status=422 if refused else status_of(fault) if fault else 200,
        wrong=refused.field if refused else "",
        space=space,
        typed=typed,
        proposed=await request.app[ACTIVATION].proposed_identifiers(token_of(request)),
    )


@routes.get("/activation/identifiant", name="activation_identifier")
async def show_identifier(request: web.Request) -> web.Response:
    """Ask for identifier and password."""
    return await _identifier_page(request)


@routes.post("/activation/identifiant", name="activation_take_identifier")
@in_its_attempt
async def take_identifier(request: web.Request, form: Form) -> web.Response:
    """Take them, and have the last code sent."""
    typed, password = form.text("identifiant")[:80], form.fields.get("mot_de_passe", "")[:2000]
    if password != form.fields.get("encore", password):
        return await _identifier_page(request, ChoiceRefused("encore", "different"), typed=typed)
    answer = await request.app[ACTIVATION].choose_identifier(token_of(request), typed, password)
    if isinstance(answer, ChoiceRefused):
        return await _identifier_page(request, answer, typed=typed)
    if isinstance(answer, ActivationFault):
        return _elsewhere(answer) or await _identifier_page(request, fault=answer, typed=typed)
    return see_other(_PATHS[ActivationStep.LAST_CODE])


@routes.post("/activation/cle", name="activation_passkey")
@in_its_attempt
async def show_passkey(request: web.Request, form: Form) -> web.Response:
    """Ask the device for a passkey, under an identifier that may be had; nothing is kept yet."""
    return await _passkey_page(request, form.text("identifiant")[:80])


async def _passkey_page(
    request: web.Request, identifier: str, fault: ActivationFault | None = None
) -> web.Response:
    asked = await request.app[ACTIVATION].ask_for_first_passkey(
        token_of(request), identifier, context_of(request).settings.origin
    )
    if isinstance(asked, ChoiceRefused):
        return await _identifier_page(request, asked, typed=identifier)
    if isinstance(asked, ActivationFault):
        return _elsewhere(asked) or await _identifier_page(request, fault=asked, typed=identifier)
    return step_page(
        request,
        "activation_passkey.html",
        refusal=words_of(fault),
        status=status_of(fault) if fault else 200,
        identifier=identifier,
        passkey_options=asked,
        browser=device_words(request.headers.get("User-Agent", "")),
    )


@routes.post("/activation/cle/ajout", name="activation_take_passkey")
@in_its_attempt
async def take_passkey(request: web.Request, form: Form) -> web.Response:
    """Take identifier and passkey, and have the last code sent."""
    identifier, answer = form.text("identifiant")[:80], form.fields.get("reponse", "")
    taken = await request.app[ACTIVATION].choose_passkey(
        token_of(request), identifier, answer, context_of(request).settings.origin, form.text("nom")[:200]
    )
    if isinstance(taken, ChoiceRefused):
        return await _identifier_page(request, taken, typed=identifier)
    if isinstance(taken, ActivationFault):
        return _elsewhere(taken) or await _passkey_page(request, identifier, taken)
    return see_other(_PATHS[ActivationStep.LAST_CODE])


# ---------------------------------------------------------------- last code


async def _last_page(
    request: web.Request, refusal: str = "", status: int = 200, *, helped: bool = False
) -> web.Response:
    space = await _space_at(request, ActivationStep.LAST_CODE)
    if isinstance(space, web.Response):
        return space
    more = {"space": space, "minutes": _minutes(request), "helped": helped}
    return step_page(request, "activation_last_code.html", refusal=refusal, status=status, **more)


@routes.get("/activation/dernier-code", name="activation_last_code")
async def show_last_code(request: web.Request) -> web.Response:
    """Ask for the code that ends the activation."""
    return await _last_page(request)


@routes.post("/activation/dernier-code/envoi", name="activation_last_code_again")
@in_its_attempt
async def send_last_code(request: web.Request, _: Form) -> web.Response:
    """Send another one."""
    answer = await request.app[ACTIVATION].send_last_code(token_of(request))
    if isinstance(answer, ActivationFault):
        return _elsewhere(answer) or await _last_page(request, words_of(answer), status_of(answer))
    return see_other(_PATHS[ActivationStep.LAST_CODE])


@routes.post("/activation/dernier-code", name="activation_finish")
@in_its_attempt
async def finish(request: web.Request, form: Form) -> web.Response:
    """Activate the space, and sign in under a new token; where somebody helps, nobody is signed in (F23)."""
    helped, code = form.text("aide") == "1", form.text("code")[:40]
    answer = await request.app[ACTIVATION].finish(token_of(request), code, request.remote or "", helped=helped)
    if isinstance(answer, ActivationFault):
        words = DIGITS_WRONG if answer is ActivationFault.WRONG_CODE else words_of(answer)
        return _elsewhere(answer) or await _last_page(request, words, status_of(answer), helped=helped)
    response = see_other("/activation/fin") if helped else await signed_in(request, answer)
    drop_cookie(response, COOKIE)
    return response


@routes.get("/activation/fin", name="activation_helped")
async def show_end(request: web.Request) -> web.Response:
    """Say that a space is active, and that nobody has come in with it; the same words for everybody."""
    return page(request, "activation_helped.html")
