"""« Historique d'activité », over `gateway.services.trace.activity_history`."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import orjson

from gateway.domain.access import Actor, Role
from gateway.domain.activity import ActivityKind, kind_of
from gateway.domain.local_days import PLACE
from gateway.services.trace.activity_history import SHOWN, ActivityHistory, ActivityLine, ActivitySearch
from gateway.services.trace.list_places import ListPlaces
from webmail.activity.model import ActivityList, AskedActivity, ShownActivity, ShownProof
from webmail.activity.wording import about_of, documents_of, things_of, what_of, who_of, why_of
from webmail.references import reference_of
from webmail.services import SpaceServices

_UNTITLED = "document qui n’est plus là"


class ActivityPages:
    """Implements `webmail.activity.port.ActivityService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._history: ActivityHistory = services.activity
        self._places = ListPlaces(services.store)

    async def activity(self, actor: Actor, asked: AskedActivity) -> ActivityList:
        """Give one page."""
        before = None if asked.before is None else self._places.seq(actor.vault, asked.before)
        found = await self._history.page(actor, replace(_search(asked), before=before))
        further = None if found.further is None else self._places.disguised(actor.vault, found.further)
        return ActivityList(lines=tuple(shown_activity(line, actor) for line in found.lines), further=further)

    async def all_activity(self, actor: Actor, asked: AskedActivity) -> AsyncIterator[tuple[ShownActivity, ...]]:
        """Give every line."""
        return _shown(await self._history.export(actor, _search(asked)), actor)

    async def trace_proof(self, actor: Actor) -> ShownProof | None:
        """Give what proves the trace."""
        proof = await self._history.proof(actor)
        if proof is None:
            return None
        return ShownProof(lines=proof.seq, at=proof.at, file=orjson.dumps(proof.said(), option=orjson.OPT_INDENT_2))

    async def journal(self, actor: Actor) -> AsyncIterator[bytes]:
        """Give the trace with its hashes."""
        return await self._history.journal(actor)


async def _shown(
    pieces: AsyncIterator[tuple[ActivityLine, ...]], actor: Actor
) -> AsyncIterator[tuple[ShownActivity, ...]]:
    async for lines in pieces:
        yield tuple(shown_activity(line, actor) for line in lines)


def _search(asked: AskedActivity) -> ActivitySearch:
    return ActivitySearch(
        side=asked.side,
        kind=asked.kind,
        who=asked.who,
        since=None if asked.since is None else _midnight(asked.since),
        until=None if asked.until is None else _midnight(asked.until + timedelta(days=1)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PLACE)


def shown_activity(line: ActivityLine, reader: Actor) -> ShownActivity:
    """Word one line."""
    event, number = line.event, line.seq if reader.role is Role.PATIENT else None
    if event is None:
        return ShownActivity(number=number, at=line.at, who="Auteur illisible", what="Ligne abîmée")
    numbers = list(documents_of(event))
    named = numbers[:SHOWN]
    there = [(reference_of(number), line.titles[number]) for number in named if number in line.titles]
    gone = sum(number not in line.titles for number in named)
    return ShownActivity(
        number=number,
        at=line.at,
        who=who_of(event, reader),
        about=about_of(event, reader),
        what=what_of(event),
        why=why_of(event),
        things=(*things_of(event), *([_UNTITLED] if gone else [])),
        documents=tuple(there),
        more=len(numbers) - len(named),
        is_refusal=kind_of(event) is ActivityKind.REFUSED,
    )
