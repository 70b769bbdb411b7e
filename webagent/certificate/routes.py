"""Sign in by a certificate: the browser has shown it in the handshake; its holder confirms that they come in.

Served on the origin at which certificates are shown, as the professionals' is (`webpro.card.routes`).
"""

from aiohttp import web

from gateway.domain.agents import AgentEntry
from webagent.certificate.port import CERTIFICATE
from webmail import csrf
from webmail.context import TOKEN, context_of, page
from webmail.cookie_secrets import form_token_of
from webmail.device_words import device_words
from webmail.forms import read_form
from webmail.security import policy_leading_to
from webmail.sessions import drop_cookie, set_cookie

CERTIFICATE_PATH = "/agent/connexion/certificat"
routes = web.RouteTableDef()
_HERE = "/connexion/certificat"
_NONE = (
    "Votre navigateur n’a montré aucun certificat. Insérez votre carte s’il est dessus, fermez puis rouvrez votre "
    "navigateur, et recommencez."
)
_UNKNOWN = (
    "Ce certificat n’est celui d’aucun agent, ou votre accès a pris fin. Adressez-vous à votre opérateur."
)


def _shown(request: web.Request, entry: AgentEntry | None, refusal: str = "") -> web.Response:
    visit, site = csrf.visit_of(request), request.app[CERTIFICATE].site_origin
    response = page(
        request,
        "agent_certificate.html",
        status=403 if refusal else 200,
        csrf=form_token_of(visit),
        name=entry.name if entry else "",
        refusal=refusal,
        door=f"{site}{context_of(request).entrance.sign_in}",
        patients_site=f"{site}/connexion",
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    response.headers["Content-Security-Policy"] = policy_leading_to(site)
    return response


def _refused(request: web.Request) -> web.Response:
    service = request.app[CERTIFICATE]
    if not service.shows_one(request):
        return _shown(request, None, _NONE)
    service.refused(request.remote or "")
    return _shown(request, None, _UNKNOWN)


def _went_on(request: web.Request) -> web.Response:
    place = f"{request.app[CERTIFICATE].site_origin}{context_of(request).entrance.home}"
    return web.Response(status=303, headers={"Location": place})


@routes.get(_HERE, name="agent_certificate")
async def show_certificate(request: web.Request) -> web.Response:
    """Say whose certificate it is."""
    if TOKEN in request:
        return _went_on(request)
    entry = await request.app[CERTIFICATE].entry(request)
    return _refused(request) if entry is None else _shown(request, entry)


@routes.post(_HERE, name="agent_certificate")
async def come_in(request: web.Request) -> web.Response:
    """Open a session for the holder of the certificate, under a new token whatever the browser held before."""
    await read_form(request)
    service, context = request.app[CERTIFICATE], context_of(request)
    entry = await service.entry(request)
    person = None if entry is None else await service.let_in(entry, request.remote or "")
    if person is None:
        return _refused(request)
    token = await context.sessions.open(person, device_words(request.headers.get("User-Agent", "")))
    response = _went_on(request)
    set_cookie(response, context.entrance.cookie, token)
    drop_cookie(response, csrf.VISIT_COOKIE)
    return response
