"""Has a process write what it counts into the database, and learn what others on it have counted, every second.

Nobody who is counted waits for it, nor for the disk; a process that is killed forgets its last second.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from gateway.domain.errors import StoreUnavailable
from gateway.ports.counters import Counters

EVERY = timedelta(seconds=1)
_LAST_WORDS_SECONDS = 5.0


async def share_for_ever(counters: Counters) -> None:
    """Share until cancelled, and once more then."""
    try:
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            await share_counts(counters)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await share_counts(counters)


async def share_counts(counters: Counters) -> None:
    """Tell once, and learn; while the database is away, each process counts alone."""
    with suppress(StoreUnavailable):
        await counters.exchange()
