"""One IMAP session: greeting, commands in order, what the mailbox has to tell between them, goodbye.

Holds the state of RFC 3501 §3 and the view of the selected mailbox. What a command does is in the module of its
verb; a handler writes untagged responses and gives back the answer that completes the command.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, assert_never

import structlog

from gateway.domain.errors import StoreUnavailable
from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.channel import ImapChannel, SessionEnded
from gateway.imap.session.view import View
from gateway.imap.settings import ImapSettings
from gateway.imap.wire import responses
from gateway.imap.wire.codes import Condition, capability
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.events import Done, Event, NeedContinuation, Rejected, Request, SaslResponse
from gateway.imap.wire.limits import AFTER_SIGN_IN
from gateway.imap.wire.states import is_legal, state_after
from gateway.imap.wire.syntax import Command, State
from gateway.listening import HTTP_METHODS, OctetBudget
from gateway.ports.news import Subscription
from gateway.services.mailbox.mailbox import Mailboxes, OpenMailbox
from gateway.services.sign_in.throttle import SignInThrottle

_log = structlog.get_logger("pli.imap")

BEFORE_SIGN_IN = (b"IMAP4rev1", b"SASL-IR", b"LITERAL+", b"ID", b"ENABLE", b"IDLE", b"AUTH=PLAIN")
SIGNED_IN = (
    b"IMAP4rev1", b"LITERAL+", b"ID", b"ENABLE", b"IDLE", b"NAMESPACE", b"UIDPLUS", b"UNSELECT", b"MOVE",
    b"SPECIAL-USE", b"CHILDREN", b"LIST-EXTENDED", b"LIST-STATUS", b"ESEARCH", b"STATUS=SIZE",
)  # fmt: skip
_NUMBERS_STAND = frozenset({b"FETCH", b"STORE", b"SEARCH"})
"""Commands during which no EXPUNGE may be sent (RFC 3501 §7.4.1); their UID forms are others."""


@dataclass(frozen=True, slots=True)
class ImapSurroundings:
    """What all sessions of a server share."""

    mailboxes: Mailboxes
    settings: ImapSettings
    throttle: SignInThrottle
    budget: OctetBudget


Handler: TypeAlias = Callable[["ImapSession", Any], Awaitable[Answer]]
"""Carries out one kind of command; Any, because each takes its own kind and `verbs` pairs them."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """What carries commands out.

    Attributes:
        handlers: one for each command that is offered.
        admit: judges an APPEND before its message is sent.
    """

    handlers: Mapping[type[Command], Handler]
    admit: Callable[["ImapSession", Append], Awaitable[Answer]]


class ImapSession:
    """One client, from greeting to goodbye. `serve` runs it; it never raises but when cancelled.

    Attributes:
        channel: its octets.
        id: random hexadecimal name, the same in every log line of the connection.
        source: address of the client in text form.
        tag: of the command being carried out.
        view: the selected mailbox, None when there is none.
    """

    def __init__(self, around: ImapSurroundings, source: str, verbs: Verbs) -> None:
        self.around = around
        self.settings = around.settings
        self.source = source
        self.channel = ImapChannel(around.settings, around.budget)
        self.id = secrets.token_hex(6)
        self.tag = b"*"
        self.state = State.NOT_AUTHENTICATED
        self.view: View | None = None
        self._verbs = verbs
        self._mailbox: OpenMailbox | None = None
        self._stale = False
        self._bad = 0
        self._commands = 0
        self._sign_in_deadline = self._after(around.settings.sign_in_timeout.total_seconds())

    # ---- what handlers use

    @property
    def mailbox(self) -> OpenMailbox:
        """Give the mailbox that the sign-in opened; only in states that have one."""
        if self._mailbox is None:
            raise RuntimeError("nobody has signed in")
        return self._mailbox

    @property
    def selected(self) -> View:
        """Give the view; only in the selected state."""
        if self.view is None:
            raise RuntimeError("no mailbox is selected")
        return self.view

    @property
    def capabilities(self) -> tuple[bytes, ...]:
        """Give what is offered in the present state."""
        if self._mailbox is None:
            return BEFORE_SIGN_IN
        return (*SIGNED_IN, b"APPENDLIMIT=%d" % self.settings.max_message_bytes)

    def write(self, data: bytes) -> None:
        """Write an untagged response."""
        self.channel.write(data)

    async def signed_in(self, mailbox: OpenMailbox) -> Answer:
        """Take the mailbox and widen the limits."""
        self._mailbox = mailbox
        self.channel.stream.limits = replace(AFTER_SIGN_IN, message=self.settings.max_message_bytes)
        return replies.done(capability(self.capabilities))

    async def next_event(self) -> Event:
        """Read on within a command: a SASL response, the end of IDLE. Raises `SessionEnded`."""
        return await self.channel.next_event(self.deadline())

    def unselect(self) -> None:
        """Leave the selected mailbox for a reason other than CLOSE, UNSELECT and SELECT."""
        self.view = None
        self.state = State.AUTHENTICATED

    def expect_news(self) -> None:
        """Note that the mailbox has changed, or may have."""
        self._stale = True

    @property
    def has_news(self) -> bool:
        """Say whether the mailbox may have changed since the last `tell_news`."""
        return self._stale

    async def tell_news(self, *, expunge: bool = True) -> None:
        """Bring the view up to date and tell the client. Raises `SessionEnded` when the mailbox was deleted."""
        view = self.view
        self._stale = False
        if view is None:
            return
        try:
            changes = await self.mailbox.changes(view.folder, view.seen, view.gone if expunge else None)
        except StoreUnavailable:
            self._stale = True
            return
        if changes is None:
            raise SessionEnded("mailbox deleted", "the selected mailbox was deleted")
        self.write(view.apply(changes, expunge=expunge))

    # ---- the session, as the listener sees it

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
            _log.info("imap_closed", connection=self.id, reason=reason, commands=self._commands)
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
        command = request.command
        if not is_legal(self.state, command):
            self._complete(replies.NOT_NOW)
            return
        handler = self._verbs.handlers.get(type(command))
        if handler is None:
            self._complete(replies.bad("unknown command"))
            return
        verb = request.name.decode("ascii")
        answer = await replies.guarded(self.id, verb, handler(self, command))
        if answer.condition is not Condition.BAD:
            self.state = state_after(self.state, command, ok=answer.is_ok)
        if self.view is not None and self._stale:
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
            raise SessionEnded("http", "this is no web server")
        self.write(responses.rejection(event))
        if event.fatal:
            raise SessionEnded("broken framing")
        self._count(bad=event.condition is Condition.BAD)

    def _count(self, *, bad: bool) -> None:
        self._bad = self._bad + 1 if bad else 0
        if self._bad >= self.settings.max_bad_commands:
            raise SessionEnded("too many bad commands", "too many bad commands")

    def deadline(self) -> float:
        """Give the loop time until which the client may stay silent."""
        if self._mailbox is None:
            return self._sign_in_deadline
        return self._after(self.settings.idle_timeout.total_seconds())

    @staticmethod
    def _after(seconds: float) -> float:
        return asyncio.get_running_loop().time() + seconds

