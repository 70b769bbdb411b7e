"""The talk of one client: greeting, commands in order, what the mailbox has to tell between them, goodbye."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, assert_never

import structlog

from gateway.imap import farewells, replies
from gateway.imap.replies import Answer
from gateway.imap.session.channel import ImapChannel
from gateway.imap.session.session import ImapSession, ImapSurroundings
from gateway.imap.session_ended import SessionEnded
from gateway.imap.wire import responses
from gateway.imap.wire.codes import Condition, capability
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.events import Done, NeedContinuation, Rejected, Request, SaslResponse
from gateway.imap.wire.states import is_legal, state_after
from gateway.imap.wire.syntax import Command, State
from gateway.listening import HTTP_METHODS
from gateway.ports.news import Subscription
from gateway.services.mailbox.mailbox import OpenMailbox

_log = structlog.get_logger("pli.imap")

_NUMBERS_STAND = frozenset({b"FETCH", b"STORE", b"SEARCH"})
"""Commands during which no EXPUNGE may be sent (RFC 3501 §7.4.1); their UID forms are others."""

Handler: TypeAlias = Callable[[ImapSession, Any], Awaitable[Answer]]
"""Carries out one kind of command; Any, because each takes its own kind and `verbs` pairs them."""
Handlers: TypeAlias = Mapping[type[Command], Handler]


@dataclass(frozen=True, slots=True)
class Verbs:
    """What carries commands out.

    Attributes:
        handlers: one for each command that is offered.
        admit: judges an APPEND before its message is sent.
    """

    handlers: Handlers
    admit: Callable[[ImapSession, Append], Awaitable[Answer]]


class ImapTalk(ImapSession):
    """One client, from greeting to goodbye. `serve` runs it; it never raises but when cancelled."""

    def __init__(self, around: ImapSurroundings, source: str, verbs: Verbs) -> None:
        super().__init__(around, source)
        self._verbs = verbs
        self._bad = 0
        self._commands = 0

    @property
    def protocol(self) -> ImapChannel:
        """Give what takes its octets."""
        return self.channel

    def drain(self) -> None:
        """End at the next moment at which the session waits for the client."""
        self.channel.leave()

    def abort(self) -> None:
        """Cut the connection."""
        self.channel.abort()

    async def serve(self) -> None:
        """Talk until either side has had enough."""
        reason = "logout"
        try:
            greeting = capability(self.capabilities)
            self.write(responses.untagged(Condition.OK, "Pli ready", greeting))
            while self._mailbox is None and self.state is not State.LOGOUT:
                await self._step()
            if self._mailbox is not None:
                await self._talk_with(self._mailbox)
        except SessionEnded as ended:
            reason = ended.reason
            if ended.farewell:
                self.write(responses.untagged(Condition.BYE, ended.farewell, ended.code))
        finally:
            self.view = None
            _log.info("imap.closed", connection=self.id, reason=reason, commands=self._commands)
        await self.channel.close()

    async def _talk_with(self, mailbox: OpenMailbox) -> None:
        # Subscribed before any snapshot is read: what changes in between is news, never lost.
        with mailbox.subscribe() as news:
            watch = asyncio.get_running_loop().create_task(self._watch(news))
            try:
                while self.state is not State.LOGOUT:
                    await self._step()
            finally:
                watch.cancel()
                with suppress(asyncio.CancelledError):
                    await watch
                await self.leave()

    async def _watch(self, news: Subscription) -> None:
        while True:
            await news.wait()
            self._stale = True
            self.channel.wake()

    async def _step(self) -> None:
        event = await self.next_event()
        match event:
            case Request():
                await self._carry_out(event)
            case NeedContinuation():
                await self._continue(event)
            case Rejected():
                self._reject(event)
            case Done() | SaslResponse():
                raise RuntimeError("the stream was not asked for this")
            case _:
                assert_never(event)

    async def _carry_out(self, request: Request) -> None:
        self.tag = request.tag
        self._commands += 1
        self.require_sign_in()
        command = request.command
        if not is_legal(self.state, command):
            self._complete(replies.NOT_NOW)
            return
        handler = self._verbs.handlers.get(type(command))
        if handler is None:
            self._complete(replies.UNKNOWN_COMMAND)
            return
        verb = request.name.decode("ascii")
        answer = await replies.guarded(self.id, verb, handler(self, command))
        if answer.condition is not Condition.BAD:
            self.state = state_after(self.state, command, ok=answer.is_ok)
        if self.view is not None and self._stale and self.state is not State.LOGOUT:
            # What goes wrong here is logged and told later; the command itself is answered as it went.
            await replies.guarded(self.id, "news", self._news(expunge=request.name not in _NUMBERS_STAND))
        self._complete(answer)
        await self.channel.drain()

    async def _news(self, *, expunge: bool) -> Answer:
        await self.tell_news(expunge=expunge)
        return replies.DONE

    def _complete(self, answer: Answer) -> None:
        self.write(responses.tagged(self.tag, answer.condition, answer.text, answer.code))
        self._count(bad=answer.condition is Condition.BAD)

    async def _continue(self, event: NeedContinuation) -> None:
        self.require_sign_in()
        if event.append is not None and self._mailbox is not None:
            answer = await replies.guarded(self.id, "APPEND", self._verbs.admit(self, event.append))
            if not answer.is_ok:
                refused = self.channel.stream.refuse_literal(answer.code, answer.text)
                self._reject(replace(refused, condition=answer.condition))
                return
        self.write(responses.continuation())

    def _reject(self, event: Rejected) -> None:
        if self._mailbox is None and event.tag in HTTP_METHODS:
            # What follows comes from a page in somebody's browser, and may hold commands.
            raise SessionEnded("http", farewells.NOT_HTTP)
        self.write(responses.rejection(event))
        if event.fatal:
            raise SessionEnded("broken framing")
        self._count(bad=event.condition is Condition.BAD)

    def _count(self, *, bad: bool) -> None:
        self._bad = self._bad + 1 if bad else 0
        if self._bad >= self.settings.max_bad_commands:
            raise SessionEnded("too many bad commands", farewells.too_many_bad_commands(self.settings.max_bad_commands))
