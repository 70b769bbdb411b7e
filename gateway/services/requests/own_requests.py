"""What somebody asked for about their health data: listed, withdrawn, marked as answered; and why one is not made."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum

from gateway.domain.access import Action, Actor, Role, SpacePart
from gateway.domain.errors import NotFound
from gateway.domain.outbox import Step
from gateway.domain.request_payloads import AskForData, EndRequest
from gateway.domain.rights_requests import (
    MAX_WORDS,
    MOST_KEPT,
    MOST_OPEN,
    RequestKind,
    RequestNews,
    RequestState,
    RightsRequest,
)
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number


class RequestFault(Enum):
    """Why a request is not made."""

    NO_WORDS = "no-words"
    TOO_LONG = "too-long"
    UNKNOWN = "unknown"
    NO_DOCTOR = "no-doctor"
    BLOCKED = "blocked"
    ASKED_ALREADY = "asked-already"
    TOO_MANY = "too-many"


def fault_of(words: str, *others: str) -> RequestFault | None:
    """Say what is wrong with the words of a request, or with what must be said beside them; None when nothing is."""
    if not words or not all(others):
        return RequestFault.NO_WORDS
    return RequestFault.TOO_LONG if len(words) > MAX_WORDS else None


_ENDED_BY_HAND = {
    RequestState.WITHDRAWN: frozenset(RequestKind) - {RequestKind.ACCESS_OF},
    RequestState.ANSWERED: frozenset({RequestKind.DOCTOR, RequestKind.CORRECTION}),
}
"""Of which kinds whoever asked says that it ended so: what others decide, nobody says for them."""


class OwnRequests:
    """Keeps the requests of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def asked(self, actor: Actor) -> Sequence[RightsRequest]:
        """List the requests that whoever acts may know of, the newest first."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[RightsRequest]:
            keep_from_visitors(actor)
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            return [one for one in tx.rights_requests.all_of(actor.vault) if one.is_known_to(actor)]

        return await self._store.read(look)

    @traces_refusals
    async def withdraw(self, actor: Actor, number: int) -> None:
        """Take a request back while it waits; whoever was asked is told. Raises `NotFound`."""
        await self._end(actor, number, RequestState.WITHDRAWN, "request.withdrawn")

    @traces_refusals
    async def note_answer(self, actor: Actor, number: int) -> None:
        """Note that what was asked for came, in whatever way. Raises `NotFound`."""
        await self._end(actor, number, RequestState.ANSWERED, "request.answered")

    async def _end(self, actor: Actor, number: int, state: RequestState, action: str) -> None:
        now, step = self._clock.now(), random_number()

        def act(tx: Tx) -> None:
            allow_asking(tx, actor, Action.CHANGE, now)
            request = tx.rights_requests.get(actor.vault, number)
            if request is None or not request.waits or not request.is_known_to(actor):
                raise NotFound("no such request waits")
            if request.kind not in _ENDED_BY_HAND[state]:
                raise NotFound("that is not theirs to say of such a request")
            by = actor.person if state is RequestState.ANSWERED else ""
            ended = replace(request, state=state, ended_at=now, next=None, answered_by=by)
            tx.rights_requests.save(actor.vault, ended)
            tx.audit.append(actor.vault, actor.event(now, action, objects=(request.name,)))
            if request.other is not None:
                told = EndRequest(request=number, other=request.other, state=state.value)
                add_step(tx, Step(vault=actor.vault, id=step, payload=told, due=now))
            if state is RequestState.WITHDRAWN and not request.undelivered:
                write_to_asked(tx, actor, request, RequestNews.WITHDRAWN, now)
            tx.changed(actor.vault)

        await self._store.write(act)


def allow_asking(tx: Tx, actor: Actor, action: Action, at: datetime) -> None:
    """Ask whether somebody may ask for what is the person's own: a minor may, since it is no consent (E40).

    Raises as `allow` does.
    """
    allow(tx, actor, action, SpacePart.MESSAGES if actor.role is Role.PATIENT else SpacePart.RIGHTS, at)


def write_to_asked(tx: Tx, actor: Actor, request: RightsRequest, news: RequestNews, now: datetime) -> None:
    """Leave the step that writes to whoever is asked; nothing where there is no address, and the operator asks."""
    if request.to_address:
        told = AskForData(request=request.number, what=news.value)
        add_step(tx, Step(vault=actor.vault, id=random_number(), payload=told, due=now))


def begun(tx: Tx, actor: Actor, request: RightsRequest, now: datetime) -> None:
    """Keep a new request with its line, and write to whoever is asked."""
    tx.rights_requests.save(actor.vault, request)
    tx.audit.append(actor.vault, actor.event(now, "request.made", objects=(request.name,), detail=request.kind.value))
    write_to_asked(tx, actor, request, RequestNews.ASKED, now)
    tx.changed(actor.vault)


def fault_among(
    kept: Sequence[RightsRequest], actor: Actor, is_same: Callable[[RightsRequest], bool]
) -> RequestFault | None:
    """Say why somebody cannot ask once more, by what they may know of: what the holder asked alone tells nobody."""
    known = [one for one in kept if one.is_known_to(actor)]
    if any(one.waits and is_same(one) for one in known):
        return RequestFault.ASKED_ALREADY
    return RequestFault.TOO_MANY if too_many(known) else None


def too_many(kept: Sequence[RightsRequest], *, received: bool = False) -> bool:
    """Say whether a space has as many requests as may be: made there, or `received` from others."""
    counted = [one for one in kept if (one.kind is RequestKind.ACCESS_OF) is received]
    return sum(one.waits for one in counted) >= MOST_OPEN or len(counted) >= MOST_KEPT
