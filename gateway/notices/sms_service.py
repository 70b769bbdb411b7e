"""Notices by SMS, through an HTTP service: one POST each, made from a template, signed where it asks for that."""

import asyncio
import hashlib
import hmac
import json
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from gateway.domain.errors import NoticeDeferred, NoticeRefused
from gateway.domain.notices import Notice

_NEVER = frozenset({404, 410, 422})
_NUMBER = re.compile(r"\+?[0-9]{4,15}", re.ASCII)
_SPACES = re.compile(r"[\s.\-()]+")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SmsSettings:
    """How the service is asked.

    Attributes:
        url: where to; ``https`` but for tests on this machine.
        template: JSON text in which ``{to}``, ``{text}`` and ``{id}`` stand for the words of a notice.
        token: sent as ``Authorization: Bearer``; empty for none.
        signature_header: bears the HMAC-SHA256 of the body, in hexadecimal; empty for none.
        signature_key: key of that.
        at_once: requests; more notices wait.
    """

    url: str
    template: str
    token: str = ""
    signature_header: str = ""
    signature_key: bytes = b""
    timeout: timedelta = timedelta(seconds=30)
    at_once: int = 8


class SmsService:
    """Implements `gateway.ports.notices.Notices` for SMS."""

    def __init__(self, settings: SmsSettings, context: Callable[[], ssl.SSLContext]) -> None:
        self._settings = settings
        self._context = context
        self._places = asyncio.Semaphore(settings.at_once)

    async def send(self, notice: Notice) -> None:
        """Ask the service; see `gateway.ports.notices.Notices`."""
        number = _SPACES.sub("", notice.to)
        if not _NUMBER.fullmatch(number):
            raise NoticeRefused("the contact is no telephone number")
        body = filled_template(
            self._settings.template, {"to": number, "text": notice.wording.text, "id": notice.id}
        ).encode()
        async with self._places:
            try:
                status = await self._post(body, notice.id)
            except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
                raise NoticeDeferred(type(error).__name__) from error
        if status in _NEVER:
            raise NoticeRefused(str(status))
        if not 200 <= status < 300:
            raise NoticeDeferred(str(status))

    async def _post(self, body: bytes, notice_id: str) -> int:
        settings = self._settings
        headers = {"Content-Type": "application/json", "Idempotency-Key": notice_id}
        if settings.token:
            headers["Authorization"] = f"Bearer {settings.token}"
        if settings.signature_header:
            headers[settings.signature_header] = hmac.new(settings.signature_key, body, hashlib.sha256).hexdigest()
        timeout = aiohttp.ClientTimeout(total=settings.timeout.total_seconds())
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                settings.url, data=body, headers=headers, ssl=self._context(), allow_redirects=False
            ) as answer,
        ):
            return answer.status


def filled_template(template: str, words: Mapping[str, str]) -> str:
    """Put words into a JSON template, each written as the inside of a JSON text."""
    return re.sub(r"\{(to|text|id)\}", lambda found: json.dumps(words[found[1]])[1:-1], template)
