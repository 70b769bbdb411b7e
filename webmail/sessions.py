"""Signed-in browsers: tokens, their cookie, their two expiries. The store sees digests only.

A token is 256 random bits, new at each sign-in, in a cookie that only this host may set, that scripts do
not see and that other sites do not cause to be sent.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.ports.clock import Clock
from webmail.cookie_secrets import new_token
from webmail.entrance import OF_PATIENTS
from webmail.settings import WebSettings
from webmail.signed_in import SignedIn

SESSION_COOKIE = OF_PATIENTS.cookie
READING_COOKIE = "__Host-pli-lecture"
"""Of a browser whose holder reads without having accepted the terms of today; it opens nothing else."""
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, repr=False)
class BrowserSession:
    """A signed-in browser; the store knows it by the digest of its token, never by the token.

    `device` is what it is called; a store keeps it at the opening and need not give it back.
    """

    person: SignedIn
    opened_at: datetime
    seen_at: datetime
    device: str = ""


class SessionStore(Protocol):
    """Keep sessions by the SHA-256 digest of their token (32 bytes).

    The web decides what has expired; a store may drop whatever was last seen more than a day ago.
    """

    async def put(self, digest: bytes, session: BrowserSession) -> None:
        """Store a session, or replace it."""
        ...

    async def seen(self, digest: bytes, session: BrowserSession) -> bool:
        """Move a session's `seen_at`; False when it was ended meanwhile: it stays ended."""
        ...

    async def get(self, digest: bytes) -> BrowserSession | None:
        """Give the session of that digest."""
        ...

    async def delete(self, digest: bytes) -> None:
        """Forget a session; nothing happens when there is none."""
        ...


def set_cookie(response: web.Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie with every guard on."""
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Strict")


def set_returning_cookie(response: web.Response, name: str, value: str, max_age: int) -> None:
    """Set a cookie that also comes along when another site sends the browser here; it must open nothing."""
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Lax")


def drop_cookie(response: web.Response, name: str) -> None:
    """Delete a cookie that `set_cookie` has set."""
    response.del_cookie(name, path="/", secure=True, httponly=True, samesite="Strict")


def forget_browser(response: web.Response) -> None:
    """End what a browser holds of a space: the session, kept pages, and what they have put aside there.

    Other cookies stay: they open nothing.
    """
    drop_cookie(response, SESSION_COOKIE)
    drop_cookie(response, READING_COOKIE)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def forget_at_work(response: web.Response, cookie: str) -> None:
    """End what a browser holds of a site for people who work: the session in `cookie`, and kept pages.

    What is put aside stays. Only the patients' space does so, and its holder may be signed in beside (W3C
    Clear-Site-Data §3.1: what is cleared is cleared for the whole origin).
    """
    drop_cookie(response, cookie)
    response.headers["Clear-Site-Data"] = '"cache"'


class Sessions:
    """Open, find and close sessions."""

    def __init__(self, store: SessionStore, clock: Clock, settings: WebSettings) -> None:
        self._store = store
        self._clock = clock
        self._idle = settings.idle_timeout
        self._lifetime = settings.session_lifetime

    async def open(self, person: SignedIn, device: str = "") -> str:
        """Open a session in a browser that is called `device`, and give its token."""
        token, now = new_token(), self._clock.now()
        await self._store.put(digest_of(token), BrowserSession(person, now, now, device))
        return token

    async def find(self, token: str, *, used: bool = True) -> BrowserSession | None:
        """Give the session of a token unless it has expired; `used` counts this as an act of the person."""
        digest, now = digest_of(token), self._clock.now()
        session = await self._store.get(digest)
        if session is None:
            return None
        if now - session.seen_at > self._idle or now - session.opened_at > self._lifetime:
            await self._store.delete(digest)
            return None
        if used and now - session.seen_at >= _TOUCH_EVERY:
            session = replace(session, seen_at=now)
            return session if await self._store.seen(digest, session) else None
        return session

    async def close(self, token: str) -> None:
        """End a session for good."""
        await self._store.delete(digest_of(token))


class MemorySessions:
    """Keep sessions in this process; they end with it. Past `capacity`, the one least lately used is dropped."""

    def __init__(self, capacity: int = 100_000) -> None:
        self._capacity = capacity
        self._sessions: OrderedDict[bytes, BrowserSession] = OrderedDict()

    async def put(self, digest: bytes, session: BrowserSession) -> None:
        """Store or replace a session."""
        self._sessions[digest] = session
        self._sessions.move_to_end(digest)
        if len(self._sessions) > self._capacity:
            self._sessions.popitem(last=False)

    async def seen(self, digest: bytes, session: BrowserSession) -> bool:
        """Move a session's `seen_at`; False when it was ended."""
        is_open = digest in self._sessions
        if is_open:
            await self.put(digest, session)
        return is_open

    async def get(self, digest: bytes) -> BrowserSession | None:
        """Give the session of that digest."""
        return self._sessions.get(digest)

    async def delete(self, digest: bytes) -> None:
        """Forget a session."""
        self._sessions.pop(digest, None)
