"""DATA: judge a message's content, make what is stored of it, store it for each recipient (journeys a and b).

A message goes from the loop to the store's own thread, which judges what waits (scan, verdict, records, blob),
synchronises all blobs at once and commits all transactions together, one a vault; and back after the commit. A long
message is judged in a worker thread before, so that it holds nobody up.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import MalformedContent
from gateway.domain.exchange import Correspondence
from gateway.domain.mailbox import BlobKey, MessageId, ThreadId, VaultId
from gateway.domain.mime import ScannedMessage, parse_report, scan_message
from gateway.domain.outbox import Step
from gateway.domain.smtp_connection import SmtpConnection
from gateway.domain.step_payloads import DeliverMessage
from gateway.domain.verdict import Accept, Defer, Reject
from gateway.policy import reasons
from gateway.policy.facts import DataFacts, Entrance, MailFacts
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
from gateway.services.intake.routes import Routes, routes_of
from gateway.services.intake.submitted_mail import missing_fields, names_blind_copies, without_blind_copies
from gateway.services.intake.trace_fields import trace_fields
from gateway.services.intake.unreadable import unreadable
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.trust.content_facts import content_facts
from gateway.services.trust.facts import TrustFacts
from gateway.services.trust.recipient_facts import Resolved

_log = structlog.get_logger("pli.intake")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """One message on its way in.

    Attributes:
        answers: whether a report is about something sent from here.
        trace: what is put before it.
    """

    raw: bytes
    envelope: Envelope
    facts: MailFacts
    answers: bool
    trace: bytes
    mid: MessageId
    at: datetime

    @property
    def is_submitted(self) -> bool:
        """Say whether its author's own client sent it: then it is completed (RFC 6409 §8)."""
        return self.facts.connection.listener is Entrance.SUBMISSION


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    message: _Message
    octets: bytes
    scanned: ScannedMessage
    records: Records
    correspondence: Correspondence | None
    sha256: bytes


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
        resends: timedelta = timedelta(days=7),
    ) -> None:
        """`resends` is for how long equal octets without a Message-ID are the same message."""
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._settings = settings
        self._hostname = hostname
        self._resends = resends

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
        routes = await routes_of(self._store, envelope, known)
        message = _Message(raw=raw, envelope=envelope, facts=facts, answers=answers, trace=trace, mid=mid, at=now)
        found: list[_Judged | Reject | Defer] = []
        blobs, known_as = list[BlobKey](), dict[MailAddress, MessageId]()

        def work() -> Sequence[Callable[[Tx], Outcome]]:
            found.append(self._judge(message))
            return self._writes(found[0], routes, blobs, known_as) if isinstance(found[0], _Judged) else ()

        preparation = Preparation(work, lambda: self._blobs.synchronise(blobs), Cost(parsed=len(raw)))
        outcomes = await self._store.write_prepared(preparation)
        judged = found[0]
        if not isinstance(judged, _Judged):
            return Receipt(judged)
        if all(outcome is Outcome.UNREACHABLE for outcome in outcomes):
            return Receipt(Reject(reasons.PATIENT_UNREACHABLE, "space closed or sender blocked since RCPT"))
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
        stands_for_all = next(iter(known_as.values())) if len(known_as) == len(outcomes) else mid
        return Receipt(CONTENT.accepted, f"{stands_for_all:x}")

    def _lost(self, judged: _Judged, outcomes: Sequence[Outcome]) -> list[Undelivered]:
        message, header = judged.message, judged.records.header_block
        sender, recipients, now = message.envelope.reverse_path, message.envelope.recipients, self._clock.now()
        return [
            Undelivered.of(sender, to, header, self._dedupe(judged, to), message.mid, now)
            for to, outcome in zip(recipients, outcomes, strict=True)
            if outcome is Outcome.UNREACHABLE
        ]

    # ------------------------------------------------------------ off the loop

    def _judge(self, message: _Message) -> "_Judged | Reject | Defer":
        lacking = b""
        if message.is_submitted:
            lacking = missing_fields(message.raw, f"{message.mid:x}", self._hostname, message.at)
        octets = message.trace + lacking + message.raw
        try:
            scanned = scan_message(octets, transparent=True)
        except MalformedContent as error:
            return unreadable(error)
        facts = message.facts
        found = content_facts(
            scanned, octets, message.envelope.recipients, message.answers, self._trust, self._settings
        )
        content = replace(found, received=found.received - 1)  # ours does not count
        verdict = decide(CONTENT, DataFacts(facts.connection, facts.sources, facts.sender, content), self._settings)
        if not isinstance(verdict, Accept):
            return verdict
        if message.is_submitted and names_blind_copies(scanned.headers):
            octets = without_blind_copies(octets, scanned.header_length)
            scanned = scan_message(octets, transparent=True)
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

    def _since(self, judged: _Judged) -> datetime | None:
        """Give how far back an equal delivery is the same: an identifier is one for ever."""
        return None if judged.records.card.message_id else judged.message.at - self._resends

    def _writes(
        self, judged: _Judged, routes: Routes, blobs: list[BlobKey], known_as: dict[MailAddress, MessageId]
    ) -> Sequence[Callable[[Tx], Outcome]]:
        """Write the octets, note them in `blobs`, and give one transaction a recipient.

        They note in `known_as`, by recipient, what already stands for the message; a transaction may be replayed.
        """
        here = sum(found is not None for _, found in routes.recipients)
        # What is kept here is one blob that several vaults may open; each relayed copy has octets of its own,
        # because its step drops its hold when it is done, and other copies must not go with it.
        relayed = len(routes.recipients) - here if routes.sender else 0
        blobs += self._blobs.write_many([judged.octets] * (min(here, 1) + relayed))
        kept, apart = (blobs[0], blobs[1:]) if here else (None, blobs[:])
        writes: list[Callable[[Tx], Outcome]] = []
        for recipient, found in routes.recipients:
            if found is not None and kept is not None:
                writes.append(partial(_accepted, recipient, self._delivery(judged, recipient, found, kept), known_as))
            elif routes.sender is not None:
                writes.append(self._relay(judged, recipient, routes.sender[0], apart.pop(), known_as))
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
            since=self._since(judged),
            names=self._trust.names(message.envelope.reverse_path),
        )

    def _dedupe(self, judged: _Judged, recipient: MailAddress) -> bytes:
        """Digest what makes two deliveries the same (assurance, promise 1)."""
        same = (judged.records.card.message_id, str(judged.message.envelope.reverse_path or ""), str(recipient))
        return self._store.digest("delivery", *(part.encode() for part in same), judged.sha256)[:16]

    def _relay(
        self,
        judged: _Judged,
        recipient: MailAddress,
        vault: VaultId,
        blob: BlobKey,
        known_as: dict[MailAddress, MessageId],
    ) -> Callable[[Tx], Outcome]:
        """Keep a signed-in professional's message to another operator, as a step of their own mailbox."""
        message, sender = judged.message, str(judged.message.envelope.reverse_path)
        dedupe, since = self._dedupe(judged, recipient), self._since(judged)
        told = DeliverMessage(blob=blob.ref.id, sender=sender, recipient=str(recipient))
        step = Step(vault=vault, id=random_number(), payload=told, due=message.at, relays=True)

        def queue(tx: Tx) -> Outcome:
            known = tx.mail.first_seen(vault, dedupe, message.mid, message.at, since)
            if known != message.mid:
                known_as[recipient] = known
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


def _accepted(
    recipient: MailAddress, delivery: Delivery, known_as: dict[MailAddress, MessageId], tx: Tx
) -> Outcome:
    outcome = accept(tx, delivery)
    if outcome is Outcome.DUPLICATE:
        arrival = delivery.arrival
        known_as[recipient] = tx.mail.first_seen(arrival.vault, delivery.dedupe, arrival.mid, arrival.at)
    return outcome
