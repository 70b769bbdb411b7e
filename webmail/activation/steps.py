"""What the pages of activation share: the cookie that names the attempt, and one way to show a page before sign-in."""

from typing import Any

from aiohttp import web

from gateway.domain.activation import ActivationFault
from webmail import csrf
from webmail.activation.wording import FAULTS
from webmail.context import TOKEN, page, see_other
from webmail.cookie_secrets import form_token_of
from webmail.sessions import set_cookie

COOKIE = "__Host-pli-activation"
_TOO_MANY = {ActivationFault.TOO_MANY_TRIES, ActivationFault.TOO_SOON, ActivationFault.TOO_MANY_CODES}
_LONGEST = 400


def token_of(request: web.Request) -> str:
    """Give what names the attempt, as the browser keeps it."""
    return request.cookies.get(COOKIE, "")[:_LONGEST]


def step_page(
    request: web.Request,
    template: str,
    *,
    refusal: str = "",
    status: int = 200,
    **values: Any,  # Any: what the template uses
) -> web.Response:
    """Answer with a page of activation; forms on it bear the token of the visit, or of the session."""
    visit = "" if TOKEN in request else csrf.visit_of(request)
    response = page(
        request, template, csrf=form_token_of(visit) if visit else "", status=status, refusal=refusal, **values
    )
    if visit:
        set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


def goes_on(path: str, token: str) -> web.Response:
    """Send the browser to the next step, under the token that goes on."""
    response = see_other(path)
    set_cookie(response, COOKIE, token)
    return response


def begins_again() -> web.Response:
    """Send the browser to the beginning, which says that the attempt is over."""
    return see_other("/activation?fin=1")


def status_of(fault: ActivationFault) -> int:
    """Give the status of a page that says why a step is refused."""
    return 429 if fault in _TOO_MANY else 422


def words_of(fault: ActivationFault | None) -> str:
    """Say why a step is refused."""
    return FAULTS[fault] if fault else ""
