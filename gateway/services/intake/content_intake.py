"""DATA: judge a message's content, make what is stored of it, store it for each recipient (journeys a and b).

A message goes from the loop to the store's own thread, which judges what waits (scan, verdict, records, blob),
synchronises all blobs at once and commits all transactions together, one a vault; and back after the commit. A long
message is judged in a worker thread before, so that it holds nobody up.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import MalformedContent
from gateway.domain.exchange import Correspondence
from gateway.domain.mailbox import BlobKey, MessageId, ThreadId, VaultId
from gateway.domain.mime import MessageLimitExceeded, MimeFault, ScannedMessage, parse_report, scan_message
from gateway.domain.outbox import Step
from gateway.domain.smtp_connection import SmtpConnection
from gateway.domain.step_payloads import DeliverMessage
from gateway.domain.verdict import Accept, Defer, Reject
from gateway.policy import reasons
from gateway.policy.facts import DataFacts, MailFacts
from gateway.policy.settings import PolicySettings
from gateway.policy.stages import CONTENT, decide
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Cost, Preparation, Store, Tx
from gateway.services.delivery.acceptance import Delivery, Outcome, accept, delivery_to, note_sent, was_sent
from gateway.services.delivery.exchange_moves import correspondence_in
from gateway.services.delivery.message_records import Records, records_of
from gateway.services.delivery.undelivered import Undelivered, note_undelivered
from gateway.services.intake.port import Envelope, Receipt
from gateway.services.intake.trace_fields import trace_fields
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.trust.content_facts import content_facts
from gateway.services.trust.facts import TrustFacts
from gateway.services.trust.recipient_facts import Resolved

_log = structlog.get_logger("pli.intake")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """One message on its way in; `answers` says whether a report is about something sent from here."""

    raw: bytes
    envelope: Envelope
    facts: MailFacts
    answers: bool
    trace: bytes
    mid: MessageId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    message: _Message
    octets: bytes
    scanned: ScannedMessage
    records: Records
    correspondence: Correspondence | None
    sha256: bytes


@dataclass(frozen=True, slots=True)
class _Routes:
    """Where each recipient's copy goes: a vault here, or None for another operator by way of `sender`."""

    recipients: tuple[tuple[MailAddress, Resolved | None], ...]
    sender: Resolved | None


class ContentIntake:
    """Takes content in; the transport, the sender and each recipient have been judged."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        trust: TrustFacts,
        clock: Clock,
        settings: PolicySettings,
        hostname: str,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._settings = settings
        self._hostname = hostname

    async def take(
        self,
        connection: SmtpConnection,
        envelope: Envelope,
        facts: MailFacts,
        raw: bytes,
        known: Mapping[MailAddress, Resolved],
    ) -> Receipt:
        """Judge and store; return only after every commit. `known` are vaults that RCPT has found."""
        mid, now = MessageId(random_number()), self._clock.now()
        trace = trace_fields(connection, envelope, self._hostname, f"{mid:x}", now)
        answers = envelope.reverse_path is None and await self._answers(raw, envelope)
        routes = await self._routes(envelope, known)
        message = _Message(raw=raw, envelope=envelope, facts=facts, answers=answers, trace=trace, mid=mid, at=now)
        found: list[_Judged | Reject | Defer] = []
        blobs: list[BlobKey] = []

        def work() -> Sequence[Callable[[Tx], Outcome]]:
            found.append(self._judge(message))
            return self._writes(found[0], routes, blobs) if isinstance(found[0], _Judged) else ()

        preparation = Preparation(work, lambda: self._blobs.synchronise(blobs), Cost(parsed=len(raw)))
        outcomes = await self._store.write_prepared(preparation)
        judged = found[0]
        if not isinstance(judged, _Judged):
            return Receipt(judged)
        if all(outcome is Outcome.UNREACHABLE for outcome in outcomes):
            return Receipt(Reject(reasons.PATIENT_UNREACHABLE, "space closed since RCPT"))
        if Outcome.UNREACHABLE in outcomes:
            lost = self._lost(judged, outcomes)
            await self._store.write(lambda tx: note_undelivered(tx, lost))
        _log.info(
            "message.stored",
            connection=connection.id,
            message=f"{mid:x}",
            octets=len(trace) + len(raw),
            outcomes=[outcome.value for outcome in outcomes],
            seconds=round((self._clock.now() - now).total_seconds(), 4),
        )
        return Receipt(CONTENT.accepted, f"{mid:x}")

    def _lost(self, judged: _Judged, outcomes: Sequence[Outcome]) -> list[Undelivered]:
        message, header = judged.message, judged.records.header_block
        sender, recipients, now = message.envelope.reverse_path, message.envelope.recipients, self._clock.now()
        return [
            Undelivered.of(sender, to, header, self._dedupe(judged, to), message.mid, now)
            for to, outcome in zip(recipients, outcomes, strict=True)
            if outcome is Outcome.UNREACHABLE
        ]

    async def _routes(self, envelope: Envelope, known: Mapping[MailAddress, Resolved]) -> _Routes:
        sender = envelope.reverse_path
        found: dict[MailAddress, Resolved | None] = {address: known.get(address) for address in envelope.recipients}
        missing = [address for address, vault in found.items() if vault is None]
        if not missing:
            return _Routes(tuple(found.items()), None)

        def look(tx: Tx) -> Resolved | None:
            for address in missing:
                found[address] = tx.spaces.resolve(address)
            return tx.spaces.resolve(sender) if sender else None

        return _Routes(tuple(found.items()), await self._store.read(look))

    # ------------------------------------------------------------ off the loop

    def _judge(self, message: _Message) -> "_Judged | Reject | Defer":
        octets = message.trace + message.raw
        try:
            scanned = scan_message(octets, transparent=True)
        except MessageLimitExceeded as error:
            header = error.fault in (MimeFault.HEADER_BYTES, MimeFault.HEADER_LINES)
            return Reject(reasons.HEADER_TOO_LARGE if header else reasons.CONTENT_REFUSED, str(error))
        except MalformedContent as error:
            return Reject(reasons.CONTENT_REFUSED, str(error))
        facts = message.facts
        found = content_facts(
            scanned, octets, message.envelope.recipients, message.answers, self._trust, self._settings
        )
        content = replace(found, received=found.received - 1)  # ours does not count
        verdict = decide(CONTENT, DataFacts(facts.connection, facts.sources, facts.sender, content), self._settings)
        if not isinstance(verdict, Accept):
            return verdict
        correspondence = correspondence_in(scanned, message.envelope.reverse_path, self._trust.entry)
        records = records_of(octets, scanned, self._trust.entry, correspondence)
        # The digest is of what was sent: our own trace differs at each try.
        return _Judged(
            message=message,
            octets=octets,
            scanned=scanned,
            records=records,
            correspondence=correspondence,
            sha256=hashlib.sha256(message.raw).digest(),
        )

    def _writes(self, judged: _Judged, routes: _Routes, blobs: list[BlobKey]) -> Sequence[Callable[[Tx], Outcome]]:
        """Write the octets, note them in `blobs`, and give one transaction a recipient."""
        here = sum(found is not None for _, found in routes.recipients)
        # What is kept here is one blob that several vaults may open; each relayed copy has octets of its own,
        # because its step drops its hold when it is done, and other copies must not go with it.
        relayed = len(routes.recipients) - here if routes.sender else 0
        blobs += self._blobs.write_many([judged.octets] * (min(here, 1) + relayed))
        kept, apart = (blobs[0], blobs[1:]) if here else (None, blobs[:])
        writes: list[Callable[[Tx], Outcome]] = []
        for recipient, found in routes.recipients:
            if found is not None and kept is not None:
                writes.append(partial(accept, delivery=self._delivery(judged, recipient, found, kept)))
            elif routes.sender is not None:
                writes.append(self._relay(judged, recipient, routes.sender[0], apart.pop()))
            else:
                writes.append(lambda _: Outcome.UNREACHABLE)
        return writes

    def _delivery(self, judged: _Judged, recipient: MailAddress, found: Resolved, blob: BlobKey) -> Delivery:
        message = judged.message
        return delivery_to(
            found,
            mid=message.mid,
            path=(str(message.envelope.reverse_path or ""), str(recipient)),
            records=judged.records,
            correspondence=judged.correspondence,
            at=message.at,
            dedupe=self._dedupe(judged, recipient),
            blob=blob,
        )

    def _dedupe(self, judged: _Judged, recipient: MailAddress) -> bytes:
        """Digest what makes two deliveries the same (assurance, promise 1)."""
        same = (judged.records.card.message_id, str(judged.message.envelope.reverse_path or ""), str(recipient))
        return self._store.digest("delivery", *(part.encode() for part in same), judged.sha256)[:16]

    def _relay(self, judged: _Judged, recipient: MailAddress, vault: VaultId, blob: BlobKey) -> Callable[[Tx], Outcome]:
        """Keep a signed-in professional's message to another operator, as a step of their own mailbox."""
        message, sender = judged.message, str(judged.message.envelope.reverse_path)
        dedupe = self._dedupe(judged, recipient)
        told = DeliverMessage(blob=blob.ref.id, sender=sender, recipient=str(recipient))
        step = Step(vault=vault, id=random_number(), payload=told, due=message.at, relays=True)

        def queue(tx: Tx) -> Outcome:
            if tx.mail.first_seen(vault, dedupe, message.mid, message.at) != message.mid:
                return Outcome.DUPLICATE
            tx.blobs.attach(vault, blob)
            note_sent(tx, vault, judged.records.card.message_id, ThreadId(message.mid), message.mid)
            add_step(tx, step)
            tx.audit.append(vault, AuditEvent(at=message.at, actor=sender, action="message.queued"))
            return Outcome.VISIBLE

        return queue

    # ------------------------------------------------------------ reports

    async def _answers(self, raw: bytes, envelope: Envelope) -> bool:
        """Say whether a message with a null sender reports on something that its recipients sent from here."""

        def reported() -> str | None:
            try:
                report = parse_report(raw, scan_message(raw, transparent=True))
            except MalformedContent:
                return None  # judged, and refused, with the rest
            return report.original_message_id if report else None

        message_id = await self._store.aside(reported)
        return message_id is not None and await self._sent_from_here(message_id, envelope)

    async def _sent_from_here(self, message_id: str, envelope: Envelope) -> bool:
        """Say whether every recipient of a report sent the message it is about."""

        def known(tx: Tx) -> bool:
            vaults = [tx.spaces.resolve(recipient) for recipient in envelope.recipients]
            return all(found is not None and was_sent(tx, found[0], message_id) for found in vaults)

        return await self._store.read(known)
