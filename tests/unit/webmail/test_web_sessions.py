"""Sessions as the web edge keeps them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.account import digest_of
from tests.builders.web_people import CAMILLE, NOW
from webmail.cookie_secrets import form_token_of, is_form_token, new_token
from webmail.sessions import MemorySessions, Sessions
from webmail.settings import WebSettings


@dataclass
class MovingClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def sessions(clock: MovingClock, store: MemorySessions) -> Sessions:
    idle, lifetime = timedelta(minutes=30), timedelta(hours=8)
    settings = WebSettings(origin="https://pli.example", idle_timeout=idle, session_lifetime=lifetime)
    return Sessions(store, clock, settings)


async def test_session_is_found_by_its_token_only() -> None:
    found = sessions(MovingClock(), MemorySessions())
    token = await found.open(CAMILLE)
    session = await found.find(token)
    assert session is not None
    assert session.person == CAMILLE
    assert await found.find(token[:-1]) is None


async def test_store_never_holds_the_token() -> None:
    store = MemorySessions()
    token = await sessions(MovingClock(), store).open(CAMILLE)
    assert await store.get(token.encode()) is None
    assert await store.get(digest_of(token)) is not None


async def test_session_ends_after_a_while_without_use() -> None:
    clock, store = MovingClock(), MemorySessions()
    token = await sessions(clock, store).open(CAMILLE)
    clock.at += timedelta(minutes=30, seconds=1)
    assert await sessions(clock, store).find(token) is None
    assert await store.get(digest_of(token)) is None


async def test_use_keeps_a_session_alive() -> None:
    clock, store = MovingClock(), MemorySessions()
    token = await sessions(clock, store).open(CAMILLE)
    for _ in range(4):
        clock.at += timedelta(minutes=20)
        assert await sessions(clock, store).find(token) is not None


async def test_live_connection_does_not_keep_a_session_alive() -> None:
    clock, store = MovingClock(), MemorySessions()
    token = await sessions(clock, store).open(CAMILLE)
    clock.at += timedelta(minutes=20)
    assert await sessions(clock, store).find(token, used=False) is not None
    clock.at += timedelta(minutes=20)
    assert await sessions(clock, store).find(token, used=False) is None


async def test_session_ends_at_its_age_however_much_it_is_used() -> None:
    clock, store = MovingClock(), MemorySessions()
    token = await sessions(clock, store).open(CAMILLE)
    for _ in range(24):
        clock.at += timedelta(minutes=20)
        await sessions(clock, store).find(token)
    clock.at += timedelta(minutes=1)
    assert await sessions(clock, store).find(token) is None


async def test_full_memory_forgets_the_session_least_lately_used() -> None:
    clock, store = MovingClock(), MemorySessions(capacity=2)
    first, second = [await sessions(clock, store).open(CAMILLE) for _ in range(2)]
    clock.at += timedelta(minutes=2)
    await sessions(clock, store).find(first)
    await sessions(clock, store).open(CAMILLE)
    assert await store.get(digest_of(second)) is None
    assert await store.get(digest_of(first)) is not None


def test_form_token_belongs_to_one_secret() -> None:
    one, other = new_token(), new_token()
    assert is_form_token(form_token_of(one), one)
    assert not is_form_token(form_token_of(one), other)
    assert not is_form_token("é", one)
    assert not is_form_token(form_token_of(""), "")
