"""Intake: judge a message stage by stage, store it, and only then acknowledge it (journeys a and b).

MAIL and RCPT ask the policy with facts from the directory and the store; DATA is `content_intake`'s. Nothing
here knows a socket.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.smtp_connection import SignedInMailbox, SmtpConnection
from gateway.domain.verdict import Accept, Defer, Reject, Verdict
from gateway.policy import reasons
from gateway.policy.facts import MailFacts, RcptFacts, RecipientFacts
from gateway.policy.settings import PolicySettings
from gateway.policy.stages import INITIATION, TRANSPORT, TRUST, decide
from gateway.ports.clock import Clock
from gateway.ports.counters import RecipientTries
from gateway.ports.directory import Ages
from gateway.ports.store import Store
from gateway.services.counting.recipient_guesses import guesser_of, tells_of
from gateway.services.intake.content_intake import ContentIntake
from gateway.services.intake.port import Envelope, MailParameters, Receipt
from gateway.services.intake_load import IntakeLoad
from gateway.services.sign_in.app_passwords import AppPasswords
from gateway.services.trust.facts import TrustFacts
from gateway.services.trust.recipient_facts import Resolved, find_recipient

_MAX_KNOWN, _MAX_ASKED = 20_000, 200
_GOOD_FOR = timedelta(seconds=1)
"""How long facts about a sender are good, unless the lists were looked at again: as often as they are."""
_log = structlog.get_logger("pli.intake")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was last asked on a connection, and the facts that were found."""

    connection: SmtpConnection
    reverse_path: MailAddress | None
    lists: Ages
    at: datetime
    facts: MailFacts

    def stands_for(
        self, connection: SmtpConnection, reverse_path: MailAddress | None, lists: Ages, now: datetime
    ) -> bool:
        """Say whether the same is asked, and nothing can have changed."""
        is_same = self.connection is connection and self.reverse_path == reverse_path and self.lists is lists
        return is_same and timedelta(0) <= now - self.at < _GOOD_FOR


class Receiver:
    """Implements `gateway.services.intake.port.Intake`.

    Attributes:
        load: how busy it is.
    """

    def __init__(
        self,
        store: Store,
        trust: TrustFacts,
        clock: Clock,
        accounts: AppPasswords,
        settings: PolicySettings,
        contents: ContentIntake,
        tries: RecipientTries,
    ) -> None:
        self._store = store
        self._trust = trust
        self._clock = clock
        self._accounts = accounts
        self._settings = settings
        self._contents = contents
        self._attempts = tries
        self._known: dict[MailAddress, Resolved] = {}
        self._asked: dict[str, _Asked] = {}
        self.load = IntakeLoad()

    async def authenticate(self, login: str, password: str, source: str) -> SignedInMailbox | None:
        """Check a professional's app password."""
        return await self._accounts.sign_in(login, password, "smtp", source)

    # ------------------------------------------------------------ MAIL

    async def mail(
        self, connection: SmtpConnection, reverse_path: MailAddress | None, parameters: MailParameters
    ) -> Verdict:
        """Judge the sender against certificate or sign-in."""
        if parameters.size is not None and parameters.size > self._settings.max_bytes:
            return Reject(reasons.message_too_large(self._settings.max_bytes), "announced size")
        facts = self._mail_facts(connection, reverse_path)
        verdict = decide(TRANSPORT, facts, self._settings)
        if isinstance(verdict, Accept):
            verdict = decide(TRUST, facts, self._settings)
        return await self._audited(verdict, connection, reverse_path)

    def _mail_facts(self, connection: SmtpConnection, reverse_path: MailAddress | None) -> MailFacts:
        # MAIL, RCPT and DATA of one message ask the same, mostly within some milliseconds.
        trust, now, last = self._trust, self._clock.now(), self._asked.get(connection.id)
        lists = trust.lists()
        if last and last.stands_for(connection, reverse_path, lists, now):
            return last.facts
        facts = MailFacts(trust.connection(connection), trust.sources(now), trust.sender(reverse_path))
        if len(self._asked) >= _MAX_ASKED:
            self._asked.clear()
        self._asked[connection.id] = _Asked(
            connection=connection, reverse_path=reverse_path, lists=lists, at=now, facts=facts
        )
        return facts

    # ------------------------------------------------------------ RCPT

    async def rcpt(self, connection: SmtpConnection, envelope: Envelope, recipient: MailAddress) -> Verdict:
        """Judge one recipient."""
        facts = self._mail_facts(connection, envelope.reverse_path)
        sender, now = guesser_of(connection, facts), self._clock.now()
        known = await self._recipient_facts(envelope.reverse_path, recipient, len(envelope.recipients) + 1)
        judged = replace(known, attempts=self._attempts.of(sender, now))
        verdict = decide(INITIATION, RcptFacts(facts.connection, facts.sources, facts.sender, judged), self._settings)
        # Only what tells whether an address of ours exists: foreign ones can be invented, and lists may be stale.
        hit = tells_of(verdict) if self._settings.is_ours(recipient) else None
        if hit is not None:
            self._attempts.note(sender, self._store.digest("tried", str(recipient).encode())[:8], hit, now)
        return await self._audited(verdict, connection, envelope.reverse_path)

    async def _recipient_facts(
        self, reverse_path: MailAddress | None, recipient: MailAddress, position: int
    ) -> RecipientFacts:
        settings, trust = self._settings, self._trust
        if not settings.is_ours(recipient):  # the store knows nothing of it
            return RecipientFacts(
                address=recipient, position=position, white_listed=trust.white_listed(recipient.domain)
            )
        sender = trust.names(reverse_path)
        found = await self._store.read(
            lambda tx: find_recipient(tx, recipient, trust, settings, position=position, sender=sender)
        )
        if found.vault is not None:
            self._remember(recipient, found.vault)
        return found.facts

    def _remember(self, recipient: MailAddress, found: Resolved) -> None:
        # An address never changes its vault (STD §1.9); the state of a space is read again in the transaction.
        self._known[recipient] = found
        if len(self._known) > _MAX_KNOWN:
            del self._known[next(iter(self._known))]

    def forget(self, vaults: Collection[VaultId]) -> None:
        """Forget the addresses of spaces that were erased."""
        for address in [address for address, (vault, _) in self._known.items() if vault in vaults]:
            del self._known[address]

    # ------------------------------------------------------------ DATA

    async def data(self, connection: SmtpConnection, envelope: Envelope, raw: bytes) -> Receipt:
        """Judge and store a message; return only after every commit."""
        with self.load.message():
            facts = self._mail_facts(connection, envelope.reverse_path)
            receipt = await self._contents.take(connection, envelope, facts, raw, self._known)
        await self._audited(receipt.verdict, connection, envelope.reverse_path)
        return receipt

    # ------------------------------------------------------------ shared

    async def _audited(self, verdict: Verdict, connection: SmtpConnection, sender: MailAddress | None) -> Verdict:
        """Write a refusal, with its exact cause, into the operator's trace."""
        if isinstance(verdict, Accept):
            return verdict
        reason, at = verdict.reason, self._clock.now()
        event = AuditEvent(
            at=at,
            actor=str(sender or "<>"),
            action="message.refused",
            outcome=reason.rule,
            objects=(connection.id,),
            detail=verdict.detail,
        )
        if isinstance(verdict, Defer):
            _log.warning("message.deferred", connection=connection.id, rule=reason.rule)
        await self._store.write(lambda tx: tx.audit.append(OPERATOR, event))
        return verdict
