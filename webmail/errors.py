"""The one table that turns what went wrong into a page, and the one place that catches everything.

A page says what happened and what to do; the log says why. An unexpected failure shows an incident number and
nothing else. Frames of the failure are logged, its message is not: messages of exceptions carry values.
"""

from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.domain.errors import (
    AccessRefused,
    ChangedMeanwhile,
    Conflict,
    InvalidValue,
    LimitExceeded,
    NotFound,
    PliError,
    SealBroken,
)
from gateway.services.incidents import frames_of, new_incident
from webmail import csrf
from webmail.context import PERSON, STARTED, context_of, page
from webmail.cookie_secrets import form_token_of
from webmail.sessions import set_cookie
from webmail.signed_in import SignedIn

log = structlog.get_logger(__name__)


class SignedOut(Exception):
    """A form was sent without a session, or after its end.

    `text` is what was typed in it, to be given back; `carried` is the same sealed for its writer, who signs in again.
    """

    def __init__(self, text: str = "", carried: str = "") -> None:
        super().__init__()
        self.text = text
        self.carried = carried


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What a page says about an error."""

    status: int
    title: str
    explanation: str
    way_out: str = "Revenir à l’accueil"


_BAD_REQUEST = ErrorPage(
    status=400,
    title="Demande incomprise",
    explanation="Votre navigateur a envoyé une demande que nous ne comprenons pas.",
)
_FORBIDDEN = ErrorPage(
    status=403,
    title="Demande refusée",
    explanation="Cette demande ne vient pas d’une page de ce site, ou cette page était trop ancienne. "
    "Rien n’a été fait. Revenez en arrière, rechargez la page et recommencez.",
)
_SIGNED_OUT = ErrorPage(
    status=403,
    title="Votre session a pris fin",
    explanation="Après un moment sans activité, nous fermons votre session pour vous protéger. "
    "Rien n’a été envoyé. Si vous écriviez un message, copiez votre texte avant de vous reconnecter.",
    way_out="Se reconnecter",
)
_ANOTHER_PLACE = ErrorPage(
    status=409,
    title="Vous avez changé d’espace",
    explanation="Cette page était celle d’une autre personne. Rien n’a été fait.",
)
_NOT_ALLOWED = ErrorPage(
    status=403, title="Action impossible", explanation="Vos droits ne permettent pas cette action. Rien n’a été fait."
)
_NOT_FOUND = ErrorPage(
    status=404, title="Page introuvable", explanation="Cette page n’existe pas, ou n’existe plus."
)
_METHOD = ErrorPage(status=405, title="Demande refusée", explanation="Cette page ne s’utilise pas ainsi.")
_CONFLICT = ErrorPage(
    status=409,
    title="Situation changée",
    explanation="La situation a changé entre-temps. Rechargez la page et recommencez.",
)
_CHANGED_MEANWHILE = ErrorPage(
    status=409,
    title="Cela a changé entre-temps",
    explanation="Cette page a été modifiée depuis que vous l’avez ouverte, peut-être dans un autre onglet. "
    "Rien n’a été fait. Revenez en arrière, rechargez la page et recommencez.",
)
_OF_ONESELF = ErrorPage(
    status=403,
    title="Cette page ne concerne que vous",
    explanation="Rien n’a été changé. Revenez d’abord à votre espace, sous «\u00a0Mes proches\u00a0».",
)
_TOO_LARGE = ErrorPage(
    status=413,
    title="Envoi trop volumineux",
    explanation="Ce que vous envoyez dépasse la taille permise. Rien n’a été envoyé. "
    "Revenez en arrière et choisissez moins de fichiers, ou des fichiers plus petits.",
)
_TOO_MANY = ErrorPage(
    status=429,
    title="Trop de demandes",
    explanation="Vous avez fait beaucoup de demandes en peu de temps. Attendez un peu.",
)
_LATER = ErrorPage(
    status=503,
    title="Service momentanément indisponible",
    explanation="Vos messages et vos documents sont en sûreté, mais nous ne pouvons "
    "pas les montrer maintenant. Réessayez dans quelques minutes.",
)
_DAMAGED = ErrorPage(
    status=500,
    title="Contenu illisible",
    explanation="Ce document ou ce message ne peut pas être affiché\u00a0; nous avons été prévenus. "
    "Le reste de votre espace n’est pas touché.",
)
_FAILURE = ErrorPage(
    status=500,
    title="Une erreur est survenue",
    explanation="Elle vient de nous, pas de vous. Elle est enregistrée. Réessayez dans un moment.",
)
_BY_STATUS = {p.status: p for p in (_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _METHOD, _CONFLICT, _TOO_LARGE, _TOO_MANY)}

_TABLE: tuple[tuple[type[Exception], ErrorPage], ...] = (
    (SignedOut, _SIGNED_OUT),
    (csrf.AnotherPlace, _ANOTHER_PLACE),
    (csrf.OfOneself, _OF_ONESELF),
    (NotFound, _NOT_FOUND),
    (AccessRefused, _NOT_ALLOWED),
    (InvalidValue, _BAD_REQUEST),
    (LimitExceeded, _TOO_LARGE),
    (ChangedMeanwhile, _CHANGED_MEANWHILE),
    (Conflict, _CONFLICT),
    (SealBroken, _DAMAGED),
    (PliError, _LATER),
    (TimeoutError, _LATER),
)


def error_page_of(error: Exception) -> ErrorPage:
    """Give the page for an exception; what the table does not know is a failure of ours."""
    if isinstance(error, web.HTTPException):
        return _BY_STATUS.get(error.status, _BAD_REQUEST if error.status < 500 else _FAILURE)
    return next((shown for kind, shown in _TABLE if isinstance(error, kind)), _FAILURE)


@web.middleware
async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every exception with its page."""
    try:
        return await handler(request)
    except Exception as error:  # noqa: BLE001 - the edge answers everything, here and nowhere else
        shown = error_page_of(error)
        incident = _report(request, error, shown) if shown.status >= 500 else ""
        if STARTED in request:
            # Headers are gone: a cut connection is the only honest way to say that the rest will not come.
            if request.transport is not None:
                request.transport.abort()
            return request[STARTED]
        return _answer(request, error, shown, incident)


def _answer(request: web.Request, error: Exception, shown: ErrorPage, incident: str) -> web.Response:
    if isinstance(error, SignedOut) and error.carried:
        return _came_too_late(request, error)
    person, entrance = request.get(PERSON), context_of(request).entrance
    signed_in = person is not None
    response = page(
        request,
        "error.html",
        status=shown.status,
        title=shown.title,
        explanation=f"{_now_for(person)} {shown.explanation}" if shown is _ANOTHER_PLACE else shown.explanation,
        incident=incident if shown is _FAILURE else "",
        unsent=error.text if isinstance(error, SignedOut | csrf.AnotherPlace) else "",
        way_out=shown.way_out if signed_in or shown is _SIGNED_OUT else "Aller à la connexion",
        way_out_path=entrance.home if signed_in else entrance.sign_in,
    )
    if shown is _LATER:
        response.headers["Retry-After"] = "60"
    if isinstance(error, web.HTTPMethodNotAllowed):
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _now_for(person: SignedIn | None) -> str:
    if person is None or not person.acts_as:
        return "Vous êtes maintenant dans votre espace."
    return f"Vous agissez maintenant pour {person.name}."


def _came_too_late(request: web.Request, error: SignedOut) -> web.Response:
    """Say that the session has ended, and carry what was typed to the sign-in page."""
    visit = csrf.visit_of(request)
    response = page(
        request,
        "came_too_late.html",
        status=_SIGNED_OUT.status,
        csrf=form_token_of(visit),
        text=error.text,
        carried=error.carried,
    )
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


def _report(request: web.Request, error: Exception, shown: ErrorPage) -> str:
    incident = new_incident()
    resource = request.match_info.route.resource
    log.error(
        "web.failed",
        incident=incident,
        status=shown.status,
        route=resource.canonical if resource else "",
        error=type(error).__name__,
        code=getattr(error, "code", ""),
        frames=frames_of(error),
    )
    return incident
