"""Forms are answered only when they come from a page of this site, in this session.

The token of a form is derived from the secret cookie it goes with: the session's, or before sign-in the
visit's. Nothing is stored, and a new session makes every older token void. The browser's own word on
where a request comes from is checked beside it.
"""

from collections.abc import Mapping

from aiohttp import web

from webmail.context import PERSON, TOKEN, context_of
from webmail.cookie_secrets import is_form_token, is_of_place, new_token

VISIT_COOKIE = "__Host-pli-visite"
_NOT_SHOWN = frozenset({
    "csrf", "envoi", "destinataire", "mot_de_passe", "nouveau", "encore", "code", "reponse", "brouillon", "auteur",
    "version", "geste", "retour", "demarche",
})  # fmt: skip
"""Fields that pages put in by themselves, and secrets."""


class AnotherPlace(Exception):
    """A form of the space of one person was sent by somebody who acts in that of another now; `text` was typed."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text


class OfOneself(Exception):
    """A form about a sign-in was sent by somebody who acts for another: nobody gives themself a key to a space."""


def visit_of(request: web.Request) -> str:
    """Give the visit's secret, or a new one that the answer must set as `VISIT_COOKIE`."""
    given = request.cookies.get(VISIT_COOKIE, "")
    return given if given and given.isascii() else new_token()


def check_token(request: web.Request, fields: Mapping[str, str]) -> None:
    """Raise 403 unless the token of a form is that of this session, or of this visit before sign-in.

    Raises:
        AnotherPlace: it is, and of the space of a person for whom its sender does not act now.
        OfOneself: it is about whoever is signed in, who acts for another.
    """
    given, person = fields.get("csrf", ""), request.get(PERSON)
    secret = request.get(TOKEN) or request.cookies.get(VISIT_COOKIE, "")
    if not is_form_token(given, secret):
        raise web.HTTPForbidden
    if person and not is_of_place(given, secret, person.place):
        raise AnotherPlace(_typed(fields))
    if person and person.acts_as and request.match_info.route.name in context_of(request).routes.oneself:
        # No page offers it: nobody changes by what another person signs in, with their own token in hand.
        raise OfOneself


def _typed(fields: Mapping[str, str]) -> str:
    """Give what somebody typed in a form, to be copied."""
    return fields.get("texte") or "\n".join(
        text for name, text in fields.items() if text.strip() and name not in _NOT_SHOWN
    )


def check_origin(request: web.Request) -> None:
    """Raise 403 when the browser says that a form comes from elsewhere.

    ``Sec-Fetch-Site`` cannot be set by a page; browsers without it send ``Origin``.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site == "same-origin"
    else:
        allowed = request.headers.get("Origin") in (None, context_of(request).settings.origin)
    if not allowed:
        raise web.HTTPForbidden
