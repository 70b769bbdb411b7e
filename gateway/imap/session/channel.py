"""The octets of one IMAP connection: events in, answers out, and every wait bounded.

The session asks for the next event and writes answers; the channel stops reading while a client sends more
than is being carried out, and makes the session wait while a client does not read. Knows no command.
"""

import asyncio
from typing import cast

from gateway.imap import farewells
from gateway.imap.session_ended import SessionEnded
from gateway.imap.settings import ImapSettings
from gateway.imap.wire.codes import ResponseCode
from gateway.imap.wire.events import Event
from gateway.imap.wire.stream import ImapStream
from gateway.listening import OctetBudget

_MAX_BACKLOG = 65_536
_FLUSH_AT = 65_536
_HIGH_WATER = 262_144


class ImapChannel(asyncio.Protocol):
    """One connection, from accept to close; owned by the one task that runs the session."""

    def __init__(self, settings: ImapSettings, budget: OctetBudget) -> None:
        self.stream = ImapStream()
        self.leaving = False
        self._loop = asyncio.get_running_loop()
        self._settings = settings
        self._budget = budget
        self._held = 0
        self._received = 0
        self._output: list[bytes] = []
        self._queued = 0
        self._wakeup: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._eof = self._lost = self._congested = False

    # ---- called by the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; the session task is the server's, not made here."""
        # Both loops make stream transports here, but uvloop's do not inherit asyncio's class.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        """Take octets; stop reading when more are here than the session has come to."""
        self._received += len(data)
        self.stream.feed(data)
        if self.stream.backlog > _MAX_BACKLOG and self._transport is not None:
            self._transport.pause_reading()
        self.wake()

    def eof_received(self) -> bool:
        """Let commands already here be answered; TLS cannot stay half open."""
        self._eof = True
        self.wake()
        return False

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the reason changes nothing
        """Wake the session; a transaction under way goes on."""
        self._eof = self._lost = True
        self._congested = False
        self.wake()

    def pause_writing(self) -> None:
        """Make the session wait at its next `drain`."""
        self._congested = True

    def resume_writing(self) -> None:
        """Let it go on."""
        self._congested = False
        self.wake()

    # ---- called by the session

    def wake(self) -> None:
        """End the wait for the next event, if there is one."""
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    def leave(self) -> None:
        """Ask the session to end at the next moment that it waits for the client."""
        self.leaving = True
        self.wake()

    async def next_event(self, deadline: float) -> Event:
        """Give the next event.

        Raises:
            Ended: at the deadline (loop time), when the client has left, or when it lets a literal trickle.
        """
        window = self._settings.data_window.total_seconds()
        least = self._settings.min_data_rate * window
        before, end = self._received, self._loop.time() + window
        while True:
            event = self.stream.next_event()
            if event is not None:
                return event
            if not self.stream.held:
                await self.wait(deadline)
                before, end = self._received, self._loop.time() + window
            elif not await self._waited(min(deadline, end)) or self._loop.time() >= end:
                if self._received - before < least or self._loop.time() >= deadline:
                    raise SessionEnded("slow", farewells.too_slow(self._settings.min_data_rate))
                before, end = self._received, self._loop.time() + window

    async def wait(self, deadline: float) -> None:
        """Send what is written and wait for more input or `wake`. Raises `SessionEnded`."""
        if not await self._waited(deadline):
            raise SessionEnded("timeout", farewells.TIMED_OUT)

    async def _waited(self, deadline: float) -> bool:
        """Do so; False at the deadline."""
        self._weigh()
        self.flush()
        if self.leaving:
            raise SessionEnded("shutdown", farewells.SHUTTING_DOWN)
        if self._eof:
            raise SessionEnded("client left")
        if self._transport is not None and not self._transport.is_reading():
            self._transport.resume_reading()
        try:
            async with asyncio.timeout_at(deadline):
                await self._woken()
        except TimeoutError:
            return False
        return True

    async def pause(self, until: float) -> None:
        """Let time (of the loop) pass before an answer. Raises `SessionEnded` when the client leaves meanwhile."""
        try:
            async with asyncio.timeout_at(until):
                while not self._lost:
                    await self._woken()
        except TimeoutError:
            return
        raise SessionEnded("client left")

    def write(self, data: bytes) -> None:
        """Queue an answer; answers to pipelined commands leave together."""
        self._output.append(data)
        self._queued += len(data)
        if self._queued >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Hand what is queued to the transport."""
        if self._output and not self._lost and self._transport is not None:
            self._transport.write(b"".join(self._output))
        self._output.clear()
        self._queued = 0

    async def drain(self) -> None:
        """Wait until the client has read most of what was written. Raises `SessionEnded` when it does not."""
        self.flush()
        if not self._congested and not self._lost:
            return
        deadline = self._loop.time() + self._settings.write_timeout.total_seconds()
        while self._congested:
            try:
                async with asyncio.timeout_at(deadline):
                    await self._woken()
            except TimeoutError:
                raise SessionEnded("client does not read") from None
        if self._lost:
            raise SessionEnded("client left")

    async def close(self) -> None:
        """Send what is queued and close; cut when the client does not let it happen soon."""
        self.flush()
        self._hold(0)
        if self._lost or self._transport is None:
            return
        self._transport.close()
        try:
            async with asyncio.timeout(2 * self._settings.linger.total_seconds()):
                while not self._lost:
                    await self._woken()
        except TimeoutError:
            self._transport.abort()

    def abort(self) -> None:
        """Cut the connection; the listener's last act, however the session ended."""
        self._hold(0)
        if self._transport is not None:
            self._transport.abort()

    # ---- inside

    def _weigh(self) -> None:
        """Hold what the unfinished command weighs, its unfinished line too, against the budget of all connections."""
        if not self._hold(self.stream.held + self.stream.backlog):
            raise SessionEnded("no room", farewells.NO_ROOM, ResponseCode.UNAVAILABLE)

    def _hold(self, octets: int) -> bool:
        more = octets - self._held
        if more > 0 and not self._budget.take(more):
            return False
        if more < 0:
            self._budget.give_back(-more)
        self._held = octets
        return True

    async def _woken(self) -> None:
        self._wakeup = self._loop.create_future()
        try:
            await self._wakeup
        finally:
            self._wakeup = None
