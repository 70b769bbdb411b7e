"""« Historique de soins »: one page with its kinds, and one switch."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from aiohttp import web

from gateway.domain.care_history import CareAct, CareKind
from gateway.domain.profile_sections import SECTIONS
from webmail.care.port import CARE
from webmail.care.wording import KINDS, month_of
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.references import number_of, reference_of

routes = web.RouteTableDef()
PATH = "/profil/historique-de-soins"
_DONE = {
    "masque": "Votre historique est masqué. Vous seul le voyez.",
    "affiche": "Votre historique n’est plus masqué.",
}


@routes.get(PATH, name="care_history")
async def history(request: web.Request) -> web.Response:
    """Show a piece of the history, of one kind or of all."""
    pulse, kind, before = await pulse_of(request), _kind(request), request.query.get("avant", "")
    found = await request.app[CARE].care_history(
        person_of(request).actor, kind, number_of(before) if before else None
    )
    return page(
        request,
        "care_history.html",
        tab="profil",
        pulse=pulse,
        rules=SECTIONS,
        section="soins",
        kind=kind,
        kinds=[(one, KINDS[one], count) for one, count in found.counts.items()],
        total=sum(found.counts.values()),
        months=_by_month(found.acts),
        labels=KINDS,
        more=reference_of(found.more) if found.more is not None else "",
        is_first=not before,
        is_hidden=found.is_hidden,
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(PATH, name="care_history")
async def hide(request: web.Request) -> web.Response:
    """Hide the history from everybody else, or show it again."""
    hidden = (await read_form(request)).text("masquer") == "oui"
    await request.app[CARE].hide_care_history(person_of(request).actor, hidden=hidden)
    return see_other(f"{PATH}?fait={'masque' if hidden else 'affiche'}")


def _kind(request: web.Request) -> CareKind | None:
    asked = request.query.get("type", "")
    return next((kind for kind in CareKind if kind.value == asked), None)


def _by_month(acts: Sequence[CareAct]) -> Sequence[tuple[str, Sequence[CareAct]]]:
    def month(act: CareAct) -> date:
        return act.last_day.replace(day=1)

    return [(month_of(first), list(some)) for first, some in groupby(acts, month)]
