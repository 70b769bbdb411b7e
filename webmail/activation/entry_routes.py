"""Card, code, and whose space it is; until the code is right, pages look the same whoever is there (F6-F8, E82)."""

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from gateway.domain.activation import ActivationFault, Identified
from gateway.domain.health_card import CardField, ShownCard, shown_card
from gateway.domain.notices import Channel
from webmail.activation.port import ACTIVATION
from webmail.activation.steps import begins_again, goes_on, in_its_attempt, status_of, step_page, token_of, words_of
from webmail.activation.wording import CARD, provider_words
from webmail.context import see_other
from webmail.forms import Form, read_form

routes = web.RouteTableDef()

_FIELDS = {CardField.NUMBER: "numero", CardField.BORN: "naissance", CardField.SERIAL: "serie"}
_NOTHING_WRONG: Mapping[str, str] = MappingProxyType({})
_CHANNELS = {"email": Channel.EMAIL, "sms": Channel.SMS}


@routes.get("/activation", name="activation")
async def show_entry(request: web.Request) -> web.Response:
    """Ask for what stands on the card."""
    provider = request.app[ACTIVATION].provider_name()
    over = words_of(ActivationFault.OVER) if "fin" in request.query else ""
    back = provider_words(request.query.get("retour", ""), provider) if provider else ""
    return _card_page(request, over or back, dict.fromkeys(_FIELDS.values(), ""))


def _card_page(
    request: web.Request,
    refusal: str,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] = _NOTHING_WRONG,
    status: int = 200,
) -> web.Response:
    provider = request.app[ACTIVATION].provider_name()
    return step_page(
        request,
        "activation_card.html",
        refusal=refusal,
        status=status,
        wrong=wrong,
        typed=typed,
        provider=provider,
    )


@routes.post("/activation", name="activation_card")
async def show_card(request: web.Request) -> web.Response:
    """Begin an attempt, whoever is there."""
    form = await read_form(request)
    typed = {name: form.text(name)[:60] for name in _FIELDS.values()}
    card = shown_card(*typed.values())
    if not isinstance(card, ShownCard):
        wrong = {_FIELDS[field]: CARD[field] for field in CardField if field in card}
        return _card_page(request, "", typed, wrong, 422)
    token = await request.app[ACTIVATION].show_card(card, request.remote or "")
    if isinstance(token, ActivationFault):
        return _card_page(request, words_of(token), typed, status=status_of(token))
    return goes_on("/activation/code", token)


async def _code_page(request: web.Request, fault: ActivationFault | None = None) -> web.Response:
    masks = await request.app[ACTIVATION].masked_contacts(token_of(request))
    if isinstance(masks, ActivationFault):
        return begins_again()
    sent = _CHANNELS.get(request.query.get("envoi", ""))
    went = "" if sent is None else masks.email if sent is Channel.EMAIL else masks.phone
    return step_page(
        request,
        "activation_code.html",
        refusal=words_of(fault),
        status=status_of(fault) if fault else 200,
        masks=masks,
        sent=(went or masks.email or masks.phone) if sent else "",
    )


@routes.get("/activation/code", name="activation_code")
async def show_code(request: web.Request) -> web.Response:
    """Ask for the code of the letter, and offer to send another."""
    return await _code_page(request)


@routes.post("/activation/code/envoi", name="activation_send_code")
@in_its_attempt
async def send_code(request: web.Request, form: Form) -> web.Response:
    """« Générer un code provisoire »."""
    channel = form.text("voie") if form.text("voie") in _CHANNELS else "email"
    answer = await request.app[ACTIVATION].send_code(token_of(request), _CHANNELS[channel], request.remote or "")
    if answer is ActivationFault.OVER:
        return begins_again()
    if isinstance(answer, ActivationFault):
        return await _code_page(request, answer)
    return see_other(f"/activation/code?envoi={channel}")


@routes.post("/activation/code", name="activation_identify")
@in_its_attempt
async def identify(request: web.Request, form: Form) -> web.Response:
    """Look at the code."""
    answer = await request.app[ACTIVATION].identify(token_of(request), form.text("code")[:60], request.remote or "")
    if isinstance(answer, Identified):
        path = "/activation/choix" if len(answer.persons) == 1 else "/activation/personne"
        return goes_on(path, answer.token)
    return begins_again() if answer is ActivationFault.OVER else await _code_page(request, answer)


@routes.get("/activation/personne", name="activation_persons")
async def show_persons(request: web.Request) -> web.Response:
    """Ask whose space, when the code opens several."""
    persons = await request.app[ACTIVATION].persons(token_of(request))
    return step_page(request, "activation_persons.html", persons=persons) if persons else begins_again()


@routes.post("/activation/personne", name="activation_person")
@in_its_attempt
async def choose_person(request: web.Request, form: Form) -> web.Response:
    """Go on with one person alone."""
    place = form.text("personne")
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 3 else -1
    token = await request.app[ACTIVATION].choose(token_of(request), number)
    return begins_again() if isinstance(token, ActivationFault) else goes_on("/activation/choix", token)
