"""Asking a provider over HTTPS: verified TLS, a time-out, an answer of bounded size, no redirection followed."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

from gateway.domain.errors import ProviderRefused, ProviderUnavailable

MOST_OCTETS = 128 * 1024


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Question:
    """One request: by POST where there is a form. `what` names it in a log."""

    what: str
    place: str
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class ProviderAnswer:
    """What came back."""

    octets: bytes
    media_type: str


class Asking:
    """Asks; `seconds` bound each question."""

    def __init__(self, context: Callable[[], ssl.SSLContext], seconds: int) -> None:
        self._context = context
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def ask(self, question: Question) -> ProviderAnswer:
        """Ask once.

        Raises:
            ProviderUnavailable: no answer, or one that says to come again.
            ProviderRefused: an answer that refuses, is too large, or sends elsewhere.
        """
        headers = {"Accept-Encoding": "identity", "Accept": "application/json, application/jwt", **question.headers}
        method = "GET" if question.form is None else "POST"
        try:
            async with (
                # Compressed octets, which nobody asked for, are read as they are: nothing swells.
                aiohttp.ClientSession(timeout=self._timeout, auto_decompress=False, trust_env=False) as session,
                session.request(
                    method,
                    question.place,
                    data=question.form,
                    headers=headers,
                    ssl=self._context(),
                    allow_redirects=False,
                ) as answer,
            ):
                _require(answer.status, question.what)
                return ProviderAnswer(await _octets(answer.content, question.what), answer.content_type)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # a TimeoutError is an OSError
            raise ProviderUnavailable(f"{question.what}.{type(error).__name__}") from error


def _require(status: int, what: str) -> None:
    if status == 429 or status >= 500:
        raise ProviderUnavailable(f"{what}.{status}")
    if status != 200:
        raise ProviderRefused(f"{what}.{status}")


async def _octets(content: aiohttp.StreamReader, what: str) -> bytes:
    found = bytearray()
    async for piece in content.iter_any():
        found += piece
        if len(found) > MOST_OCTETS:
            raise ProviderRefused(f"{what}.large")
    return bytes(found)
