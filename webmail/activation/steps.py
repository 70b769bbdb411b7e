"""What the pages of activation share: the cookie that names the attempt, and one way to show a page before sign-in.

All tabs of a browser have one cookie, and so one attempt: the last that was begun. A form bears which one it is of, so
that nothing which was typed or pressed for one person is done to another, of whom another tab is.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from aiohttp import web

from gateway.domain.activation import ActivationFault
from webmail import csrf
from webmail.activation.wording import FAULTS
from webmail.context import TOKEN, page, see_other
from webmail.cookie_secrets import form_token_of
from webmail.forms import Form, read_form
from webmail.sessions import set_cookie

COOKIE = "__Host-pli-activation"
_TOO_MANY = {ActivationFault.TOO_MANY_TRIES, ActivationFault.TOO_SOON, ActivationFault.TOO_MANY_CODES}
_LONGEST = 400


def token_of(request: web.Request) -> str:
    """Give what names the attempt, as the browser keeps it."""
    return request.cookies.get(COOKIE, "")[:_LONGEST]


def _name_of(token: str) -> str:
    return form_token_of(token)[:16] if token else ""


def in_its_attempt(handler: Callable[[web.Request, Form], Awaitable[web.Response]]) -> Callable[
    [web.Request], Awaitable[web.Response]
]:
    """Read the form of a step, and handle it in the attempt that it is of: that of another tab is left alone."""

    @wraps(handler)
    async def checked(request: web.Request) -> web.Response:
        form = await read_form(request)
        token = token_of(request)
        if token and form.text("demarche") not in ("", _name_of(token)):
            return step_page(request, "activation_elsewhere.html", status=409)
        return await handler(request, form)

    return checked


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
        request, template, csrf=form_token_of(visit) if visit else "", status=status, refusal=refusal,
        attempt=_name_of(token_of(request)), **values,
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
