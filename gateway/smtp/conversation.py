"""One SMTP connection apart from mail: greeting, TLS, sign-in, the order of commands, their bounds.

Grammar is in `commands`, octets in `channel`, replies in `replies`; `gateway.smtp.session` adds the commands
that carry a message.
"""

import asyncio
import secrets
from dataclasses import replace
from typing import Final

import structlog

from gateway.domain.errors import PliError
from gateway.domain.smtp_connection import SignedInMailbox, SmtpConnection
from gateway.listening import HTTP_METHODS, handshake_fault
from gateway.sasl import PasswordClaim
from gateway.services.intake.port import Envelope
from gateway.smtp import commands, limit_replies, replies, sign_in
from gateway.smtp.channel import SmtpChannel
from gateway.smtp.doors import SmtpDoor, SmtpSurroundings
from gateway.smtp.replies import Reply

_log = structlog.get_logger("pli.smtp")

_BEFORE_TLS: Final = frozenset({"EHLO", "HELO", "NOOP", "RSET", "QUIT", "STARTTLS"})
# RFC 2920 §3.1: these end a group of commands; what follows them unasked was not written by an honest client.
_LAST_IN_GROUP: Final = frozenset({"EHLO", "HELO", "STARTTLS", "AUTH", "DATA"})
_MOVE_NO_MAIL: Final = frozenset({"EHLO", "HELO", "NOOP", "RSET", "VRFY", "EXPN", "HELP"})
_CLIENT_ERRORS: Final = frozenset({500, 501, 502, 503, 504, 530, 555})


class SmtpConversation(SmtpChannel):
    """One client, from greeting to goodbye. `serve` runs it; it never raises but when cancelled."""

    def __init__(self, around: SmtpSurroundings, door: SmtpDoor, remote_ip: str, early: bytes = b"") -> None:
        """Begin; `early` is what the client said before its greeting."""
        super().__init__(around.settings, asyncio.get_running_loop())
        self.around = around
        self.door = door
        self._early = early
        self.connection = SmtpConnection(id=secrets.token_hex(8), listener=door.listener, remote_ip=remote_ip)
        self.messages = 0
        self._greeted = False
        self._envelope: Envelope | None = None
        self._tried_recipients = False
        self._idle_commands = 0

    @property
    def id(self) -> str:
        """Name the connection in log lines."""
        return self.connection.id

    @property
    def protocol(self) -> asyncio.Protocol:
        """Take the octets of the connection oneself."""
        return self

    async def serve(self) -> None:
        """Talk until either side ends it, then close."""
        early = self._early or self.first_word()
        if early:
            self.say(replies.NOT_HTTP if early.partition(b" ")[0] in HTTP_METHODS else replies.TOO_EARLY)
            self.turn_deaf()
        failure = await replies.guarded(self.connection.id, "session", self._handle_client(), None)
        if failure is not None:
            self.say(failure)
        await self.hang_up()
        _log.info("smtp.closed", connection=self.connection.id, door=self.door.value, messages=self.messages)

    async def _handle_client(self) -> None:
        # Replaces aiosmtpd's loop: that one takes a bare LF for the end of a command and echoes exceptions.
        self.nameless_until = self.loop.time() + self.settings.sign_in_timeout.total_seconds()
        if self.over_tls:
            self._note_tls()
        if not self.closing:
            self.say(replies.reply(220, "", f"{self.settings.hostname} ESMTP Pli"))
        while not self.closing and not self.gone:
            line = await self.read_line(self._line_limit())
            if line is None:
                return
            if isinstance(line, Reply):
                self._answer("", line)
            else:
                await self._obey(line)

    def _line_limit(self) -> int:
        is_auth = self.first_word().upper() == b"AUTH"
        return self.settings.max_auth_bytes if is_auth else self.settings.max_command_bytes

    async def _obey(self, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        verb = word.decode("ascii", "replace").upper()
        refusal = self._out_of_turn(verb, line)
        if refusal is not None:
            self._answer(verb, refusal)
            return
        await self._smtp_methods[verb](rest.decode("ascii", "replace").strip(" "))

    def _out_of_turn(self, verb: str, line: bytes) -> Reply | None:
        """Give the reply to a command that may not even be looked at now."""
        if line.partition(b" ")[0].upper() in HTTP_METHODS:
            return replies.NOT_HTTP
        if self.has_input() and (not self._greeted or verb in _LAST_IN_GROUP):
            return replies.TOO_EARLY
        if not self.over_tls and verb not in _BEFORE_TLS:
            return replies.TLS_FIRST
        if verb not in self._smtp_methods:
            return replies.NOT_A_COMMAND
        if not line.isascii() and verb not in ("EHLO", "HELO"):
            return replies.NOT_ASCII if verb in ("MAIL", "RCPT") else replies.NOT_A_COMMAND
        return None

    def _answer(self, verb: str, answer: Reply) -> None:
        if verb in _MOVE_NO_MAIL or answer.code in _CLIENT_ERRORS:
            self._idle_commands += 1
            if self._idle_commands > self.settings.max_idle_commands and not answer.closes:
                answer = limit_replies.too_many_commands(self.settings.max_idle_commands)
        self.say(answer)

    # ---- greeting and TLS

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Greet and list what may be used now (RFC 5321 §4.1.1.1)."""
        if self._hello("EHLO", arg):
            words = [self.settings.hostname, f"SIZE {self.settings.max_message_bytes}", "8BITMIME", "PIPELINING"]
            if not self.over_tls:
                words.append("STARTTLS")
            elif self.door is not SmtpDoor.RELAY and not self.connection.signed_in:
                words.append(" ".join(("AUTH", *sign_in.OFFERED)))
            words.append("ENHANCEDSTATUSCODES")
            lines = [f"250-{word}\r\n" for word in words[:-1]] + [f"250 {words[-1]}\r\n"]
            self._answer("EHLO", Reply(250, "".join(lines).encode("ascii")))

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Greet an old client."""
        if self._hello("HELO", arg):
            self._answer("HELO", replies.reply(250, "", self.settings.hostname))

    def _hello(self, verb: str, name: str) -> bool:
        # A machine called « médecin » is let in (RFC 5321 §4.1.4); the trace calls it unknown.
        if not commands.is_helo_name(name.replace("\ufffd", "x")):
            self._answer(verb, replies.SYNTAX)
            return False
        self._greeted = True
        self._reset()
        self.connection = replace(self.connection, helo=name)
        return True

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Begin TLS; everything said before is forgotten (RFC 3207 §4.2)."""
        if self.over_tls:
            self._answer("STARTTLS", replies.TLS_ALREADY)
        elif arg:
            self._answer("STARTTLS", replies.SYNTAX)
        else:
            self.say(replies.START_TLS)
            try:
                await self.secure(self.around.tls.context(self.door))
            except OSError as error:
                fault = handshake_fault(error)
                _log.info("listening.handshake_failed", connection=self.id, door=self.door.value, fault=fault)
                return
            self._greeted = False
            self._reset()
            self._note_tls()

    def _note_tls(self) -> None:
        # aiosmtpd leaves `session.ssl` empty on implicit TLS: the transport knows in both cases.
        ssl_object = self._stream.get_extra_info("ssl_object")
        try:
            peer = self.around.tls.identify(ssl_object) if self.door is SmtpDoor.RELAY else None
        except PliError as error:
            # The next MAIL is refused: TLS leaves no room for a reply here.
            peer = None
            _log.info("smtp.peer_refused", connection=self.connection.id, code=error.code)
        self.connection = replace(self.connection, tls_version=ssl_object.version(), peer=peer, helo="")
        if peer is not None:
            self.nameless_until = None

    # ---- sign-in

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Sign in (RFC 4954), submission only; the turn of the command has put it under TLS."""
        if self.door is SmtpDoor.RELAY:
            self._answer("AUTH", replies.NOT_IMPLEMENTED)
        elif not self._greeted or self.connection.signed_in or self._envelope:
            self._answer("AUTH", replies.BAD_SEQUENCE)
        else:
            given = await sign_in.claimed(self, arg)
            if isinstance(given, PasswordClaim):
                outcome = await sign_in.check(self, self.around, self.connection, given)
                if isinstance(outcome, SignedInMailbox):
                    self.connection = replace(self.connection, signed_in=outcome)
                    self.nameless_until = None
                self._answer("AUTH", outcome if isinstance(outcome, Reply) else replies.SIGNED_IN)
            elif given is not None:
                self._answer("AUTH", given)

    # ---- the rest

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: ARG002, N802 - aiosmtpd's naming; any argument is fine
        """Do nothing."""
        self._answer("NOOP", replies.OK)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Say goodbye."""
        self._answer("QUIT", replies.SYNTAX if arg else replies.BYE)

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: ARG002, N802 - aiosmtpd's naming; it reveals nothing
        """Reveal nothing (RFC 5321 §7.3)."""
        self._answer("VRFY", replies.CANNOT_VERIFY)

    async def smtp_EXPN(self, arg: str) -> None:  # noqa: ARG002, N802 - aiosmtpd's naming; it reveals nothing
        """Reveal nothing."""
        self._answer("EXPN", replies.NOT_IMPLEMENTED)

    async def smtp_HELP(self, arg: str) -> None:  # noqa: ARG002, N802 - aiosmtpd's naming; it reveals nothing
        """Reveal nothing."""
        self._answer("HELP", replies.NOT_IMPLEMENTED)

    def _reset(self) -> None:
        self._envelope = None
        self._tried_recipients = False
