"""« Suivis »: sets of measures to follow, what is due of each, and their reminders."""

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from gateway.domain.errors import NotFound
from gateway.domain.follow_up import Due
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.measure_kinds import KINDS, KindRules
from gateway.domain.profile_sections import SECTIONS
from gateway.services.profile.follow_up import FollowUpState
from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.measures.port import MEASURES
from webmail.references import reference_of

routes = web.RouteTableDef()
PATH = "/profil/mesures/suivis"
_DONE = {
    "suivre": "C’est noté. Le rappel est dans votre agenda.",
    "arreter": "Ce suivi est arrêté. Vos mesures restent.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """One measure of a followed set: when it was noted last and when it is due, in words; `is_due` by today."""

    rules: KindRules
    last: str
    due: str
    is_due: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FollowUpView:
    """A set as its page shows it; `event` is the address of its reminder in the agenda, empty for none."""

    state: FollowUpState
    since: str
    lines: tuple[DueLine, ...]
    event: str

    @property
    def due_count(self) -> int:
        """Count what is due by today."""
        return sum(line.is_due for line in self.lines)


def view_of(state: FollowUpState, today: date) -> FollowUpView:
    """Give a set as pages show it."""
    return FollowUpView(
        state=state,
        since="" if state.since is None else day_in_words(state.since),
        lines=tuple(_line(due, today) for due in state.dues),
        event="" if state.event is None else f"/agenda/{reference_of(state.event)}",
    )


def _line(due: Due, today: date) -> DueLine:
    is_due = due.day <= today
    late = f"à noter depuis le {day_in_words(due.day)}" if due.day < today else "à noter aujourd’hui"
    return DueLine(
        rules=KINDS[due.item.kind],
        last="" if due.last is None else day_in_words(due.last),
        due=late if is_due else f"prochaine fois le {day_in_words(due.day)}",
        is_due=is_due,
    )


@routes.get(PATH, name="follow_ups")
async def follow_ups(request: web.Request) -> web.Response:
    """List the sets, with what is due of those that are followed."""
    pulse = await pulse_of(request)
    today = local_day(context_of(request).clock.now())
    found = await request.app[MEASURES].follow_ups(person_of(request).actor)
    return page(
        request,
        "measure_follow_up.html",
        tab="profil",
        pulse=pulse,
        rules=SECTIONS,
        section="mesures",
        views=[view_of(one, today) for one in found],
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(PATH, name="follow_ups")
async def follow(request: web.Request) -> web.Response:
    """Follow a set, or follow it no more."""
    form, actor = await read_form(request), person_of(request).actor
    act, service = form.text("geste"), request.app[MEASURES]
    if act not in _DONE:
        raise NotFound("there is no such act")
    await (service.follow if act == "suivre" else service.stop_following)(actor, form.text("suivi"))
    return see_other(f"{PATH}?fait={act}")
