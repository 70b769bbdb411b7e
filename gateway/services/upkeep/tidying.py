"""What is put in order once an hour, apart from octets: what has expired goes, and steps that were put off are due."""

from collections.abc import Callable
from datetime import datetime

import structlog

from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx

_log = structlog.get_logger("pli.outbox")


SessionOver = Callable[[Tx, VaultId, str, datetime], None]
"""What else goes with a session that has expired: of which vault it was, and of which kind."""


async def tidy(store: Store, clock: Clock, over: SessionOver) -> None:
    """Remove what has expired, and make due what somebody without the program had put off."""
    now = clock.now()

    def drop(tx: Tx) -> None:
        for vault, kind in set(tx.spaces.drop_expired(now)):
            over(tx, vault, kind, now)

    await store.write(drop, priority=Priority.BULK)
    brought = await store.write(lambda tx: tx.outbox.bring_near(now), priority=Priority.BULK)
    if brought:
        _log.error("outbox.brought_near", steps=brought)
