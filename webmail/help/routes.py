"""« Aide » (F24), and « Reconnaître un vrai message » (F88)."""

import re

from aiohttp import web

from webmail import csrf
from webmail.context import PERSON, TOKEN, context_of, page, pulse_of_anybody, see_other
from webmail.cookie_secrets import form_token_of
from webmail.forms import read_form
from webmail.help.model import HelpForm, HelpProblem
from webmail.help.port import HELP
from webmail.sessions import set_cookie

routes = web.RouteTableDef()

TOPICS = ("Me connecter", "Mon espace ou mes documents", "Un message douteux", "Autre chose")
_REFERENCE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}", re.ASCII)
_PROBLEMS = {
    HelpProblem.NO_WORDS: "Écrivez votre demande en quelques mots.",
    HelpProblem.TOO_LONG: "Votre demande est trop longue\N{NO-BREAK SPACE}: 2\N{NO-BREAK SPACE}000 caractères au plus.",
    HelpProblem.NO_CONTACT: "Indiquez une adresse de courriel complète, pour que l’on puisse vous répondre.",
    HelpProblem.LOOKS_LIKE_A_FILE: "Ceci ressemble à un fichier. Écrivez votre demande avec vos mots, sans document.",
    HelpProblem.TOO_MANY: "Vous avez déjà fait plusieurs demandes. Attendez une heure, puis recommencez.",
    HelpProblem.NOWHERE: "L’aide n’est pas ouverte ici. Adressez-vous à qui vous a ouvert cet espace.",
}


async def _help_page(
    request: web.Request, problem: HelpProblem | None = None, form: HelpForm | None = None, reference: str = ""
) -> web.Response:
    visit = "" if TOKEN in request else csrf.visit_of(request)
    settings = context_of(request).settings
    response = page(
        request,
        "help.html",
        tab="aide",
        pulse=await pulse_of_anybody(request),
        csrf=form_token_of(visit) if visit else "",
        status=200 if problem is None else 429 if problem is HelpProblem.TOO_MANY else 422,
        offered=request.app[HELP].can_help(),
        refusal=_PROBLEMS[problem] if problem else "",
        form=form or HelpForm(topic="", words="", answer_to=""),
        topics=TOPICS,
        reference=reference,
        telephone=settings.telephone,
        postal=settings.postal,
    )
    if visit:
        set_cookie(response, csrf.VISIT_COOKIE, visit)
    return response


@routes.get("/aide", name="help")
async def show_help(request: web.Request) -> web.Response:
    """Show the form, or the number of the request that has just been sent."""
    reference = request.query.get("demande", "")
    return await _help_page(request, reference=reference if _REFERENCE.fullmatch(reference) else "")


@routes.post("/aide", name="ask_help")
async def ask_help(request: web.Request) -> web.Response:
    """Send a request for help."""
    fields = await read_form(request)
    topic = fields.text("sujet")
    form = HelpForm(
        topic=topic if topic in TOPICS else TOPICS[-1],
        words=fields.text("texte").strip(),
        answer_to=fields.text("courriel").strip(),
    )
    person = request.get(PERSON)
    actor = person.actor if person and not person.is_away else None
    answer = await request.app[HELP].ask_help(actor, request.remote or "", form)
    if isinstance(answer, HelpProblem):
        return await _help_page(request, answer, form)
    return see_other(f"/aide?demande={answer}")


@routes.get("/vrai-message", name="advice")
async def advice(request: web.Request) -> web.Response:
    """Say what Pli never sends and never asks."""
    settings = context_of(request).settings
    return page(
        request,
        "advice.html",
        tab="vrai-message",
        pulse=await pulse_of_anybody(request),
        host=settings.place_to_type,
        telephone=settings.telephone,
    )
