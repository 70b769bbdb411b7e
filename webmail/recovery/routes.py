"""« Mot de passe oublié », « Identifiant oublié », and the new password (F20, F21)."""

from typing import Any

from aiohttp import web

from gateway.domain.health_card import birth_date_typed, number_typed
from gateway.domain.patient_identifier import IdentifierFault
from gateway.services.sign_in.password_rules import PasswordFault
from webmail import csrf, identifier_wording, password_wording
from webmail.context import TOKEN, context_of, page, see_other
from webmail.cookie_secrets import form_token_of
from webmail.forms import Form, read_form
from webmail.recovery.model import Forgotten, NewPasswordRefusal
from webmail.recovery.port import RECOVERY
from webmail.sessions import set_cookie

routes = web.RouteTableDef()

_BUSY = "Trop de demandes en peu de temps. Attendez une demi-minute, puis recommencez."
_EMPTY = "Remplissez chaque champ, puis recommencez."
_NUMBER = (
    "Ce numéro de sécurité sociale ne peut pas être le bon. "
    "Comparez-le à votre carte, signe par signe\u00a0: il en a 13 ou 15."
)
_BORN = "La date de naissance s’écrit jour, mois, puis année en quatre chiffres. Par exemple\u00a0: 15/01/1950."
_MAX_LINK = 100


def _door(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    refusal: str = "",
    **values: Any,  # Any: what templates are given
) -> web.Response:
    """Answer with a page of the door, whose form may be sent with a session and without."""
    if TOKEN in request:
        return page(request, template, status=status, refusal=refusal, **values)
    visit = csrf.visit_of(request)
    response = page(request, template, status=status, csrf=form_token_of(visit), refusal=refusal, **values)
    set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


# ---------------------------------------------------------------- asking


@routes.get("/mot-de-passe-oublie", name="forgotten_password")
async def show_forgotten_password(request: web.Request) -> web.Response:
    """Ask for the identifier."""
    return _door(request, "forgotten_password.html", identifier="")


@routes.post("/mot-de-passe-oublie", name="forgotten_password")
async def forgotten_password(request: web.Request) -> web.Response:
    """Send a link, if there is such a person; the answer never says whether there is."""
    typed = (await read_form(request)).text("identifiant").strip()[:200]
    refusal, status = await _asked(request, Forgotten(identifier=typed), is_whole=bool(typed))
    if refusal:
        return _door(request, "forgotten_password.html", status=status, refusal=refusal, identifier=typed)
    return see_other("/demande-envoyee")


@routes.get("/identifiant-oublie", name="forgotten_identifier")
async def show_forgotten_identifier(request: web.Request) -> web.Response:
    """Ask for number and birth date."""
    return _door(request, "forgotten_identifier.html", number="", born="")


@routes.post("/identifiant-oublie", name="forgotten_identifier")
async def forgotten_identifier(request: web.Request) -> web.Response:
    """Send the identifier and a link, if there is such a person."""
    form = await read_form(request)
    number, born = form.text("numero").strip()[:40], form.text("naissance").strip()[:40]
    is_whole = bool(number and born)
    refusal, status = _misread(number, born) if is_whole else "", 422
    if not refusal:
        refusal, status = await _asked(request, Forgotten(number=number, born=born), is_whole=is_whole)
    if refusal:
        values = {"number": number, "born": born}
        return _door(request, "forgotten_identifier.html", status=status, refusal=refusal, **values)
    return see_other("/demande-envoyee")


def _misread(number: str, born: str) -> str:
    """Say what cannot be right, whoever it is; nothing is looked up for that."""
    return _NUMBER if number_typed(number) is None else _BORN if birth_date_typed(born) is None else ""


async def _asked(request: web.Request, forgotten: Forgotten, *, is_whole: bool) -> tuple[str, int]:
    if not is_whole:
        return _EMPTY, 400
    site = context_of(request).settings.origin
    taken = await request.app[RECOVERY].ask(forgotten, site, request.remote or "")
    return ("", 200) if taken else (_BUSY, 429)


@routes.get("/demande-envoyee", name="link_sent")
async def link_sent(request: web.Request) -> web.Response:
    """Say where to look, the same to everybody."""
    return _door(request, "link_sent.html")


# ---------------------------------------------------------------- the link


@routes.get("/nouveau-mot-de-passe", name="new_password")
async def show_new_password(request: web.Request) -> web.Response:
    """Show the form that a link leads to; looking at it does not use the link up."""
    return await _new_password_page(request, request.query.get("lien", "")[:_MAX_LINK])


@routes.post("/nouveau-mot-de-passe", name="new_password")
async def new_password(request: web.Request) -> web.Response:
    """Take the new password, once."""
    form = await read_form(request)
    link = form.text("lien")[:_MAX_LINK]
    refusal = await _changed(request, form, link)
    if refusal is NewPasswordRefusal.LINK_OVER:
        return _door(request, "link_over.html", status=410)
    if refusal is not None:
        return await _new_password_page(request, link, _said(refusal), form.text("identifiant").strip()[:200])
    return see_other("/nouveau-mot-de-passe/fait")


async def _changed(
    request: web.Request, form: Form, link: str
) -> NewPasswordRefusal | PasswordFault | IdentifierFault | str | None:
    password = form.fields.get("mot_de_passe", "")
    if password != form.fields.get("encore", ""):
        return password_wording.DIFFERENT
    identifier = form.text("identifiant").strip()[:200]
    removes = bool(form.text("sans_cles"))
    return await request.app[RECOVERY].change_password(link, password, identifier, removes_passkeys=removes)


def _said(refusal: PasswordFault | IdentifierFault | str) -> str:
    if isinstance(refusal, PasswordFault):
        return password_wording.FAULTS[refusal]
    return identifier_wording.FAULTS[refusal] if isinstance(refusal, IdentifierFault) else refusal


async def _new_password_page(
    request: web.Request, link: str, refusal: str = "", identifier: str = ""
) -> web.Response:
    holder = await request.app[RECOVERY].link_holder(link)
    if holder is None:
        return _door(request, "link_over.html", status=410)
    return _door(
        request,
        "new_password.html",
        status=400 if refusal else 200,
        refusal=refusal,
        link=link,
        has_identifier=bool(holder.identifier),
        identifier=holder.identifier or identifier,
        passkeys=holder.passkeys,
        hint=password_wording.HINT,
    )


@routes.get("/nouveau-mot-de-passe/fait", name="password_changed")
async def password_changed(request: web.Request) -> web.Response:
    """Say that the password is changed."""
    return _door(request, "password_changed.html")
