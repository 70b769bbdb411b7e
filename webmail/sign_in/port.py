"""What signing in asks of the services."""

from typing import Protocol

from aiohttp import web

from webmail.sign_in.model import BrowserSession, CodeSent, SignInRefusal
from webmail.signed_in import SignedIn


class SignInService(Protocol):
    """Check a patient's password, then a single-use code (A1)."""

    async def sign_in(self, identifier: str, password: str, source: str) -> CodeSent | SignInRefusal:
        """Check the password and send a code; `source` is the client's network address, for rate limits."""
        ...

    async def verify_code(self, pending: str, code: str, source: str) -> SignedIn | SignInRefusal:
        """Spend the code of an attempt; right once only."""
        ...


class SessionStore(Protocol):
    """Keep sessions by the SHA-256 digest of their token (32 bytes).

    The web decides what has expired; a store may drop whatever was last seen more than a day ago.
    """

    async def put(self, digest: bytes, session: BrowserSession) -> None:
        """Store a session, or replace it (`seen_at` moves)."""
        ...

    async def get(self, digest: bytes) -> BrowserSession | None:
        """Give the session of that digest."""
        ...

    async def delete(self, digest: bytes) -> None:
        """Forget a session; nothing happens when there is none."""
        ...


SIGN_IN: web.AppKey[SignInService] = web.AppKey("sign_in")
"""Where handlers find it on the application."""
