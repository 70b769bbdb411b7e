"""The octets of one SMTP connection: command lines, content in bulk, replies in one flush, TLS, time limits.

Built on aiosmtpd's protocol class, of which it replaces everything that reads: lines end with CRLF only,
buffers are bounded, nothing is logged, no timer outlives its wait, and a lost connection wakes the session
instead of cancelling it. Knows no command; `gateway.smtp.session` does.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Final, cast

from aiosmtpd.smtp import SMTP

from gateway.smtp import limit_replies, replies
from gateway.smtp.data import DataFault, DataReader
from gateway.smtp.replies import Reply
from gateway.smtp.settings import SmtpSettings

_MAX_BUFFERED: Final = 65_536


class SmtpChannel(SMTP):
    """One connection, from accept to close; owned by the one task that runs the session."""

    def __init__(self, settings: SmtpSettings, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(None, hostname=settings.hostname, ident="Pli", loop=loop)
        self.settings = settings
        self.closing = False
        self.nameless_until: float | None = None
        self._input = bytearray()
        self._output: list[bytes] = []
        self._wakeup: asyncio.Future[None] | None = None
        self._data: DataReader | None = None
        self._eof = False
        self._lost = False
        self._deaf = False
        self._draining = False
        self._congested = False
        self._socket: asyncio.Transport | None = None

    # ---- called by the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; the session task is the server's, not made here."""
        # Both loops make stream transports here, but uvloop's do not inherit asyncio's class.
        self._socket = cast(asyncio.Transport, transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Buffer commands, or feed content straight to its reader; wake the session when it can go on."""
        if self._deaf:
            return
        if self._data is None:
            self._input += data
            if len(self._input) > _MAX_BUFFERED:
                self._stream.pause_reading()
            self._wake()
        else:
            self._feed(self._data, data)

    def eof_received(self) -> bool:
        """Let commands already here be answered; TLS cannot stay half open."""
        self._eof = True
        self._wake()
        return not self.over_tls

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the reason changes nothing
        """Wake the session; whatever it is committing goes on."""
        # Not the inherited method: it cancels the handler, in the middle of a commit if need be.
        self._eof = self._lost = True
        self.transport = None
        self._wake()

    def pause_writing(self) -> None:
        """Stop obeying a client that does not read its replies."""
        self._congested = True

    def resume_writing(self) -> None:
        """Go on with it."""
        self._congested = False
        self._wake()

    # ---- called by the session

    @property
    def over_tls(self) -> bool:
        """Say whether TLS runs."""
        return self._socket is not None and self._socket.get_extra_info("sslcontext") is not None

    @property
    def gone(self) -> bool:
        """Say whether the client has left or been left."""
        return self._lost

    def say(self, answer: Reply) -> None:
        """Queue a reply; replies to pipelined commands leave together (RFC 2920 §3.2)."""
        self._output.append(answer.wire)
        self.closing |= answer.closes

    def flush(self) -> None:
        """Hand the queued replies to the transport."""
        if self._output and not self._lost:
            self._stream.write(b"".join(self._output))
        self._output.clear()

    def has_input(self) -> bool:
        """Say whether the client has sent more than what has been read."""
        return bool(self._input)

    def first_word(self) -> bytes:
        """Give the first word of what the client has sent."""
        return bytes(self._input[:16]).partition(b" ")[0]

    async def read_line(self, max_bytes: int) -> bytes | Reply | None:
        """Read a line up to CRLF; give the reply that ends it when it is not one, None when the client left."""
        limit = self.settings.idle_timeout
        deadline = self.loop.time() + limit.total_seconds()
        if self.nameless_until is not None and self.nameless_until < deadline:
            deadline, limit = self.nameless_until, self.settings.sign_in_timeout
        while True:
            line = None if self._congested else self._take_line(max_bytes)
            if line is not None:
                return line
            if self._eof:
                return None
            if self._draining:
                return replies.SHUTTING_DOWN
            self.flush()
            self._resume()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._more()
            except TimeoutError:
                return limit_replies.timed_out(limit)

    async def read_data(self, reader: DataReader) -> Reply | None:
        """Feed content to `reader` until its end; give the reply that ends the connection otherwise.

        When the client leaves before the end, the answer is None and the reader is not `finished`.
        """
        self.flush()
        self._data = reader
        early = bytes(self._input)
        self._input.clear()
        try:
            if early:
                self._feed(reader, early)
            self._resume()
            return await self._whole(reader)
        finally:
            self._data = None

    async def pause(self, seconds: float) -> None:
        """Let time pass before a reply; no longer than the client stays."""
        await self._until(lambda: self._lost, seconds)

    async def secure(self, context: ssl.SSLContext) -> None:
        """Turn the connection to TLS.

        Call it only when `has_input` is false: what came in clear never counts as said under TLS
        (RFC 3207 §4.2).

        Raises:
            OSError: the handshake failed, or took too long; the connection is lost.
        """
        self.flush()
        try:
            secured = await self.loop.start_tls(
                self._stream, self, context, server_side=True,
                ssl_handshake_timeout=self.settings.handshake_timeout.total_seconds(),
                ssl_shutdown_timeout=self.settings.linger.total_seconds(),
            )  # fmt: skip
        except OSError:
            # ssl.SSLError, a reset, or the time limit; the loop has closed the transport.
            self._eof = self._lost = True
            raise
        # The loop gives no transport when the connection was lost during the handshake.
        self._socket = self.transport = secured or self._stream

    def turn_deaf(self) -> None:
        """Drop whatever the client still sends."""
        self._deaf = True

    def drain(self) -> None:
        """Ask the session to end at the next moment that it waits for a command."""
        self._draining = True
        self._wake()

    def abort(self) -> None:
        """Cut the connection."""
        if self._socket is not None:
            self._socket.abort()

    async def hang_up(self) -> None:
        """Send what is queued and close; drain a talking client first, lest a reset eats the reply."""
        self.flush()
        talking = self._deaf or bool(self._input)
        self._deaf = True
        self._input.clear()
        if self._lost:
            return
        linger = self.settings.linger.total_seconds()
        if talking:
            await self._until(lambda: self._eof, linger)
        self._stream.close()
        await self._until(lambda: self._lost, 2 * linger)
        if not self._lost:
            self._stream.abort()

    # ---- inside

    @property
    def _stream(self) -> asyncio.Transport:
        if self._socket is None:
            raise RuntimeError("the channel has no transport yet")
        return self._socket

    def _take_line(self, max_bytes: int) -> bytes | Reply | None:
        end = self._input.find(b"\r\n")
        if end < 0:
            if len(self._input) > max_bytes:
                return limit_replies.line_too_long(max_bytes, closes=True)
            return replies.BARE_COMMAND if _has_bare(self._input.removesuffix(b"\r")) else None
        line = bytes(self._input[:end])
        del self._input[: end + 2]
        if _has_bare(line):
            return replies.BARE_COMMAND
        return line if end + 2 <= max_bytes else limit_replies.line_too_long(max_bytes)

    def _feed(self, reader: DataReader, chunk: bytes) -> None:
        rest = reader.feed(chunk)
        if reader.finished or reader.fault is DataFault.BARE or reader.endless:
            self._data = None
            self._input += rest
            self._deaf = not reader.finished or reader.fault is DataFault.BARE
            self._wake()

    async def _whole(self, reader: DataReader) -> Reply | None:
        window = self.settings.data_window.total_seconds()
        least = self.settings.min_data_rate * window
        while self._data is not None and not self._eof:
            before = reader.received
            try:
                async with asyncio.timeout(window):
                    await self._more()
            except TimeoutError:
                if reader.received - before < least:
                    self._deaf = True
                    return limit_replies.too_slow(self.settings.min_data_rate)
        if reader.fault is DataFault.BARE:
            return replies.BARE_CONTENT
        if reader.endless and not reader.finished and reader.fault is not None:
            fault = limit_replies.of_fault(reader.fault, self.settings.max_message_bytes, self.settings.max_line_bytes)
            return Reply(fault.code, fault.wire, closes=True)
        return None

    async def _until(self, reached: Callable[[], bool], seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not reached():
                    await self._more()
        except TimeoutError:
            return

    async def _more(self) -> None:
        self._wakeup = self.loop.create_future()
        try:
            await self._wakeup
        finally:
            self._wakeup = None

    def _wake(self) -> None:
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    def _resume(self) -> None:
        if not self._stream.is_reading() and len(self._input) <= _MAX_BUFFERED:
            self._stream.resume_reading()


def _has_bare(line: bytes | bytearray) -> bool:
    return b"\n" in line or b"\r" in line or b"\0" in line
