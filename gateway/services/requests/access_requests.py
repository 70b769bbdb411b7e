"""Somebody asks for access to another person's data; that person decides, or the operator for who cannot (F89).

The request stands in the asker's space, and reads alike whoever it is about, and whether there is such a person. A step
looks for them: an adult with an open space gets it there, and decides. Everybody else's waits for the operator, who
knows minors, people under protection and the dead. Both outcomes stand in both traces. A grant opens nothing by itself:
its giver invites the asker, for parts and until a day.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from gateway.domain.access import Action, Actor, Role, SpacePart
from gateway.domain.account import Space, majority_of
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.identity import BirthDate, Ins
from gateway.domain.local_days import birth_in_words
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import MandateKind, NamedPerson
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.request_payloads import EndRequest, PassOnRequest
from gateway.domain.rights_requests import (
    AskedPerson,
    Relation,
    RequestKind,
    RequestState,
    RightsRequest,
    correction_clocks,
)
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.access.mandate_titles import counts
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.outbox.steps import Effects, Prepared, add_step, payload_of
from gateway.services.random_numbers import random_number
from gateway.services.requests.own_requests import RequestFault, begun, fault_among, fault_of, too_many
from gateway.services.space.telling import tell_holder

NOBODY_NAMED = "La personne concernée"
"""Whom every such request is said to go to, whether there is such a person or not."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AccessQuestion:
    """What is typed: who the person is, by name, birth date and number (INS), by what one asks, and why."""

    birth_name: str
    first_name: str
    born: BirthDate
    number: Ins
    relation: Relation
    words: str


class AccessRequests:
    """Asks for access to the data of another person, and decides about one's own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def ask(self, actor: Actor, question: AccessQuestion) -> RightsRequest | RequestFault:
        """Ask, or say why not; nothing said here depends on whether there is such a person."""
        now, number, step, words = self._clock.now(), random_number(), random_number(), question.words.strip()
        if (fault := fault_of(words)) is not None:
            return fault
        about = AskedPerson(
            named=NamedPerson(question.birth_name, question.first_name, question.born), number=question.number.value
        )

        def act(tx: Tx) -> RightsRequest | RequestFault:
            allow(tx, actor, Action.ADD, SpacePart.RIGHTS, now)
            if actor.home != actor.vault:
                raise Conflict("nobody asks in somebody else's name")
            kept = tx.rights_requests.all_of(actor.vault)
            fault = fault_among(kept, actor, lambda one: one.about is not None and one.about.number == about.number)
            if fault is not None:
                return fault
            clocks = correction_clocks(now)
            request = RightsRequest(
                number=number, kind=RequestKind.ACCESS, state=RequestState.WAITING, asked_at=now,
                asked_by=actor.person, asker=actor.home, to=NOBODY_NAMED,
                to_detail=f"{question.first_name} {question.birth_name}", words=words, clocks=clocks,
                next=clocks.latest, relation=question.relation, about=about,
            )  # fmt: skip
            begun(tx, actor, request, now)
            add_step(tx, Step(vault=actor.vault, id=step, payload=PassOnRequest(request=number), due=now))
            return request

        return await self._store.write(act)

    @traces_refusals
    async def decide(self, actor: Actor, number: int, *, grants: bool) -> None:
        """Grant or refuse what somebody asks of oneself; they are told. Raises `NotFound`."""
        now, step = self._clock.now(), random_number()

        def act(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            request = tx.rights_requests.get(actor.vault, number)
            if request is None or request.kind is not RequestKind.ACCESS_OF or not request.waits:
                raise NotFound("nobody asks that")
            if actor.role is not Role.PATIENT or request.other is None:
                raise NotFound("it is the person's own to decide")
            state = RequestState.ANSWERED if grants else RequestState.REFUSED
            tx.rights_requests.save(actor.vault, replace(request, state=state, ended_at=now, next=None))
            action = "request.granted" if grants else "request.refused"
            tx.audit.append(actor.vault, actor.event(now, action, objects=(request.name,), detail=request.asked_by))
            told = EndRequest(request=number, other=request.other, state=state.value)
            add_step(tx, Step(vault=actor.vault, id=step, payload=told, due=now))
            tx.changed(actor.vault)

        await self._store.write(act)


class RequestPassing:
    """Handles `StepKind.PASS_ON` and `StepKind.END_REQUEST`: what goes from one space to another."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def pass_on(self, step: Step) -> Prepared:
        """Look for the person, and put the request before them when they can decide."""
        number, now = payload_of(step, PassOnRequest).request, self._clock.now()
        found = await self._store.read(lambda tx: _decider(tx, step.vault, number, now))
        if found is None:
            return Prepared(work=Effects)
        request, space, asker = found
        put = partial(_put_before, request=request, space=space, asker=asker, now=now)
        noted = partial(_note_passed, vault=step.vault, number=number, to=space.vault, now=now)
        return Prepared(work=lambda: Effects(finish=noted, elsewhere=(put,)))

    async def end(self, step: Step) -> Prepared:
        """End a request in the other space: the asker's, once it is decided; the other's, once it is withdrawn."""
        write: Callable[[Tx], None] = partial(_ended, told=payload_of(step, EndRequest), now=self._clock.now())
        return Prepared(work=lambda: Effects(elsewhere=(write,)))


def _decider(tx: Tx, asker: VaultId, number: int, now: datetime) -> tuple[RightsRequest, Space, Space] | None:
    request = tx.rights_requests.get(asker, number)
    if request is None or request.about is None:
        return None
    about = request.about
    for space in tx.spaces.with_number(about.number):
        is_it = space.identity.ins.value == about.number and about.named.is_named(space.identity.traits)
        if not is_it or space.vault == asker:
            continue
        if tx.rights_requests.get(space.vault, number) is not None:
            # Put there before a crash, which came before that was noted: noting it ends one that was withdrawn since.
            return request, space, tx.spaces.space(asker)
        if request.waits and _decides(tx, space, now):
            is_full = too_many(tx.rights_requests.all_of(space.vault), received=True)
            return None if is_full else (request, space, tx.spaces.space(asker))
    return None


def _decides(tx: Tx, space: Space, now: datetime) -> bool:
    """Say whether somebody decides for themself: an adult, with an open space, under no full guardianship."""
    majority = majority_of(space)
    is_adult = majority is not None and now >= majority
    kept = tx.mandates.all_of(space.vault)
    is_ward = any(one.kind is MandateKind.TUTELLE and counts(one, space, now) for one in kept)
    return space.state is SpaceState.ACTIVE and is_adult and not is_ward


def _put_before(tx: Tx, *, request: RightsRequest, space: Space, asker: Space, now: datetime) -> None:
    if tx.rights_requests.get(space.vault, request.number) is not None:
        return  # done before a crash
    born = asker.identity.traits.birth_date
    put = RightsRequest(
        number=request.number, kind=RequestKind.ACCESS_OF, state=RequestState.WAITING, asked_at=request.asked_at,
        asked_by=request.asked_by, asker=None, to=request.asked_by,
        to_detail=birth_in_words(born) if born else "", words=request.words, relation=request.relation,
        other=asker.vault,
    )  # fmt: skip
    tx.rights_requests.save(space.vault, put)
    tx.audit.append(space.vault, system_in(space.vault).event(now, "request.received", objects=(put.name,)))
    tell_holder(tx, space.vault, NoticeKind.ACCESS_ASKED, now)
    tx.changed(space.vault)


def _note_passed(tx: Tx, *, vault: VaultId, number: int, to: VaultId, now: datetime) -> None:
    request = tx.rights_requests.get(vault, number)
    if request is None:
        return
    tx.rights_requests.save(vault, replace(request, other=to))
    if not request.waits:  # withdrawn meanwhile
        told = EndRequest(request=number, other=to, state=request.state.value)
        add_step(tx, Step(vault=vault, id=random_number(), payload=told, due=now))


def _ended(tx: Tx, *, told: EndRequest, now: datetime) -> None:
    vault = VaultId(told.other)
    request = tx.rights_requests.get(vault, told.request)
    if request is None or not request.waits:
        return  # withdrawn, or done before a crash
    # Whatever ended it on the other side: in the space of the person who decides, nobody else has said yes or no.
    is_received = request.kind is RequestKind.ACCESS_OF
    state = RequestState.WITHDRAWN if is_received else RequestState.stored(told.state)
    tx.rights_requests.save(vault, replace(request, state=state, ended_at=now, next=None))
    is_withdrawn = state is RequestState.WITHDRAWN
    action = "request.withdrawn" if is_withdrawn else "request.settled"
    tx.audit.append(vault, system_in(vault).event(now, action, state.value, (request.name,)))
    tx.changed(vault)
