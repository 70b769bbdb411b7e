"""Has a process write what it counts into the database, and learn what others on it have counted, moments later.

Nobody who is counted waits for it, nor for the disk; a process that is killed forgets its last moment. Where others
count too, whoever has counted something writes it, with all that comes in a fifth of a second, and they are told.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from gateway.domain.errors import StoreUnavailable
from gateway.domain.mailbox import ATTEMPTS
from gateway.ports.counters import Counters
from gateway.ports.news import Subscription
from gateway.ports.store import Store

EVERY = timedelta(seconds=1)
_TOGETHER_SECONDS = 0.2
_LAST_WORDS_SECONDS = 5.0


async def share_for_ever(counters: Counters, store: Store) -> None:
    """Share until cancelled, and once more then."""
    try:
        with store.subscribe(ATTEMPTS) as news:
            while True:
                await _something(counters, news)
                await asyncio.sleep(_TOGETHER_SECONDS)
                await share_counts(counters)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await share_counts(counters)


async def _something(counters: Counters, news: Subscription) -> None:
    """Return when there is something to tell or to learn, or when it is time to look."""
    waiting = [asyncio.ensure_future(one) for one in (counters.something_to_tell(), news.wait())]
    try:
        await asyncio.wait(waiting, timeout=EVERY.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def share_counts(counters: Counters) -> None:
    """Tell once, and learn; while the database is away, each process counts alone."""
    with suppress(StoreUnavailable):
        await counters.exchange()
