"""What is put in order once an hour, apart from octets: what has expired goes, and steps that were put off are due."""

import structlog

from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store

_log = structlog.get_logger("pli.outbox")


async def tidy(store: Store, clock: Clock) -> None:
    """Remove what has expired, and make due what somebody without the program had put off."""
    now = clock.now()
    await store.write(lambda tx: tx.spaces.drop_expired(now), priority=Priority.BULK)
    brought = await store.write(lambda tx: tx.outbox.bring_near(now), priority=Priority.BULK)
    if brought:
        _log.error("outbox.brought_near", steps=brought)
