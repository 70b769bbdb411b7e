"""Hand a composed message to its recipient: a local mailbox in one transaction, or another operator by courier.

Called from outbox steps; `key` names the step's effect, so that a step done twice delivers once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gateway.domain.address import MailAddress
from gateway.domain.exchange import Correspondence
from gateway.domain.mailbox import BlobKey, MessageId, VaultKind
from gateway.domain.mime import Mdn, scan_message
from gateway.domain.outbox import NeedsAnotherServer, Step
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.courier import Courier
from gateway.ports.store import Cost, Preparation, Store, Tx
from gateway.services.delivery.acceptance import Delivery, Outcome, accept, delivery_to
from gateway.services.delivery.exchange_moves import correspondence_in
from gateway.services.delivery.message_records import Records, records_of
from gateway.services.delivery.receipt_forms import ReceiptForms
from gateway.services.random_numbers import random_number
from gateway.services.trust.facts import TrustFacts
from gateway.services.trust.recipient_facts import Resolved


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready for a mailbox here, once its octets are durable."""

    raw: bytes
    delivery: Callable[[BlobKey], Delivery]

    def accepted(self, blob: BlobKey) -> Callable[[Tx], Outcome]:
        """Give the transaction that delivers it, its octets being `blob`."""
        delivery = self.delivery(blob)
        return lambda tx: accept(tx, delivery)


class Post:
    """Delivers messages that the gateway itself writes or passes on."""

    def __init__(self, store: Store, blobs: Blobs, trust: TrustFacts, clock: Clock, courier: Courier) -> None:
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._courier = courier
        self._receipt_forms = ReceiptForms()

    async def deliver(
        self, step: Step, raw: bytes, sender: MailAddress | None, recipient: MailAddress, key: str
    ) -> Outcome:
        """Deliver for a step, once for each `key`.

        Raises:
            NeedsAnotherServer: the step has its place among those that never wait for one.
            CourierDeferred: the other operator cannot take it now.
            CourierRefused: the other operator, or our own white list, refuses it for good.
        """
        found = await self._store.read(lambda tx: tx.spaces.resolve(recipient))
        if found is None:
            return await self.relay(step, raw, sender, recipient)
        cost = Cost(parsed=len(raw))
        preparation = Preparation(lambda: [self.delivery(raw, sender, recipient, found, key)], cost=cost)
        return (await self._store.write_prepared(preparation))[0]

    async def relay(self, step: Step, raw: bytes, sender: MailAddress | None, recipient: MailAddress) -> Outcome:
        """Hand over to another operator. Raises as `deliver`."""
        if not step.relays:
            raise NeedsAnotherServer
        await self._courier.deliver(str(sender or ""), recipient, raw)
        return Outcome.VISIBLE

    def delivery(
        self, raw: bytes, sender: MailAddress | None, recipient: MailAddress, found: Resolved, key: str
    ) -> Callable[[Tx], Outcome]:
        """Make the octets durable and give the transaction that delivers them here; blocks."""
        return self.parcel(raw, sender, recipient, found, key).accepted(self._blobs.put(raw))

    def parcel(
        self, raw: bytes, sender: MailAddress | None, recipient: MailAddress, found: Resolved, key: str
    ) -> Parcel:
        """Make ready a local delivery whose octets the caller writes, with more of its own; nothing is durable yet."""
        scanned = scan_message(raw)
        is_space = found[1] is VaultKind.SPACE
        correspondence = correspondence_in(scanned, sender, self._trust.entry) if is_space else None
        records = records_of(raw, scanned, self._trust.entry, correspondence)
        return self._parcel(raw, records, (str(sender or ""), str(recipient)), found, key, correspondence)

    def receipt(self, mdn: Mdn, recipient: MailAddress, found: Resolved, key: str) -> Parcel:
        """Write a receipt for a mailbox here, with the null sender; else as `parcel`."""
        raw, records = self._receipt_forms.written(mdn, self._trust.entry)
        return self._parcel(raw, records, ("", str(recipient)), found, key, None)

    def _parcel(
        self,
        raw: bytes,
        records: Records,
        path: tuple[str, str],
        found: Resolved,
        key: str,
        correspondence: Correspondence | None,
    ) -> Parcel:
        delivery = partial(
            delivery_to,
            found,
            mid=MessageId(random_number()),
            path=path,
            records=records,
            correspondence=correspondence,
            at=self._clock.now(),
            dedupe=self._store.digest("step", key.encode(), path[1].encode())[:16],
        )
        return Parcel(raw, lambda blob: delivery(blob=blob))
