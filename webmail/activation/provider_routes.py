"""« S'identifier avec FranceConnect »: the way to an OpenID provider and back, instead of number and card (E28).

Cookies of this site do not come along when another site sends a browser here. So what a browser keeps meanwhile is in a
cookie of its own, good for that alone, and the return ends on a page from which the browser goes on by itself.
"""

from aiohttp import web

from gateway.domain.openid import ProviderReturn
from gateway.services.space.provider_entry import LIFETIME, ProviderOutcome
from webmail.activation.port import ACTIVATION
from webmail.activation.steps import COOKIE
from webmail.context import context_of, page, see_other
from webmail.sessions import drop_cookie, set_cookie, set_returning_cookie

routes = web.RouteTableDef()

PROVIDER_COOKIE = "__Host-pli-fournisseur"
_CODE, _CARD = "/activation/code", "/activation?retour=saisie"
_NEXT = {
    ProviderOutcome.FOUND: _CODE,
    ProviderOutcome.CARD: _CARD,
    ProviderOutcome.OVER: "/activation?fin=1",
    ProviderOutcome.BUSY: "/activation?retour=attente",
    ProviderOutcome.SILENT: "/activation?retour=panne",
}


@routes.get("/activation/franceconnect", name="activation_provider")
async def leave(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    if not request.app[ACTIVATION].provider_name():
        return see_other("/activation")
    departure = await request.app[ACTIVATION].leave_for_provider(_own(request, "retour"))
    if departure is None:
        return see_other(_NEXT[ProviderOutcome.SILENT])
    response = see_other(departure.place)
    set_returning_cookie(response, PROVIDER_COOKIE, departure.kept, int(LIFETIME.total_seconds()))
    return response


@routes.get("/activation/franceconnect/retour", name="activation_provider_return")
async def come_back(request: web.Request) -> web.Response:
    """Take the browser back, whatever it brings; it signs out at the provider before it goes on."""
    query = request.query
    brought = ProviderReturn(
        state=query.get("state", ""),
        code=query.get("code", ""),
        issuer=query.get("iss", ""),
        error=query.get("error", ""),
    )
    arrival = await request.app[ACTIVATION].back_from_provider(
        request.cookies.get(PROVIDER_COOKIE, ""),
        brought,
        request.remote or "",
        return_to=_own(request, "retour"),
        after_logout=_own(request, "suite"),
    )
    found = arrival.outcome is ProviderOutcome.FOUND
    if arrival.logout:
        response = see_other(f"{arrival.logout}&state={'code' if found else 'saisie'}")
    else:
        response = _goes_on(request, _NEXT[arrival.outcome])
    if arrival.outcome is not ProviderOutcome.OVER:
        drop_cookie(response, PROVIDER_COOKIE)
    if found:
        set_cookie(response, COOKIE, arrival.token)
    return response


@routes.get("/activation/franceconnect/suite", name="activation_provider_next")
async def signed_out(request: web.Request) -> web.Response:
    """Go on, signed out at the provider."""
    return _goes_on(request, _CARD if request.query.get("state") == "saisie" else _CODE)


def _goes_on(request: web.Request, path: str) -> web.Response:
    """Show a page of ours from which the browser goes on: only then do the cookies of this site come along."""
    return page(request, "activation_provider.html", path=path)


def _own(request: web.Request, name: str) -> str:
    return f"{context_of(request).settings.origin}/activation/franceconnect/{name}"
