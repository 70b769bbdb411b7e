"""One IMAP session as the handlers of commands see it: its state (RFC 3501 §3), its mailbox, what it may say.

What a command does is in the module of its verb; a handler writes untagged responses and gives back the answer
that completes the command. The order of commands is `talk`'s business.
"""

import asyncio
import secrets
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from gateway.domain.errors import PliError, StoreUnavailable
from gateway.imap import farewells, replies
from gateway.imap.replies import Answer
from gateway.imap.session.capabilities import BEFORE_SIGN_IN, SIGNED_IN
from gateway.imap.session.channel import ImapChannel
from gateway.imap.session.view import View
from gateway.imap.session_ended import SessionEnded
from gateway.imap.settings import ImapSettings
from gateway.imap.wire.codes import capability
from gateway.imap.wire.events import Event
from gateway.imap.wire.limits import AFTER_SIGN_IN
from gateway.imap.wire.syntax import State
from gateway.listening import OctetBudget
from gateway.services.mailbox.changes import FlagChange, Opened
from gateway.services.mailbox.mailbox import Mailboxes, OpenFolder, OpenMailbox
from gateway.services.sign_in.throttle import SignInThrottle

F = TypeVar("F", bound=FlagChange | Opened | None)


@dataclass(frozen=True, slots=True)
class ImapSurroundings:
    """What all sessions of a server share."""

    mailboxes: Mailboxes
    settings: ImapSettings
    throttle: SignInThrottle
    budget: OctetBudget


class ImapSession:
    """What is known of one client.

    Attributes:
        channel: its octets.
        id: random hexadecimal name, the same in every log line of the connection.
        source: address of the client in text form.
        tag: of the command being carried out.
        view: the selected mailbox, None when there is none.
    """

    def __init__(self, around: ImapSurroundings, source: str) -> None:
        self.around = around
        self.settings = around.settings
        self.source = source
        self.channel = ImapChannel(around.settings, around.budget)
        self.id = secrets.token_hex(6)
        self.tag = b"*"
        self.state = State.NOT_AUTHENTICATED
        self.view: View | None = None
        self._mailbox: OpenMailbox | None = None
        self._stale = False
        self._sign_in_deadline = self._after(around.settings.sign_in_timeout.total_seconds())

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

    def enter(self, opened: OpenFolder, *, read_only: bool) -> View:
        """Select a mailbox that was read."""
        recent, vault, folder = self.mailbox.recent, self.mailbox.owner.vault, opened.folder
        if read_only:  # told of what is recent, and leaves it so
            self.view = View(opened, read_only=True, claim=lambda _end: recent.first(vault, folder))
        else:
            recent.enter(vault, folder)
            self.view = View(opened, read_only=False, claim=lambda end: recent.claim(vault, folder.id, end))
        return self.view

    async def leave(self) -> None:
        """Leave the selected mailbox, if one is; what cannot be written down of it now is told again."""
        view, self.view = self.view, None
        if view is not None and not view.read_only:
            with suppress(PliError):
                await self.mailbox.left(view.opened)

    async def unselect(self) -> None:
        """Leave the selected mailbox for a reason other than CLOSE, UNSELECT and SELECT."""
        await self.leave()
        self.state = State.AUTHENTICATED

    async def flagged(self, change: Awaitable[F]) -> F:
        """Wait for a change of flags and take it in; whatever else has changed by then is news.

        A change that comes right after what the client knows tells so itself: nobody asks the store again.
        """
        view, before = self.selected, self._stale
        # Heard of before the change, so the change comes after it.
        self._stale = False
        follows = False
        try:
            done = await change
            modseq = None if done is None else done.modseq
            if follows := modseq == view.seen + 1:
                view.come_to(modseq)
            else:
                view.note_own(modseq)
                before = before or modseq is not None
        finally:
            if before and not follows:
                self._stale = True
        return done

    def expect_news(self) -> None:
        """Note that the mailbox has changed, or may have."""
        self._stale = True

    @property
    def has_news(self) -> bool:
        """Say whether the mailbox may have changed since the last `tell_news`."""
        return self._stale

    async def tell_news(self, *, expunge: bool = True) -> None:
        """Bring the view up to date and tell the client.

        Raises:
            SessionEnded: the mailbox was deleted, or the sign-in was ended.
        """
        self.require_sign_in()
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
            # Where no folder is left, the operator has removed it all: known here before the sign-in is known to end.
            left = await self.mailbox.all_folders(lambda _: False)
            raise SessionEnded("mailbox deleted", farewells.MAILBOX_GONE if left else farewells.SIGN_IN_ENDED)
        self.write(view.apply(changes, expunge=expunge))

    def require_sign_in(self) -> None:
        """Raise `SessionEnded` when the operator has ended the sign-in."""
        if self._mailbox is not None and not self._mailbox.still_stands():
            raise SessionEnded("sign-in ended", farewells.SIGN_IN_ENDED)

    def deadline(self) -> float:
        """Give the loop time until which the client may stay silent."""
        if self._mailbox is None:
            return self._sign_in_deadline
        return self._after(self.settings.idle_timeout.total_seconds())

    @staticmethod
    def _after(seconds: float) -> float:
        return asyncio.get_running_loop().time() + seconds
