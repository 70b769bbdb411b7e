"""Intake: judge a message stage by stage, store it, and only then acknowledge it (journeys a and b).

MAIL and RCPT ask the policy with facts from the directory and the store. DATA is one hop to a worker thread
(scan, judge, make the records, write the blob) and one transaction a vault; its verdict comes after the last
commit. Nothing here knows a socket.
"""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import structlog

from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import InvalidValue, MalformedContent
from gateway.domain.exchange import Correspondence
from gateway.domain.mailbox import OPERATOR, BlobKey, MessageId, ThreadId, VaultId, VaultKind
from gateway.domain.mime import Fault, MessageLimitExceeded, ScannedMessage, parse_report, scan_message
from gateway.domain.outbox import Step, StepKind
from gateway.domain.verdict import Accept, Defer, Reject, Verdict
from gateway.policy import reasons
from gateway.policy.chain import CONTENT, INITIATION, TRANSPORT, TRUST, decide
from gateway.policy.facts import ContentFacts, DataFacts, MailFacts, RcptFacts, RecipientFacts
from gateway.policy.settings import PolicySettings
from gateway.ports import Blobs, Clock, Store, Tx
from gateway.services.accounts import AppPasswords
from gateway.services.attempts import AttemptLog
from gateway.services.delivery import Arrival, Delivery, Outcome, accept, add_step, note_sent, was_sent
from gateway.services.exchanges import address_of, addresses_of, correspondence_in
from gateway.services.intake import Connection, Envelope, MailParameters, Receipt, SignedIn
from gateway.services.numbers import random_number
from gateway.services.records import Records, records_of
from gateway.services.trace import trace_fields
from gateway.services.trust import TrustFacts

T = TypeVar("T")
Resolved: TypeAlias = tuple[VaultId, VaultKind]
_MAX_KNOWN = 20_000
_log = structlog.get_logger("pli.intake")


@dataclass(frozen=True, slots=True)
class _Prepared:
    scanned: ScannedMessage
    records: Records
    correspondence: Correspondence | None
    blob: BlobKey
    sha256: bytes


class Receiver:
    """Implements `gateway.services.intake.Intake`."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        trust: TrustFacts,
        clock: Clock,
        accounts: AppPasswords,
        settings: PolicySettings,
        workers: Executor,
        hostname: str,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._accounts = accounts
        self._settings = settings
        self._workers = workers
        self._hostname = hostname
        self._attempts = AttemptLog()
        self._known: dict[MailAddress, Resolved] = {}
        self._in_hand = 0

    @property
    def in_hand(self) -> int:
        """Count the messages that are being judged and stored now."""
        return self._in_hand

    async def authenticate(self, login: str, password: str, source: str) -> SignedIn | None:
        """Check a professional's app password."""
        return await self._accounts.sign_in(login, password, "smtp", source)

    # ------------------------------------------------------------ MAIL

    async def mail(
        self, connection: Connection, reverse_path: MailAddress | None, parameters: MailParameters
    ) -> Verdict:
        """Judge the sender against certificate or sign-in."""
        if parameters.size is not None and parameters.size > self._settings.max_bytes:
            return Reject(reasons.MESSAGE_TOO_LARGE, "announced size")
        facts = self._mail_facts(connection, reverse_path)
        verdict = decide(TRANSPORT, facts, self._settings)
        if isinstance(verdict, Accept):
            verdict = decide(TRUST, facts, self._settings)
        return await self._audited(verdict, connection, reverse_path)

    def _mail_facts(self, connection: Connection, reverse_path: MailAddress | None) -> MailFacts:
        trust = self._trust
        return MailFacts(trust.connection(connection), trust.sources(), trust.sender(reverse_path))

    # ------------------------------------------------------------ RCPT

    async def rcpt(self, connection: Connection, envelope: Envelope, recipient: MailAddress) -> Verdict:
        """Judge one recipient."""
        facts = self._mail_facts(connection, envelope.reverse_path)
        holder = str(connection.peer.dn) if connection.peer else connection.id
        sender, now = str(envelope.reverse_path or holder), self._clock.now()
        known = await self._recipient_facts(recipient, len(envelope.recipients) + 1)
        judged = replace(known, attempts=self._attempts.of(sender, now))
        verdict = decide(INITIATION, RcptFacts(facts.connection, facts.sources, facts.sender, judged), self._settings)
        self._attempts.note(sender, self._store.digest("tried", str(recipient).encode())[:8], _hit(verdict), now)
        return await self._audited(verdict, connection, envelope.reverse_path)

    async def _recipient_facts(self, recipient: MailAddress, position: int) -> RecipientFacts:
        settings = self._settings
        if not settings.is_ours(recipient):
            white_listed = self._trust.white_listed(recipient.domain)
            return RecipientFacts(recipient, position, white_listed=white_listed)
        patient = None
        if settings.is_patient(recipient):
            try:
                patient = PatientAddress.of(recipient, settings.patient_domain)
            except InvalidValue:
                return RecipientFacts(recipient, position, patient=None)

        def look(tx: Tx) -> tuple[RecipientFacts, Resolved | None]:
            found = tx.spaces.resolve(recipient)
            # One path for found and not found: the reads, and so the time, are the same among refusals (A9).
            state = tx.spaces.state(found[0] if found else OPERATOR)
            facts = RecipientFacts(
                recipient,
                position,
                patient=patient,
                space=state if found else None,
                blocked=False,
                mailbox_known=found is not None and found[1] is not VaultKind.SPACE,
            )
            return facts, found

        facts, found = await self._store.read(look)
        if found is not None:
            self._remember(recipient, found)
        return facts

    def _remember(self, recipient: MailAddress, found: Resolved) -> None:
        # An address never changes its vault (STD §1.9); the state of a space is read again in the transaction.
        self._known[recipient] = found
        if len(self._known) > _MAX_KNOWN:
            del self._known[next(iter(self._known))]

    # ------------------------------------------------------------ DATA

    async def data(self, connection: Connection, envelope: Envelope, raw: bytes) -> Receipt:
        """Judge and store a message; return only after every commit."""
        self._in_hand += 1
        try:
            return await self._data(connection, envelope, raw)
        finally:
            self._in_hand -= 1

    async def _data(self, connection: Connection, envelope: Envelope, raw: bytes) -> Receipt:
        facts, mid = self._mail_facts(connection, envelope.reverse_path), MessageId(random_number())
        trace = trace_fields(connection, envelope, self._hostname, f"{mid:x}", self._clock.now())
        answers = envelope.reverse_path is None and await self._answers(raw, envelope)
        judged = await self._off_loop(lambda: self._judge(raw, trace, envelope, facts, answers))
        if not isinstance(judged, _Prepared):
            return Receipt(await self._audited(judged, connection, envelope.reverse_path))
        return await self._store_all(connection, envelope, judged, mid)

    def _judge(
        self, raw: bytes, trace: bytes, envelope: Envelope, facts: MailFacts, answers: bool
    ) -> "_Prepared | Reject | Defer":
        """Scan, judge, make the records and the blob: all that a worker thread does for a message."""
        octets = trace + raw
        try:
            scanned = scan_message(octets, transparent=True)
        except MessageLimitExceeded as error:
            header = error.fault in (Fault.HEADER_BYTES, Fault.HEADER_LINES)
            return Reject(reasons.HEADER_TOO_LARGE if header else reasons.CONTENT_REFUSED, str(error))
        except MalformedContent as error:
            return Reject(reasons.CONTENT_REFUSED, str(error))
        content = self._content_facts(scanned, envelope, octets, answers)
        judged = DataFacts(facts.connection, facts.sources, facts.sender, content)
        verdict = decide(CONTENT, judged, self._settings)
        if not isinstance(verdict, Accept):
            return verdict
        correspondence = correspondence_in(scanned, envelope.reverse_path, self._trust.entry)
        records = records_of(octets, scanned, self._trust.entry, correspondence)
        # The digest is of what was sent: our own trace differs at each try.
        return _Prepared(scanned, records, correspondence, self._blobs.put(octets), hashlib.sha256(raw).digest())

    def _content_facts(
        self, scanned: ScannedMessage, envelope: Envelope, octets: bytes, answers: bool
    ) -> ContentFacts:
        authors = tuple(address_of(mailbox) for mailbox in scanned.from_)
        addressed = frozenset((*envelope.recipients, *addresses_of((*scanned.to, *scanned.cc, *scanned.bcc))))
        foreign = {address.domain for address in addressed if not self._settings.is_ours(address)}
        return ContentFacts(
            size=scanned.size,
            header_bytes=scanned.header_length,
            header_lines=octets.count(b"\n", 0, scanned.header_length),
            received=scanned.received_count - 1,  # ours does not count
            from_fields=scanned.headers.count("From"),
            from_mailboxes=authors,
            addressed=addressed,
            white_listed=frozenset(domain for domain in foreign if self._trust.white_listed(domain)),
            is_report=scanned.root.media_type == "multipart/report",
            answers=answers,
        )

    async def _answers(self, raw: bytes, envelope: Envelope) -> bool:
        """Say whether a message with a null sender reports on something that its recipients sent from here."""

        def reported() -> str | None:
            try:
                report = parse_report(raw, scan_message(raw, transparent=True))
            except MalformedContent:
                return None  # judged, and refused, with the rest
            return report.original_message_id if report else None

        message_id = await self._off_loop(reported)
        return message_id is not None and await self._sent_from_here(message_id, envelope)

    async def _sent_from_here(self, message_id: str, envelope: Envelope) -> bool:
        """Say whether every recipient of a report sent the message it is about."""

        def known(tx: Tx) -> bool:
            vaults = [tx.spaces.resolve(recipient) for recipient in envelope.recipients]
            return all(found is not None and was_sent(tx, found[0], message_id) for found in vaults)

        return await self._store.read(known)

    async def _store_all(
        self, connection: Connection, envelope: Envelope, prepared: _Prepared, queue_id: MessageId
    ) -> Receipt:
        now, outcomes = self._clock.now(), []
        for recipient in envelope.recipients:
            outcomes.append(await self._store_one(envelope, recipient, prepared, queue_id))
        if all(outcome is Outcome.UNREACHABLE for outcome in outcomes):
            verdict = Reject(reasons.PATIENT_UNREACHABLE, "space closed since RCPT")
            return Receipt(await self._audited(verdict, connection, envelope.reverse_path))
        _log.info(
            "message.stored",
            connection=connection.id,
            message=f"{queue_id:x}",
            octets=prepared.scanned.size,
            outcomes=[outcome.value for outcome in outcomes],
            seconds=round((self._clock.now() - now).total_seconds(), 4),
        )
        return Receipt(Accept("POL-37"), f"{queue_id:x}")

    async def _store_one(
        self, envelope: Envelope, recipient: MailAddress, prepared: _Prepared, queue_id: MessageId
    ) -> Outcome:
        found = self._known.get(recipient) or await self._store.read(lambda tx: tx.spaces.resolve(recipient))
        if found is None:
            return await self._relay(envelope, recipient, prepared, queue_id)
        vault, kind = found
        delivery = self._delivery(envelope, recipient, prepared, vault, kind is VaultKind.SPACE, queue_id)
        return await self._store.write(lambda tx: accept(tx, delivery))

    def _delivery(
        self,
        envelope: Envelope,
        recipient: MailAddress,
        prepared: _Prepared,
        vault: VaultId,
        is_space: bool,
        queue_id: MessageId,
    ) -> Delivery:
        records = prepared.records
        arrival = Arrival(
            vault=vault,
            mid=queue_id,
            is_space=is_space,
            sender=str(envelope.reverse_path or ""),
            card=records.card,
            correspondence=prepared.correspondence,
            at=self._clock.now(),
            notice=random_number(),
        )
        return Delivery(
            arrival=arrival,
            recipient=str(recipient),
            dedupe=self._dedupe(envelope, recipient, prepared),
            blob=prepared.blob,
            records=records,
            holds=is_space and records.is_clinical,
            files=is_space and records.is_documentary,
            work=random_number(),
        )

    def _dedupe(self, envelope: Envelope, recipient: MailAddress, prepared: _Prepared) -> bytes:
        """Digest what makes two deliveries the same (assurance, promise 1)."""
        same = (prepared.records.card.message_id, str(envelope.reverse_path or ""), str(recipient))
        return self._store.digest("delivery", *(part.encode() for part in same), prepared.sha256)[:16]

    async def _relay(
        self, envelope: Envelope, recipient: MailAddress, prepared: _Prepared, queue_id: MessageId
    ) -> Outcome:
        """Keep a signed-in professional's message to another operator, as a step of their own mailbox."""
        sender = envelope.reverse_path
        found = await self._store.read(lambda tx: tx.spaces.resolve(sender)) if sender else None
        if found is None:
            return Outcome.UNREACHABLE
        # Octets of its own: the step drops its hold when it is done, and other copies must not go with it.
        blob = await self._off_loop(lambda: self._blobs.put(self._blobs.read(prepared.blob)))
        vault, at = found[0], self._clock.now()
        dedupe = self._dedupe(envelope, recipient, prepared)
        payload = {"blob": blob.ref.id.hex(), "sender": str(sender), "recipient": str(recipient)}
        step = Step(vault, random_number(), StepKind.DELIVER, payload, at)

        def queue(tx: Tx) -> Outcome:
            if tx.mail.first_seen(vault, dedupe, queue_id, at) != queue_id:
                return Outcome.DUPLICATE
            tx.blobs.attach(vault, blob)
            note_sent(tx, vault, prepared.records.card.message_id, ThreadId(queue_id), queue_id)
            add_step(tx, step)
            tx.audit.append(vault, AuditEvent(at, str(sender), "message.queued"))
            return Outcome.VISIBLE

        return await self._store.write(queue)

    # ------------------------------------------------------------ shared

    async def _off_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    async def _audited(self, verdict: Verdict, connection: Connection, sender: MailAddress | None) -> Verdict:
        """Write a refusal, with its exact cause, into the operator's trace."""
        if isinstance(verdict, Accept):
            return verdict
        reason, at = verdict.reason, self._clock.now()
        event = AuditEvent(at, str(sender or "<>"), "message.refused", reason.rule, (connection.id,), verdict.detail)
        if isinstance(verdict, Defer):
            _log.warning("message.deferred", connection=connection.id, rule=reason.rule)
        await self._store.write(lambda tx: tx.audit.append(OPERATOR, event))
        return verdict


def _hit(verdict: Verdict) -> bool:
    return isinstance(verdict, Accept)
