"""« J'active » and « Je m'oppose » on one screen, the refusal and its proof (F9, F12, E73)."""

from aiohttp import web

from gateway.domain.activation import ActivationFault
from gateway.domain.space import SpaceState
from webmail.activation.port import ACTIVATION
from webmail.activation.steps import begins_again, in_its_attempt, status_of, step_page, token_of, words_of
from webmail.context import see_other
from webmail.downloads import content_disposition
from webmail.forms import Form

routes = web.RouteTableDef()

_REFUSES = {SpaceState.CREATED, SpaceState.NOTIFIED, SpaceState.OPEN}
_REFUSED = {SpaceState.OPPOSED, SpaceState.CLOSED}


async def _choice_page(request: web.Request, fault: ActivationFault | None = None) -> web.Response:
    space = await request.app[ACTIVATION].look(token_of(request))
    if isinstance(space, ActivationFault):
        return begins_again()
    state = space.person.state
    return step_page(
        request,
        "activation_choice.html",
        refusal=words_of(fault),
        status=status_of(fault) if fault else 200,
        space=space,
        is_active=state is SpaceState.ACTIVE,
        may_refuse=state in _REFUSES,
        was_refused=state in _REFUSED,
        is_opposed=state is SpaceState.OPPOSED,
    )


@routes.get("/activation/choix", name="activation_choice")
async def show_choice(request: web.Request) -> web.Response:
    """Show both buttons, or what has been chosen before."""
    return await _choice_page(request)


@routes.post("/activation/choix", name="activation_choose")
@in_its_attempt
async def choose(_: web.Request, form: Form) -> web.Response:
    """Go the way that was chosen; nothing is decided yet."""
    return see_other({"opposer": "/activation/opposition"}.get(form.text("choix"), "/activation/conditions"))


@routes.get("/activation/opposition", name="activation_refusal")
async def show_refusal(request: web.Request) -> web.Response:
    """Ask once more; or say that it is done, with the proof."""
    space = await request.app[ACTIVATION].look(token_of(request))
    if isinstance(space, ActivationFault):
        return begins_again()
    if space.person.state in _REFUSED:
        return step_page(
            request, "activation_refused.html", space=space, is_opposed=space.person.state is SpaceState.OPPOSED
        )
    if space.person.state not in _REFUSES:
        return see_other("/activation/choix")
    return step_page(request, "activation_refusal.html", space=space, opens=space.person.state is SpaceState.OPEN)


@routes.post("/activation/opposition", name="activation_refuse")
@in_its_attempt
async def refuse(request: web.Request, _: Form) -> web.Response:
    """« Je m'oppose », confirmed."""
    fault = await request.app[ACTIVATION].oppose(token_of(request), request.remote or "")
    if fault is ActivationFault.OVER:
        return begins_again()
    return await _choice_page(request, fault) if fault else see_other("/activation/opposition")


@routes.get("/activation/preuve", name="activation_proof")
async def proof(request: web.Request) -> web.Response:
    """Give the proof as a file."""
    made = await request.app[ACTIVATION].proof(token_of(request))
    if isinstance(made, ActivationFault):
        return begins_again()
    name = content_disposition("attachment", "Preuve de refus de mon espace santé.pdf")
    return web.Response(body=made, content_type="application/pdf", headers={"Content-Disposition": name})
