"""What signing in asks of the services."""

from typing import Protocol

from aiohttp import web

from webmail.sign_in.model import CodeSent, SignInRefusal
from webmail.signed_in import SignedIn


class SignInService(Protocol):
    """Check a patient's password, then a single-use code (A1)."""

    async def sign_in(
        self, identifier: str, password: str, source: str, device: str
    ) -> CodeSent | SignInRefusal:
        """Check the password and send a code.

        `source` is the client's network address, `device` what `known_device` gave to this browser: they decide how
        long somebody waits when many try.
        """
        ...

    async def verify_code(
        self, pending: str, code: str, source: str, device: str, browser: str
    ) -> SignedIn | SignInRefusal:
        """Spend the code of an attempt; right once only. A new `device` is told to its holder as `browser`."""
        ...

    def ask_for_passkey(self, visit: str, site: str) -> str:
        """Give what the browser of a visit is asked for a passkey with, as JSON; `site` is the origin of the pages."""
        ...

    async def sign_in_by_passkey(
        self, answer: str, visit: str, site: str, source: str, device: str, browser: str
    ) -> SignedIn | SignInRefusal:
        """Sign in by what a passkey answered, alone; `device` and `browser` as for `verify_code`."""
        ...

    def known_device(self, device: str, person: SignedIn) -> str:
        """Give what the browser of somebody who has signed in keeps for the next time; it opens nothing."""
        ...


SIGN_IN: web.AppKey[SignInService] = web.AppKey("sign_in")
"""Where handlers find it on the application."""
