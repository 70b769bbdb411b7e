"""One OpenID provider: where it is asked, its keys, and a code exchanged for what it vouches for (OIDC Core §3.1).

What it publishes is kept for a while, and asked for by one at a time. A key that is not known makes the keys be asked
for anew, at most twice a minute; a provider that does not answer is left alone for some seconds.
"""

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import quote_plus, urlencode

import structlog

from gateway.domain.errors import PliError, ProviderRefused, ProviderUnavailable
from gateway.domain.openid import AuthorizationRequest, CodeExchange, ProvenClaims
from gateway.openid.documents import (
    ProviderDocument,
    SigningKey,
    TokenAnswer,
    claims_read,
    provider_document,
    signing_keys,
    token_answer,
)
from gateway.openid.questions import Asking, Question
from gateway.openid.tokens import LEEWAY_SECONDS, Expected, UnknownKey, id_token, verified_octets
from gateway.ports.clock import Clock

_log = structlog.get_logger("pli.openid")
_GOOD_FOR = timedelta(minutes=10)
_PAUSE = timedelta(seconds=20)
"""Between two questions after one that failed."""
_BETWEEN_KEYS = timedelta(seconds=30)
_AT_ONCE = 16
_SIGNED = "application/jwt"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProviderSettings:
    """Which provider, and who we are to it.

    Attributes:
        name: what people call it.
        levels: values of ``acr`` that are asked for and enough; empty for whatever it gives.
        seconds: how long it may take for one answer.
        discovery: where below ``/.well-known/`` it may say where it is asked what, the first that does counts.
    """

    issuer: str
    client_id: str
    client_secret: str
    name: str
    scopes: tuple[str, ...]
    levels: tuple[str, ...]
    seconds: int
    discovery: tuple[str, ...] = ("openid-configuration",)


class OpenidProvider:
    """Implements `gateway.ports.identity_provider.IdentityProvider`."""

    def __init__(self, settings: ProviderSettings, context: Callable[[], ssl.SSLContext], clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._asking = Asking(context, settings.seconds)
        self._document: _Kept[ProviderDocument] = _Kept(self._ask_document)
        self._keys: _Kept[tuple[SigningKey, ...]] = _Kept(self._ask_keys)
        self._places = asyncio.Semaphore(_AT_ONCE)

    @property
    def name(self) -> str:
        """Give what people call it."""
        return self._settings.name

    async def require_answer(self) -> None:
        """Ask it where it is asked what. Raises `ProviderUnavailable`, `ProviderRefused`."""
        await self._document.get(self._clock.now())

    async def authorization_url(self, asked: AuthorizationRequest) -> str:
        """Give where a browser goes; see `gateway.ports.identity_provider.IdentityProvider`."""
        settings = self._settings
        query = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": asked.return_to,
            "scope": " ".join(settings.scopes),
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": asked.challenge,
            "code_challenge_method": "S256",
        }
        if settings.levels:
            query["acr_values"] = " ".join(settings.levels)
        try:
            document = await self._document.get(self._clock.now())
        except PliError as error:
            _note(error)
            raise
        return with_query(document.authorization_endpoint, query)

    async def claims_of(self, exchange: CodeExchange) -> ProvenClaims:
        """Exchange a code; see `gateway.ports.identity_provider.IdentityProvider`."""
        try:
            if self._places.locked():
                raise ProviderUnavailable("busy")
            async with self._places:
                return await self._exchanged(exchange)
        except PliError as error:
            _note(error)
            raise

    async def _exchanged(self, exchange: CodeExchange) -> ProvenClaims:
        now, settings = self._clock.now(), self._settings
        document = await self._document.get(now)
        # RFC 9207 §2.4: an answer of somebody else's is not taken to this one.
        if exchange.issuer != settings.issuer and (
            exchange.issuer or document.authorization_response_iss_parameter_supported
        ):
            raise ProviderRefused("return.issuer")
        answer = token_answer(await self._ask_token(document, exchange))
        expected = Expected(
            issuer=settings.issuer,
            audience=settings.client_id,
            nonce=exchange.nonce,
            levels=settings.levels,
            now=now,
        )
        token, claims = await self._with_keys(lambda keys: id_token(answer.id_token, keys, expected))
        if document.userinfo_endpoint:
            claims = await self._userinfo(document.userinfo_endpoint, answer)
            if claims.get("sub") != token.sub:
                raise ProviderRefused("userinfo.subject")
        return ProvenClaims(claims, _logout(document, answer.id_token, exchange.after_logout))

    # ------------------------------------------------------------ questions

    async def _ask_document(self) -> ProviderDocument:
        *first, last = self._settings.discovery
        for path in first:
            # A provider that refuses here may publish it elsewhere (FACTS d2); one that is silent is not asked twice.
            with suppress(ProviderRefused):
                return await self._document_at(path)
        return await self._document_at(last)

    async def _document_at(self, path: str) -> ProviderDocument:
        place = f"{self._settings.issuer.rstrip('/')}/.well-known/{path}"
        answer = await self._asking.ask(Question(what="discovery", place=place))
        return provider_document(answer.octets, self._settings.issuer)

    async def _ask_keys(self) -> tuple[SigningKey, ...]:
        document = await self._document.get(self._clock.now())
        return signing_keys((await self._asking.ask(Question(what="keys", place=document.jwks_uri))).octets)

    async def _ask_token(self, document: ProviderDocument, exchange: CodeExchange) -> bytes:
        settings, headers = self._settings, dict[str, str]()
        form = {
            "grant_type": "authorization_code",
            "code": exchange.code,
            "redirect_uri": exchange.return_to,
            "code_verifier": exchange.verifier,
        }
        if document.takes_secret_in_form:
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        else:
            # RFC 6749 §2.3.1: each is encoded as in a form before both are joined.
            pair = f"{quote_plus(settings.client_id)}:{quote_plus(settings.client_secret)}"
            headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        question = Question(what="token", place=document.token_endpoint, form=form, headers=headers)
        return (await self._asking.ask(question)).octets

    async def _userinfo(self, place: str, answer: TokenAnswer) -> dict[str, Any]:  # Any: claims, looked at where used
        headers = {"Authorization": f"Bearer {answer.access_token}"}
        said = await self._asking.ask(Question(what="userinfo", place=place, headers=headers))
        if said.media_type != _SIGNED:
            return claims_read(said.octets)
        try:
            text = said.octets.decode("ascii").strip()
        except UnicodeDecodeError as error:
            raise ProviderRefused("userinfo.form") from error
        claims = claims_read(await self._with_keys(lambda keys: verified_octets(text, keys)))
        audience = claims.get("aud")
        made_for = audience if isinstance(audience, list) else [audience]
        # OIDC Core §5.3.2: one that is signed says who made it, and for whom.
        if claims.get("iss") != self._settings.issuer or self._settings.client_id not in made_for:
            raise ProviderRefused("userinfo.issuer")
        over = claims.get("exp")
        if isinstance(over, int | float) and over + LEEWAY_SECONDS <= self._clock.now().timestamp():
            raise ProviderRefused("userinfo.over")
        return claims

    async def _with_keys(self, verify: "Callable[[tuple[SigningKey, ...]], T]") -> T:
        now = self._clock.now()
        keys = await self._keys.get(now)
        try:
            return verify(keys)
        except UnknownKey:
            if not self._keys.is_older_than(_BETWEEN_KEYS, now):
                raise
            return verify(await self._keys.anew(now))


class _Kept(Generic[T]):
    """Something that is asked for rarely, by one at a time, and kept for a while; failures are kept for less."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._turn = asyncio.Lock()
        self._value: T | None = None
        self._asked: datetime | None = None
        self._failure: PliError | None = None

    def is_older_than(self, age: timedelta, now: datetime) -> bool:
        """Say whether it was last asked for so long ago."""
        return self._asked is None or now - self._asked >= age

    async def get(self, now: datetime) -> T:
        """Give it, as it was asked for not long ago."""
        async with self._turn:
            if self._failure is not None and not self.is_older_than(_PAUSE, now):
                raise type(self._failure)(*self._failure.args)
            if self._value is None or self.is_older_than(_GOOD_FOR, now):
                return await self._asked_for(now)
            return self._value

    async def anew(self, now: datetime) -> T:
        """Ask for it again, unless somebody else just has."""
        async with self._turn:
            if self._value is not None and not self.is_older_than(_BETWEEN_KEYS, now):
                return self._value
            return await self._asked_for(now)

    async def _asked_for(self, now: datetime) -> T:
        self._asked, self._value = now, None
        try:
            self._value = await self._ask()
        except PliError as error:
            self._failure = error
            raise
        self._failure = None
        return self._value


def _note(error: PliError) -> None:
    if isinstance(error, ProviderUnavailable):
        _log.warning("openid.unavailable", reason=str(error))
    else:
        _log.warning("openid.refused", reason=str(error))


def with_query(place: str, query: dict[str, str]) -> str:
    """Add to the query of a place, which may have one."""
    return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"


def _logout(document: ProviderDocument, token: str, after: str) -> str:
    """Give where a browser signs out at the provider (OpenID Connect RP-Initiated Logout §2); empty when nowhere."""
    if not document.end_session_endpoint:
        return ""
    return with_query(document.end_session_endpoint, {"id_token_hint": token, "post_logout_redirect_uri": after})
