"""What signing in asks of the services."""

from typing import Protocol

from aiohttp import web

from webmail.sign_in.model import CodeSent, SignInRefusal
from webmail.signed_in import SignedIn


class SignInService(Protocol):
    """Check a patient's password, then a single-use code (A1)."""

    async def sign_in(self, identifier: str, password: str, source: str) -> CodeSent | SignInRefusal:
        """Check the password and send a code; `source` is the client's network address, for rate limits."""
        ...

    async def verify_code(self, pending: str, code: str, source: str) -> SignedIn | SignInRefusal:
        """Spend the code of an attempt; right once only."""
        ...


SIGN_IN: web.AppKey[SignInService] = web.AppKey("sign_in")
"""Where handlers find it on the application."""
