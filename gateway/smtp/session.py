"""The commands of one SMTP connection that carry a message (RFC 5321 §3.3): MAIL, RCPT, DATA, RSET.

Holds the envelope. Whether a sender or recipient is acceptable, and what becomes of the content, is for the
service behind `Intake`.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from gateway.domain.smtp_connection import SmtpConnection
from gateway.services.intake.port import Envelope, Receipt
from gateway.smtp import commands, limit_replies, replies
from gateway.smtp.conversation import SmtpConversation
from gateway.smtp.data import DataReader
from gateway.smtp.doors import SmtpDoor
from gateway.smtp.replies import Reply

T = TypeVar("T")


class SmtpSession(SmtpConversation):
    """One client of a mail server, on any door."""

    _named: SmtpConnection | None = None
    _name = ""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's naming
        """Begin a message (RFC 5321 §4.1.1.2)."""
        self._answer("MAIL", self._not_ready() or await self._mail(arg or ""))

    def _not_ready(self) -> Reply | None:
        if not self._greeted or self._envelope:
            return replies.BAD_SEQUENCE
        if self.door is SmtpDoor.RELAY:
            return None if self.connection.peer else replies.CERTIFICATE_FIRST
        return None if self.connection.signed_in else replies.AUTH_FIRST

    async def _mail(self, arg: str) -> Reply:
        parsed = commands.parse_mail(arg, self.settings.max_message_bytes)
        if isinstance(parsed, Reply):
            return parsed
        sender, parameters = parsed
        if not self.around.letters.takes(self._let_in(), self.loop.time()):
            return limit_replies.too_many_letters(self.settings.max_letters_per_minute)
        if not self.around.budget.has_room(parameters.size or 0):
            return replies.NO_ROOM
        verdict = await self._ask("mail", self.around.intake.mail(self.connection, sender, parameters))
        answer = verdict if isinstance(verdict, Reply) else replies.of_verdict(verdict, replies.SENDER_OK)
        if answer.accepts:
            self._envelope = Envelope(sender, (), parameters)
        elif self.connection.signed_in and answer.code == replies.AUTH_FIRST.code:
            return replies.SIGN_IN_ENDED
        return answer

    def _let_in(self) -> str:
        """Name whom certificate or sign-in let in."""
        connection = self.connection
        if connection is not self._named:
            name = connection.signed_in.address if connection.signed_in else connection.peer and connection.peer.dn
            self._named, self._name = connection, str(name)
        return self._name

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's naming
        """Add a recipient (RFC 5321 §4.1.1.3)."""
        self._answer("RCPT", await self._rcpt(self._envelope, arg or ""))

    async def _rcpt(self, envelope: Envelope | None, arg: str) -> Reply:
        if envelope is None:
            return replies.BAD_SEQUENCE
        recipient = commands.parse_rcpt(arg, self.settings.hostname)
        if isinstance(recipient, Reply):
            self._tried_recipients = True
            return recipient
        if recipient in envelope.recipients:
            return replies.RECIPIENT_OK
        if len(envelope.recipients) >= self.settings.max_recipients:
            return limit_replies.too_many_recipients(self.settings.max_recipients)
        self._tried_recipients = True
        verdict = await self._ask("rcpt", self.around.intake.rcpt(self.connection, envelope, recipient))
        answer = verdict if isinstance(verdict, Reply) else replies.of_verdict(verdict, replies.RECIPIENT_OK)
        if answer.accepts:
            recipients = *envelope.recipients, recipient
            self._envelope = Envelope(envelope.reverse_path, recipients, envelope.parameters)
        return answer

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Take the content in bulk and answer after the commit (RFC 5321 §4.1.1.4)."""
        envelope, tried = self._envelope, self._tried_recipients
        if arg:
            self._answer("DATA", replies.SYNTAX)
        elif envelope is None or not envelope.recipients:
            self._answer("DATA", replies.NO_RECIPIENTS if envelope and tried else replies.BAD_SEQUENCE)
        elif not self.around.budget.has_room(1):
            self._answer("DATA", replies.NO_ROOM)
        else:
            self.say(replies.START_DATA)
            answer = await self._content(envelope)
            self._reset()
            if answer is not None:
                self._answer("DATA", answer)

    async def _content(self, envelope: Envelope) -> Reply | None:
        limits = self.settings
        reader = DataReader(self.around.budget, limits.max_message_bytes, limits.max_line_bytes)
        try:
            answer = await self.read_data(reader)
            if answer is not None or not reader.finished:
                return answer
            raw = reader.content()
            if reader.fault is not None:
                return limit_replies.of_fault(reader.fault, limits.max_message_bytes, limits.max_line_bytes)
            # From here the server owns the commit: neither a lost connection nor a time limit stops it.
            task = self.around.own(self._commit(self.connection, envelope, raw, reader.hand_over()))
            del raw
        finally:
            reader.release()
        receipt = await self._ask("data", asyncio.shield(task))
        if isinstance(receipt, Reply):
            return receipt
        answer = replies.of_verdict(receipt.verdict, replies.stored(receipt.queue_id))
        if answer.accepts:
            self.messages += 1
            self._idle_commands = 0
        return answer

    async def _commit(self, connection: SmtpConnection, envelope: Envelope, raw: bytes, held: int) -> Receipt:
        try:
            return await self.around.intake.data(connection, envelope, raw)
        finally:
            self.around.budget.give_back(held)

    async def _ask(self, stage: str, work: Awaitable[T]) -> T | Reply:
        return await replies.guarded(self.connection.id, stage, work, self.settings.commit_timeout)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Forget the message begun."""
        if not arg:
            self._reset()
        self._answer("RSET", replies.SYNTAX if arg else replies.OK)
