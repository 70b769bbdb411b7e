"""Somebody asks for access to another's data: the person decides, or the operator; the asker learns no more (F89)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.domain.identity import BirthDate
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.request_payloads import EndRequest, PassOnRequest
from gateway.domain.rights_requests import Relation, RequestKind, RequestState, RightsRequest
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import Prepared
from gateway.services.requests.access_requests import AccessQuestion, AccessRequests, RequestPassing
from gateway.services.requests.own_requests import OwnRequests, RequestFault
from gateway.services.requests.request_queue import RequestQueue
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite, patient_site

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Two:
    """Camille asks; Louis is asked."""

    site: PatientSite
    asks: AccessRequests
    passing: RequestPassing

    @property
    def louis(self) -> Actor:
        return holder_of(self.site.louis, "web")

    async def ask(self, person: Space | None = None, /, **changes: object) -> RightsRequest:
        """Ask about somebody, and let the steps be done."""
        made = await self.asks.ask(self.site.actor, self.question(person, **changes))
        assert isinstance(made, RightsRequest)
        await self.work()
        return made

    def question(self, person: Space | None = None, /, **changes: object) -> AccessQuestion:
        identity = (person or self.site.louis).identity
        traits = identity.traits
        assert traits.birth_date is not None
        question = AccessQuestion(
            birth_name=traits.birth_name, first_name=traits.given_names[0], born=traits.birth_date,
            number=identity.ins, relation=Relation.TRUSTED, words="Je suis sa personne de confiance.",
        )  # fmt: skip
        return replace(question, **changes)  # type: ignore[arg-type]  # fields of the caller

    async def work(self) -> list[NoticeKind]:
        """Do the steps between spaces, each twice; give what holders are told."""
        at, told = self.site.at, []
        now = at.clock.now()
        for step in await at.store.write(lambda tx: tx.outbox.lease(now, now + HOUR, 50, holder=A_WORKER)):
            if isinstance(step.payload, TellHolder):
                told.append(step.payload.kind)
            elif isinstance(step.payload, PassOnRequest | EndRequest):
                do = self.passing.pass_on if isinstance(step.payload, PassOnRequest) else self.passing.end
                for _ in range(2):  # a crash may come between its work and its end
                    prepared = await do(step)
                    assert isinstance(prepared, Prepared)
                    effects = prepared.work()
                    for elsewhere in effects.elsewhere:
                        await at.store.write(elsewhere)
                await at.store.write(effects.finish)
                await at.store.write(lambda tx, step=step: tx.outbox.done(step))  # type: ignore[misc]  # bound now
        return told

    async def of(self, actor: Actor) -> list[RightsRequest]:
        return list(await OwnRequests(self.site.at.store, self.site.at.clock).asked(actor))


@pytest.fixture
async def two(ram: Path) -> AsyncIterator[Two]:
    """Both spaces, before anything is asked."""
    async with patient_site(ram) as site:
        yield Two(site, AccessRequests(site.at.store, site.at.clock), RequestPassing(site.at.store, site.at.clock))


async def test_person_is_told_decides_and_both_traces_say_so(two: Two) -> None:
    await two.ask()
    (asked,) = await two.of(two.louis)
    assert (asked.kind, asked.to, asked.words) == (
        RequestKind.ACCESS_OF, "Camille Lefèvre", "Je suis sa personne de confiance.",
    )  # fmt: skip
    assert await two.work() == [NoticeKind.ACCESS_ASKED]
    await two.asks.decide(two.louis, asked.number, grants=True)
    await two.work()
    (own,) = await two.of(two.site.actor)
    assert own.state is RequestState.ANSWERED
    assert len(await two.site.trace("request.granted", two.site.louis.vault)) == 1
    assert len(await two.site.trace("request.settled")) == 1
    with pytest.raises(NotFound):
        await two.asks.decide(two.louis, asked.number, grants=False)


async def test_refusal_is_told_and_logged(two: Two) -> None:
    await two.ask()
    (asked,) = await two.of(two.louis)
    await two.asks.decide(two.louis, asked.number, grants=False)
    await two.work()
    assert [one.state for one in await two.of(two.site.actor)] == [RequestState.REFUSED]
    assert len(await two.site.trace("request.refused", two.site.louis.vault)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"birth_name": "Autre"}, {"first_name": "Jean"}, {"born": BirthDate.parse("1951-02-03")}],
)
async def test_asker_reads_the_same_whether_there_is_such_a_person(two: Two, changes: dict[str, object]) -> None:
    await two.ask(**changes)
    assert await two.of(two.louis) == []
    unknown = (await two.of(two.site.actor))[0]
    await OwnRequests(two.site.at.store, two.site.at.clock).withdraw(two.site.actor, unknown.number)
    await two.ask()
    (known,) = [one for one in await two.of(two.site.actor) if one.waits]
    shown = ("state", "to", "to_detail", "clocks", "words", "undelivered", "answer")
    assert {name: getattr(known, name) for name in shown if name != "to_detail"} == {
        name: getattr(unknown, name) for name in shown if name not in ("to_detail", "state")
    } | {"state": RequestState.WAITING}


async def test_who_cannot_decide_is_the_operators_who_answers_with_a_reason(two: Two) -> None:
    dead = replace(two.site.louis, state=SpaceState.DECEASED)
    await two.site.at.store.write(lambda tx: tx.spaces.save(dead))
    request = await two.ask(relation=Relation.HEIR)
    queue = RequestQueue(two.site.at.store, two.site.at.clock)
    (one,) = await queue.waiting()
    assert (one.number, one.request and one.request.relation) == (request.number, Relation.HEIR)
    await queue.answer(two.site.camille.vault, request.number, is_granted=True, reason="Le dossier vous est remis.")
    (own,) = await two.of(two.site.actor)
    assert (own.state, own.answer) == (RequestState.ANSWERED, "Le dossier vous est remis.")


async def test_what_its_person_decides_is_not_the_operators_and_is_not_counted_twice(two: Two) -> None:
    request = await two.ask()
    queue = RequestQueue(two.site.at.store, two.site.at.clock)
    assert await queue.waiting() == []
    with pytest.raises(NotFound):
        await queue.answer(two.site.camille.vault, request.number, is_granted=True, reason="non")
    with pytest.raises(NotFound):  # nor the asker's, who may only take it back
        await OwnRequests(two.site.at.store, two.site.at.clock).note_answer(two.site.actor, request.number)
    assert [one.state for one in await two.of(two.louis)] == [RequestState.WAITING]


async def test_whatever_ends_it_elsewhere_nobody_has_said_yes_for_its_person(two: Two) -> None:
    request = await two.ask()
    told = EndRequest(request=request.number, other=two.louis.vault, state=RequestState.ANSWERED.value)
    step = Step(vault=two.site.camille.vault, id=1, payload=told, due=two.site.at.clock.now())
    for elsewhere in (await two.passing.end(step)).work().elsewhere:
        await two.site.at.store.write(elsewhere)
    assert [one.state for one in await two.of(two.louis)] == [RequestState.WITHDRAWN]


async def test_what_others_ask_of_a_person_takes_no_room_from_their_own_and_is_bounded(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.services.requests.own_requests.MOST_OPEN", 1)
    store, vault = two.site.at.store, two.louis.vault
    first = await two.ask()
    assert isinstance(await two.asks.ask(two.louis, two.question(two.site.camille)), RightsRequest)
    (asked,) = [one for one in await two.of(two.louis) if one.kind is RequestKind.ACCESS_OF]
    await store.write(lambda tx: tx.rights_requests.save(vault, replace(asked, number=2)))
    await OwnRequests(store, two.site.at.clock).withdraw(two.site.actor, first.number)
    further = await two.ask()
    received = {one.number for one in await two.of(two.louis) if one.kind is RequestKind.ACCESS_OF}
    assert received == {first.number, 2}
    assert further.number in [one.number for one in await RequestQueue(store, two.site.at.clock).waiting()]


async def test_withdrawn_request_is_withdrawn_on_both_sides(two: Two) -> None:
    request = await two.ask()
    await OwnRequests(two.site.at.store, two.site.at.clock).withdraw(two.site.actor, request.number)
    await two.work()
    assert [one.state for one in await two.of(two.louis)] == [RequestState.WITHDRAWN]


@pytest.mark.parametrize("meanwhile", ["withdrawn", "full", "closed"])
async def test_kill_between_both_spaces_leaves_no_copy_that_waits(
    two: Two, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    made = await two.asks.ask(two.site.actor, two.question())
    assert isinstance(made, RightsRequest)
    store, own = two.site.at.store, OwnRequests(two.site.at.store, two.site.at.clock)
    step = Step(
        vault=two.site.camille.vault, id=1, payload=PassOnRequest(request=made.number), due=two.site.at.clock.now()
    )
    for elsewhere in (await two.passing.pass_on(step)).work().elsewhere:
        await store.write(elsewhere)  # and the process is killed: the step stays, nothing is noted
    assert [one.state for one in await two.of(two.louis)] == [RequestState.WAITING]
    if meanwhile == "withdrawn":
        await own.withdraw(two.site.actor, made.number)
    elif meanwhile == "full":
        monkeypatch.setattr("gateway.services.requests.own_requests.MOST_OPEN", 1)
    else:
        gone = replace(two.site.louis, state=SpaceState.DECEASED)
        await store.write(lambda tx: tx.spaces.save(gone))
    await two.work()
    if meanwhile != "withdrawn":
        await own.withdraw(two.site.actor, made.number)
    await two.work()
    kept = await store.read(lambda tx: tx.rights_requests.all_of(two.site.louis.vault))
    assert [one.state for one in kept] == [RequestState.WITHDRAWN]


async def test_faults_and_others_decide_nothing(two: Two) -> None:
    await two.ask()
    assert await two.asks.ask(two.site.actor, two.question()) is RequestFault.ASKED_ALREADY
    assert await two.asks.ask(two.site.actor, two.question(words=" ")) is RequestFault.NO_WORDS
    (asked,) = await two.of(two.louis)
    with pytest.raises(NotFound):
        await two.asks.decide(two.site.actor, asked.number, grants=True)
    own = two.question(two.site.camille)
    made = await two.asks.ask(two.site.actor, own)
    assert isinstance(made, RightsRequest)
    await two.work()
    assert [one.kind for one in await two.of(two.site.actor)] == [RequestKind.ACCESS, RequestKind.ACCESS]
