"""« Pro Santé Connect »: the way to the provider and back, and the choice of an exercise (FACTS d7, d8).

Cookies of this site do not come along when another site sends a browser here: what a browser keeps meanwhile is in a
cookie of its own, and the return ends on a page from which the browser goes on by itself.
"""

from aiohttp import web

from gateway.domain.console import ConsoleEntry
from gateway.domain.openid import ProviderReturn
from gateway.services.sign_in.professional_provider import CHOICE_LIFETIME, ComeBackFault, ProvenWays
from gateway.services.sign_in.provider_visits import LIFETIME
from webmail import csrf
from webmail.context import TOKEN, context_of, page, see_other
from webmail.cookie_secrets import form_token_of
from webmail.device_words import device_words
from webmail.forms import read_form
from webmail.sessions import drop_cookie, set_cookie, set_returning_cookie
from webpro.coming_back import paused_token
from webpro.sign_in.port import CONSOLE_DOOR

routes = web.RouteTableDef()
PROVIDER_COOKIE = "__Host-pli-psc"
CHOICE_COOKIE = "__Host-pli-psc-choix"
_DOOR = "/pro/connexion"
_CHOICE = "/pro/connexion/exercice"


@routes.get("/connexion/psc", name="console_provider")
async def leave(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    departure = await request.app[CONSOLE_DOOR].leave(_own(request, "psc/retour"))
    if departure is None:
        return see_other(f"{_DOOR}?faute={ComeBackFault.SILENT.value}")
    response = see_other(departure.place)
    set_returning_cookie(response, PROVIDER_COOKIE, departure.kept, int(LIFETIME.total_seconds()))
    return response


@routes.get("/connexion/psc/retour", name="console_provider_return")
async def come_back(request: web.Request) -> web.Response:
    """Take the browser back, whatever it brings."""
    query = request.query
    brought = ProviderReturn(
        state=query.get("state", ""),
        code=query.get("code", ""),
        issuer=query.get("iss", ""),
        error=query.get("error", ""),
    )
    kept, here = request.cookies.get(PROVIDER_COOKIE, ""), _own(request, "psc/retour")
    door, after = request.app[CONSOLE_DOOR], f"{context_of(request).settings.origin}{_DOOR}"
    found = await door.come_back(kept, brought, request.remote or "", return_to=here, after_logout=after)
    response = await _after(request, found)
    if found is not ComeBackFault.OVER:
        drop_cookie(response, PROVIDER_COOKIE)
    return response


async def _after(request: web.Request, found: ProvenWays | ComeBackFault) -> web.Response:
    if isinstance(found, ComeBackFault):
        return _goes_on(request, f"{_DOOR}?faute={found.value}")
    if found.token:
        response = _goes_on(request, _CHOICE)
        set_cookie(response, CHOICE_COOKIE, found.token, max_age=int(CHOICE_LIFETIME.total_seconds()))
        return response
    return await _come_in(request, found.ways[0])


@routes.get("/connexion/exercice", name="console_exercise")
async def show_exercises(request: web.Request) -> web.Response:
    """Ask whoever has several exercises, or several mailboxes, as whom they come in."""
    ways = await request.app[CONSOLE_DOOR].choices(request.cookies.get(CHOICE_COOKIE, ""))
    return _choice_page(request, ways) if ways else see_other(f"{_DOOR}?faute={ComeBackFault.OVER.value}")


@routes.post("/connexion/exercice", name="console_exercise")
async def choose_exercise(request: web.Request) -> web.Response:
    """Come in as whom was chosen."""
    form, door = await read_form(request), request.app[CONSOLE_DOOR]
    token, number = request.cookies.get(CHOICE_COOKIE, ""), form.text("numero")
    right = number.isascii() and number.isdigit() and len(number) <= 2
    entry = await door.chosen(token, int(number)) if right else None
    if entry is not None:
        response = await _come_in(request, entry)
        drop_cookie(response, CHOICE_COOKIE)
        return response
    ways = await door.choices(token)
    if not ways:
        return see_other(f"{_DOOR}?faute={ComeBackFault.OVER.value}")
    return _choice_page(request, ways, "Choisissez l’un des exercices de la liste.")


async def _come_in(request: web.Request, entry: ConsoleEntry) -> web.Response:
    person = await request.app[CONSOLE_DOOR].let_in(entry, request.remote or "")
    if person is None:
        return _goes_on(request, f"{_DOOR}?faute={ComeBackFault.NOT_HERE.value}")
    context = context_of(request)
    token = await context.sessions.open(person, device_words(request.headers.get("User-Agent", "")))
    place = await request.app[CONSOLE_DOOR].place_to_go_on(person.actor, paused_token(request))
    response = _goes_on(request, place)
    set_cookie(response, context.entrance.cookie, token)
    drop_cookie(response, csrf.VISIT_COOKIE)
    return response


def _choice_page(request: web.Request, ways: tuple[ConsoleEntry, ...], refusal: str = "") -> web.Response:
    visit = csrf.visit_of(request)
    response = page(
        request,
        "console_exercise.html",
        status=403 if refusal else 200,
        csrf=form_token_of(request.get(TOKEN) or visit),
        ways=ways,
        refusal=refusal,
        patients_site="/connexion",
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


def _goes_on(request: web.Request, path: str) -> web.Response:
    """Show a page of ours from which the browser goes on: only then do the cookies of this site come along."""
    return page(request, "console_goes_on.html", path=path)


def _own(request: web.Request, name: str) -> str:
    return f"{context_of(request).settings.origin}/pro/connexion/{name}"
