"""Has processes on one database tell each other what they count, every second."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from gateway.domain.errors import StoreUnavailable
from gateway.ports.counters import Counters
from gateway.ports.store import Store

EVERY = timedelta(seconds=1)


async def share_for_ever(counters: Counters, store: Store) -> None:
    """Share until cancelled; return at once where nobody else can count."""
    while store.is_shared:
        await asyncio.sleep(EVERY.total_seconds())
        await share_counts(counters)


async def share_counts(counters: Counters) -> None:
    """Tell once, and learn; while the database is away, each process counts alone."""
    with suppress(StoreUnavailable):
        await counters.exchange()
