"""Requests for help: sent as a notice to whoever the operator names, with a number, and not too often (F24)."""

import re
from datetime import timedelta

import pytest

from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import holder_of
from gateway.services.counting.counters import CountersInMemory, StoredCounters
from gateway.services.space.help_requests import MAX_WORDS, HelpRefusal, HelpRequest, HelpRequests, looks_like_a_file
from gateway.services.space.notice_texts import worded
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, StoreAt, a_space

SUPPORT = "aide@operateur.example"
HERE, THERE = "192.0.2.7", "198.51.100.9"


def _request(words: str = "Je ne reçois pas de code.", answer_to: str = "camille@courriel.example") -> HelpRequest:
    return HelpRequest(topic="Me connecter", words=words, answer_to=answer_to)


async def _told(at: StoreAt) -> list[tuple[VaultId, TellHolder]]:
    steps = await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON, 50, holder=A_WORKER))
    return [(step.vault, step.payload) for step in steps if isinstance(step.payload, TellHolder)]


async def test_request_goes_to_the_operator_with_a_number(at: StoreAt) -> None:
    number = await HelpRequests(at.store, at.clock, SUPPORT, CountersInMemory()).ask(None, HERE, _request())
    assert isinstance(number, str)
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", number)
    ((vault, told),) = await _told(at)
    assert (vault, told.kind, told.channel, told.to) == (OPERATOR, NoticeKind.HELP, Channel.EMAIL, SUPPORT)
    text = worded(told.kind, Channel.EMAIL, told.values).text
    for word in (number, "Me connecter", "camille@courriel.example", "Je ne reçois pas de code."):
        assert word in text
    (event, *_) = await at.store.read(lambda tx: tx.audit.events(OPERATOR))
    assert (event.action, event.objects) == ("help.asked", (f"help:{number}",))


async def test_request_of_somebody_signed_in_is_in_their_trace(at: StoreAt) -> None:
    space = await a_space(at.store)
    await HelpRequests(at.store, at.clock, SUPPORT, CountersInMemory()).ask(holder_of(space, "web"), HERE, _request())
    ((vault, _),) = await _told(at)
    assert vault == space.vault
    events = await at.store.read(lambda tx: tx.audit.events(space.vault))
    assert [event.action for event in events if event.role == "patient"] == ["help.asked"]


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (_request(" "), HelpRefusal.NO_WORDS),
        (_request("x " * MAX_WORDS), HelpRefusal.TOO_LONG),
        (_request(answer_to="camille"), HelpRefusal.NO_CONTACT),
        (_request(answer_to=""), HelpRefusal.NO_CONTACT),
        (_request(answer_to="a@b.example\r\nBcc: x@y.example"), HelpRefusal.NO_CONTACT),
        (_request("Voici : %PDF-1.7 …"), HelpRefusal.LOOKS_LIKE_A_FILE),
    ],
)
async def test_what_cannot_be_sent_is_refused_and_says_why(
    at: StoreAt, request_: HelpRequest, refusal: HelpRefusal
) -> None:
    assert await HelpRequests(at.store, at.clock, SUPPORT, CountersInMemory()).ask(None, HERE, request_) is refusal
    assert await _told(at) == []


async def test_nobody_is_asked_when_the_operator_names_nobody(at: StoreAt) -> None:
    requests = HelpRequests(at.store, at.clock, "", CountersInMemory())
    assert not requests.is_possible
    assert await requests.ask(None, HERE, _request()) is HelpRefusal.NOWHERE


async def test_who_asks_too_often_waits_and_hinders_nobody_else(at: StoreAt) -> None:
    requests = HelpRequests(at.store, at.clock, SUPPORT, CountersInMemory())
    answers = [await requests.ask(None, HERE, _request()) for _ in range(6)]
    assert answers[5] is HelpRefusal.TOO_MANY
    assert isinstance(await requests.ask(None, THERE, _request()), str)
    at.clock.advance(timedelta(hours=2))
    assert isinstance(await requests.ask(None, HERE, _request()), str)


async def test_what_was_asked_counts_after_a_restart(at: StoreAt) -> None:
    before, after = StoredCounters(at.store, at.clock), StoredCounters(at.store, at.clock)
    requests = HelpRequests(at.store, at.clock, SUPPORT, before)
    for _ in range(5):
        assert isinstance(await requests.ask(None, HERE, _request()), str)
    await before.exchange()
    restarted = HelpRequests(at.store, at.clock, SUPPORT, after)
    await after.exchange()
    assert await restarted.ask(None, HERE, _request()) is HelpRefusal.TOO_MANY
    assert isinstance(await restarted.ask(None, THERE, _request()), str)


async def test_forty_sources_that_ask_without_end_shut_nobody_out(at: StoreAt) -> None:
    space = await a_space(at.store)
    requests = HelpRequests(at.store, at.clock, SUPPORT, CountersInMemory())
    for source in range(40):
        for _ in range(5):
            assert isinstance(await requests.ask(None, f"203.0.113.{source}", _request()), str)
    assert isinstance(await requests.ask(None, THERE, _request()), str)
    assert await requests.ask(None, THERE, _request()) is HelpRefusal.TOO_MANY
    for _ in range(5):
        assert isinstance(await requests.ask(holder_of(space, "web"), HERE, _request()), str)
    assert await requests.ask(holder_of(space, "web"), HERE, _request()) is HelpRefusal.TOO_MANY


@pytest.mark.parametrize(
    "words", ["data:application/pdf;base64,JVBERi0xLjcK", "QUJD" * 40, ("QUJDREVG" * 9 + "\n") * 3, "-----BEGIN X-----"]
)
def test_what_looks_like_a_file_is_known(words: str) -> None:
    assert looks_like_a_file(words)


@pytest.mark.parametrize("words", ["JE NE PEUX PAS ME CONNECTER " * 30, "https://pli.example/" + "a" * 70, "x" * 70])
def test_ordinary_words_are_no_file(words: str) -> None:
    assert not looks_like_a_file(words)
