"""Hand a composed message to its recipient: a local mailbox in one transaction, or another operator by courier.

Called from outbox steps; `key` names the step's effect, so that a step done twice delivers once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from gateway.domain.address import MailAddress
from gateway.domain.mailbox import MessageId, VaultId, VaultKind
from gateway.domain.mime import scan_message
from gateway.ports import Blobs, Clock, Courier, Store
from gateway.services.delivery import Arrival, Delivery, Outcome, accept
from gateway.services.exchanges import correspondence_in
from gateway.services.numbers import random_number
from gateway.services.records import Records, records_of
from gateway.services.trust import TrustFacts


class Post:
    """Delivers messages that the gateway itself writes or passes on."""

    def __init__(
        self, store: Store, blobs: Blobs, trust: TrustFacts, clock: Clock, courier: Courier, workers: Executor
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._courier = courier
        self._workers = workers

    async def deliver(self, raw: bytes, sender: MailAddress | None, recipient: MailAddress, key: str) -> Outcome:
        """Deliver once for each `key`.

        Raises:
            CourierDeferred: the other operator cannot take it now.
            CourierRefused: the other operator, or our own white list, refuses it for good.
        """
        return await self.deliver_composed(lambda: raw, sender, recipient, key)

    async def deliver_composed(
        self, compose: Callable[[], bytes], sender: MailAddress | None, recipient: MailAddress, key: str
    ) -> Outcome:
        """As `deliver`, of a message that `compose` writes in the worker thread that stores it: one hop."""
        found = await self._store.read(lambda tx: tx.spaces.resolve(recipient))
        loop = asyncio.get_running_loop()
        if found is None:
            raw = await loop.run_in_executor(self._workers, compose)
            await self._courier.deliver(str(sender or ""), recipient, raw)
            return Outcome.VISIBLE
        vault, kind = found
        delivery = await loop.run_in_executor(
            self._workers, self._local, compose, sender, recipient, vault, kind is VaultKind.SPACE, key
        )
        return await self._store.write(lambda tx: accept(tx, delivery))

    def _local(
        self,
        compose: Callable[[], bytes],
        sender: MailAddress | None,
        recipient: MailAddress,
        vault: VaultId,
        is_space: bool,
        key: str,
    ) -> Delivery:
        raw = compose()
        scanned = scan_message(raw)
        correspondence = correspondence_in(scanned, sender, self._trust.entry) if is_space else None
        records: Records = records_of(raw, scanned, self._trust.entry, correspondence)
        arrival = Arrival(
            vault=vault,
            mid=MessageId(random_number()),
            is_space=is_space,
            sender=str(sender or ""),
            card=records.card,
            correspondence=correspondence,
            at=self._clock.now(),
            notice=random_number(),
        )
        return Delivery(
            arrival=arrival,
            recipient=str(recipient),
            dedupe=self._store.digest("step", key.encode(), str(recipient).encode())[:16],
            blob=self._blobs.put(raw),
            records=records,
            holds=is_space and records.is_clinical,
            files=is_space and records.is_documentary,
            work=random_number(),
        )
