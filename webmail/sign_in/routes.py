"""Sign in with identifier, password and code; sign out (A1, F19)."""

import base64

from aiohttp import web

from gateway.services.sign_in.typed_drafts import MAX_CARRIED
from webmail import csrf, wording
from webmail.context import TOKEN, context_of, page, see_other, way_back
from webmail.cookie_secrets import form_token_of
from webmail.device_words import device_words
from webmail.forms import Form, read_form
from webmail.sessions import READING_COOKIE, SESSION_COOKIE, drop_cookie, forget_browser, set_cookie
from webmail.sign_in.model import CodeSent, SignInRefusal
from webmail.sign_in.port import SIGN_IN
from webmail.signed_in import SignedIn
from webmail.typed_drafts import CARRIED, DRAFTS

PENDING_COOKIE = "__Host-pli-code"
DEVICE_COOKIE = "__Host-pli-device"
_DEVICE_SECONDS = 365 * 24 * 3600
_MAX_DEVICE = 400
CARRIED_HERE = web.RequestKey("carried", str)
"""What was typed before the session's end, sealed, while its writer signs in again."""

routes = web.RouteTableDef()

_REFUSALS = {
    SignInRefusal.WRONG_CREDENTIALS: (
        "Identifiant ou mot de passe incorrect. Vérifiez les deux, majuscules comprises, puis recommencez."
    ),
    SignInRefusal.WRONG_CODE: "Ce code n’est pas le bon. Vérifiez-le, puis saisissez-le de nouveau.",
    SignInRefusal.CODE_EXPIRED: "Ce code n’est plus valable. Connectez-vous de nouveau pour en recevoir un autre.",
    SignInRefusal.TOO_MANY_ATTEMPTS: "Trop d’essais en peu de temps. Attendez une demi-minute, puis recommencez.",
    SignInRefusal.TOO_MANY_CODES: (
        "Dix codes ont été envoyés aujourd’hui sans être utilisés. Recommencez demain, ou sur un appareil où vous vous "
        "êtes déjà connecté. Vous n’avez pas demandé ces codes ? Changez votre mot de passe."
    ),
}
_NO_PASSKEY = "Cette clé d’accès n’a pas été reconnue. Recommencez, ou connectez-vous avec votre mot de passe."


def _status_of(refusal: SignInRefusal | None) -> int:
    if refusal is None:
        return 200
    return 429 if refusal in {SignInRefusal.TOO_MANY_ATTEMPTS, SignInRefusal.TOO_MANY_CODES} else 403


def _sign_in_page(
    request: web.Request, refusal: SignInRefusal | None = None, identifier: str = "", said: str = ""
) -> web.Response:
    visit = csrf.visit_of(request)
    response = page(
        request,
        "sign_in.html",
        status=403 if said else _status_of(refusal),
        csrf=form_token_of(visit),
        carried=request.get(CARRIED_HERE, ""),
        refusal=_REFUSALS[refusal] if refusal else said,
        identifier=identifier,
        passkey_options=request.app[SIGN_IN].ask_for_passkey(visit, context_of(request).settings.origin),
        then=request.query.get("suite", "") and way_back(request, request.query["suite"]),
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    if refusal is SignInRefusal.TOO_MANY_ATTEMPTS:
        response.headers["Retry-After"] = "10"
    return response


@routes.get("/connexion", name="login")
async def show_sign_in(request: web.Request) -> web.Response:
    """Show the first step; who is signed in already goes home."""
    if TOKEN in request:
        return see_other(way_back(request, request.query.get("suite", "/")))
    return _sign_in_page(request)


async def _read_step(request: web.Request) -> Form:
    """Read a form of a step, and note what it carries through sign-in."""
    form = await read_form(request)
    request[CARRIED_HERE] = form.text(CARRIED)[:MAX_CARRIED]
    return form


@routes.post("/connexion", name="login")
async def sign_in(request: web.Request) -> web.Response:
    """Check identifier and password; a code is then on its way."""
    form = await _read_step(request)
    identifier = form.text("identifiant").strip()[:200]
    answer = await request.app[SIGN_IN].sign_in(
        identifier, form.fields.get("mot_de_passe", "")[:1000], request.remote or "", _device_of(request)
    )
    if isinstance(answer, SignInRefusal):
        return _sign_in_page(request, answer, identifier)
    if request[CARRIED_HERE]:
        # A redirection would carry nothing on.
        response = _code_page(request, answer.masked_contact)
        _keep_attempt(request, response, answer)
        return response
    query = f"?{request.query_string}" if "suite" in request.query else ""
    response = see_other(f"/connexion/code{query}")
    _keep_attempt(request, response, answer)
    return response


def _keep_attempt(request: web.Request, response: web.Response, sent: CodeSent) -> None:
    lifetime = int(context_of(request).settings.code_lifetime.total_seconds())
    set_cookie(response, PENDING_COOKIE, _pack(sent), max_age=lifetime)


def _device_of(request: web.Request) -> str:
    return request.cookies.get(DEVICE_COOKIE, "")[:_MAX_DEVICE]


def _pack(answer: CodeSent) -> str:
    contact = base64.urlsafe_b64encode(answer.masked_contact.encode()).decode("ascii").rstrip("=")
    return f"{contact}.{answer.pending}"


def _unpack(cookie: str) -> tuple[str, str]:
    contact, _, pending = cookie.partition(".")
    try:
        # Shown escaped, and only to the browser that holds the cookie.
        return base64.urlsafe_b64decode(contact + "=" * (-len(contact) % 4)).decode()[:60], pending
    except ValueError:
        return "", pending


def _code_page(request: web.Request, contact: str, refusal: SignInRefusal | None = None) -> web.Response:
    visit = csrf.visit_of(request)
    lifetime = context_of(request).settings.code_lifetime
    response = page(
        request,
        "code.html",
        status=_status_of(refusal),
        csrf=form_token_of(visit),
        carried=request.get(CARRIED_HERE, ""),
        contact=contact,
        refusal=_REFUSALS[refusal] if refusal else "",
        minutes=wording.count(int(lifetime.total_seconds() // 60), "minute"),
        then=request.query.get("suite", "") and way_back(request, request.query["suite"]),
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


@routes.get("/connexion/code", name="code")
async def show_code(request: web.Request) -> web.Response:
    """Show the second step; without a first one, go back to it."""
    contact, pending = _unpack(request.cookies.get(PENDING_COOKIE, ""))
    return _code_page(request, contact) if pending else see_other("/connexion")


@routes.post("/connexion/code", name="code")
async def verify_code(request: web.Request) -> web.Response:
    """Spend the code and open a session, under a new token whatever the browser held before."""
    form = await _read_step(request)
    contact, pending = _unpack(request.cookies.get(PENDING_COOKIE, ""))
    if not pending:
        return see_other("/connexion")
    code = "".join(form.text("code").split())[:20]
    known, browser = _device_of(request), device_words(request.headers.get("User-Agent", ""))
    answer = await request.app[SIGN_IN].verify_code(pending, code, request.remote or "", known, browser)
    if answer is SignInRefusal.CODE_EXPIRED:
        response = _sign_in_page(request, answer)
        drop_cookie(response, PENDING_COOKIE)
        return response
    if isinstance(answer, SignInRefusal):
        return _code_page(request, contact, answer)
    return await signed_in(request, answer)


@routes.post("/connexion/cle", name="passkey")
async def sign_in_by_passkey(request: web.Request) -> web.Response:
    """Sign in by a passkey alone."""
    form = await _read_step(request)
    answer = await request.app[SIGN_IN].sign_in_by_passkey(
        form.fields.get("reponse", ""),
        request.cookies.get(csrf.VISIT_COOKIE, ""),
        context_of(request).settings.origin,
        request.remote or "",
        _device_of(request),
        device_words(request.headers.get("User-Agent", "")),
    )
    if answer is SignInRefusal.TOO_MANY_ATTEMPTS:
        return _sign_in_page(request, answer)
    if isinstance(answer, SignInRefusal):
        return _sign_in_page(request, said=_NO_PASSKEY)
    return await signed_in(request, answer)


async def signed_in(request: web.Request, person: SignedIn) -> web.Response:
    """Open a session for whoever has proved who they are, under a new token whatever the browser held before."""
    context = context_of(request)
    if earlier := request.cookies.get(SESSION_COOKIE):
        await context.sessions.close(earlier)
    browser = device_words(request.headers.get("User-Agent", ""))
    token = await context.sessions.open(person, browser)
    response = _draft_page(request, person, token) or see_other(way_back(request, request.query.get("suite", "/")))
    set_cookie(response, SESSION_COOKIE, token)
    device = request.app[SIGN_IN].known_device(_device_of(request), person)
    set_cookie(response, DEVICE_COOKIE, device, max_age=_DEVICE_SECONDS)
    for name in (PENDING_COOKIE, csrf.VISIT_COOKIE, READING_COOKIE):
        drop_cookie(response, name)
    return response


def _draft_page(request: web.Request, person: SignedIn, token: str) -> web.Response | None:
    """Show what the same person typed before their session ended, to take it up again; None when there is nothing."""
    carried = request.get(CARRIED_HERE, "")
    typed = request.app[DRAFTS].draft_back(person.actor, carried) if carried else None
    if typed is None:
        return None
    return page(request, "draft_back.html", csrf=form_token_of(token), typed=typed, carried=carried)


@routes.post("/reconnexion", name="sign_in_again")
async def sign_in_again(request: web.Request) -> web.Response:
    """Show the first step to somebody whose form came after the end of their session, and carry what they typed."""
    await _read_step(request)
    return _sign_in_page(request)


@routes.post("/deconnexion", name="logout")
async def sign_out(request: web.Request) -> web.Response:
    """End the session, here and in the store."""
    await read_form(request)
    await context_of(request).sessions.close(request[TOKEN])
    response = see_other("/connexion")
    forget_browser(response)
    return response
