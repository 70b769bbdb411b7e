"""The trace of sign-ins: who came in, and who was refused, in the trace of the account they tried (STD §1.11).

A success is one line. Failures are counted in memory and written afterwards by `run`, so that an answer takes the
same time whether an account exists or not, and a flood of guesses costs one line an account and face for each
`INTERVAL` and process: the first at once, the others together with how many they were. Unknown accounts are the
operator's line. What is counted and not written is lost when the process is killed: at most the last interval.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from gateway.domain.access import Actor
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import PliError, StoreUnavailable
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store

_log = structlog.get_logger("pli.sign_in")
INTERVAL = timedelta(minutes=10)
MAX_ACCOUNTS = 20_000
"""Accounts and faces counted at once; what is beyond is counted on the operator's line."""
_MAX_SOURCES = 100
_LAST_WORDS_SECONDS = 5.0
_NOBODY = "unknown"


@dataclass(slots=True)
class _Failures:
    """Failures of one account at one face that are not written yet, and when the last line was."""

    written: datetime | None = None
    count: int = 0
    since: datetime | None = None
    last: datetime | None = None
    sources: dict[str, None] = field(default_factory=dict)

    def add(self, source: str, now: datetime) -> None:
        self.count += 1
        self.since, self.last = self.since or now, now
        if len(self.sources) < _MAX_SOURCES:
            self.sources[source] = None

    def due(self, now: datetime) -> timedelta:
        """Give how long the line still waits."""
        return timedelta(0) if self.written is None else max(self.written + INTERVAL - now, timedelta(0))


class SignInTrace:
    """Writes lines about sign-ins; `run` belongs to the process that serves."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._failures: dict[tuple[VaultId, str], _Failures] = {}
        self._news = asyncio.Event()

    def now(self) -> datetime:
        """Give the instant that a line written now would bear."""
        return self._clock.now()

    async def opened(self, actor: Actor, source: str) -> None:
        """Write who signed in; a store that takes no writes keeps nobody from their mail."""
        event = actor.event(self.now(), "sign-in", detail=f"{actor.face} {source}")
        try:
            await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        except StoreUnavailable:
            _log.error("sign_in.untraced", vault=f"{actor.vault:x}", face=actor.face)

    def failed(self, vault: VaultId | None, face: str, source: str) -> None:
        """Count a refusal; None when there is no such account. Reads and writes nothing."""
        now, key = self._clock.now(), (OPERATOR if vault is None else vault, face)
        if key not in self._failures and len(self._failures) >= MAX_ACCOUNTS:
            key = (OPERATOR, "any")
        tries = self._failures.setdefault(key, _Failures())
        tries.add(source, now)
        if tries.count == 1:
            # Only the first changes when there is something to write.
            self._news.set()

    async def write_due(self, *, everything: bool = False) -> timedelta | None:
        """Write what is due, or everything; give when the next line is due, None when nothing waits."""
        now = self._clock.now()
        for key, tries in list(self._failures.items()):
            if tries.count and (everything or not tries.due(now)):
                await self._write(key, tries, now)
            elif not tries.count and not tries.due(now):
                del self._failures[key]
        return min((tries.due(now) for tries in self._waiting()), default=None)

    async def run(self) -> None:
        """Write lines as they are due until cancelled, then those that are left."""
        try:
            while True:
                self._news.clear()
                await self._rest(await self._tried())
        finally:
            with suppress(PliError, TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_SECONDS):
                    await self.write_due(everything=True)

    async def _tried(self) -> timedelta | None:
        try:
            return await self.write_due()
        except PliError as error:
            _log.warning("sign_in.failures_wait", reason=error.code)
            return INTERVAL

    async def _rest(self, pause: timedelta | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None if pause is None else pause.total_seconds() + 0.001):
                await self._news.wait()

    async def _write(self, key: tuple[VaultId, str], tries: _Failures, now: datetime) -> None:
        (vault, face), written = key, _Failures(now)
        event = AuditEvent(
            at=tries.last or now, actor=_NOBODY, action="sign-in", outcome="refused", detail=_told(face, tries)
        )
        # Those that fail meanwhile are counted for the next line.
        self._failures[key] = written
        try:
            await self._store.write(lambda tx: tx.audit.append(vault, event), priority=Priority.BULK)
        except PliError:
            written.written = tries.written
            written.count += tries.count
            written.since, written.last = tries.since, written.last or tries.last
            written.sources = {**tries.sources, **written.sources}
            raise

    def _waiting(self) -> Iterator[_Failures]:
        return (tries for tries in self._failures.values() if tries.count)


def _told(face: str, tries: _Failures) -> str:
    """Say where, how often, since when, from where: « web, tries 12 since …, from 192.0.2.7 and 3 more »."""
    first, *others = tries.sources
    since = f" since {tries.since:%Y-%m-%dT%H:%M:%SZ}" if tries.count > 1 and tries.since else ""
    more = f" and {len(others)} more" if others else ""
    return f"{face}, tries {tries.count}{since}, from {first}{more}"
