"""Who may deposit a document without a message, and for whom: the policy's stages, asked as for mail (F99).

A depositor is proved by its certificate, listed as a sender is, and the mailbox of an organisation or an application.
Every refusal leaves its exact cause in the operator's trace; the depositor reads one sentence (A9).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.directory import DirectoryEntry
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.smtp_connection import SmtpConnection
from gateway.domain.verdict import Accept, Defer, Reject
from gateway.policy import reasons
from gateway.policy.facts import MailFacts, RcptFacts
from gateway.policy.settings import PolicySettings
from gateway.policy.stages import DEPOSIT, INITIATION, TRANSPORT, TRUST, decide
from gateway.ports.clock import Clock
from gateway.ports.counters import RecipientTries
from gateway.ports.store import Store
from gateway.services.counting.recipient_guesses import guesser_of, tells_of
from gateway.services.trust.facts import TrustFacts
from gateway.services.trust.recipient_facts import FoundRecipient, find_recipient


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AdmittedDepositor:
    """Who may deposit, and into which space.

    Attributes:
        connection: name of the connection, for the trace.
        ahead: whether its pieces may be given before the space is open (F53).
    """

    entry: DirectoryEntry
    vault: VaultId
    connection: str
    ahead: bool

    @property
    def address(self) -> str:
        """Name the depositor in the trace."""
        return str(self.entry.address)


class DepositGate:
    """Judges depositors; reads no document."""

    def __init__(
        self,
        store: Store,
        trust: TrustFacts,
        clock: Clock,
        settings: PolicySettings,
        tries: RecipientTries,
        issuers: Collection[MailAddress] = (),
    ) -> None:
        """`issuers` may give pieces ahead; `tries` counts guesses together with those by mail."""
        self._store = store
        self._trust = trust
        self._clock = clock
        self._settings = settings
        self._tries = tries
        self._issuers = frozenset(issuers)

    async def judge(
        self, connection: SmtpConnection, named: MailAddress | None, patient: MailAddress
    ) -> AdmittedDepositor | Reject | Defer:
        """Judge who deposits and for whom; without a name it is the mailbox that the certificate's key is bound to."""
        here = self._trust.connection(connection)
        depositor = named or here.laboratory
        facts = MailFacts(here, self._trust.sources(), self._trust.sender(depositor))
        for stage in (TRANSPORT, TRUST, DEPOSIT):
            verdict = decide(stage, facts, self._settings)
            if not isinstance(verdict, Accept):
                return await self.refused(verdict, connection.id, depositor)
        if not self._settings.is_patient(patient):
            return await self.refused(Reject(reasons.OUTSIDE_RECIPIENT, "no patient"), connection.id, depositor)
        verdict, found = await self._to(connection, facts, patient)
        if not isinstance(verdict, Accept):
            return await self.refused(verdict, connection.id, depositor)
        entry = facts.sender.entry
        # Both are known: POL-13 has read the entry, POL-24 the space.
        assert isinstance(entry, DirectoryEntry)  # noqa: S101
        assert found.vault is not None  # noqa: S101
        return AdmittedDepositor(
            entry=entry, vault=found.vault[0], connection=connection.id, ahead=entry.address in self._issuers
        )

    async def _to(
        self, connection: SmtpConnection, facts: MailFacts, patient: MailAddress
    ) -> tuple[Accept | Reject | Defer, FoundRecipient]:
        """Judge the addressee as RCPT does: one path for every refusal, so that none takes another time (A9)."""
        guesser, now = guesser_of(connection, facts), self._clock.now()
        sender = self._trust.names(facts.sender.reverse_path)
        found = await self._store.read(
            lambda tx: find_recipient(tx, patient, self._trust, self._settings, sender=sender)
        )
        ahead = facts.sender.reverse_path in self._issuers
        judged = replace(found.facts, attempts=self._tries.of(guesser, now), ahead=ahead)
        verdict = decide(INITIATION, RcptFacts(facts.connection, facts.sources, facts.sender, judged), self._settings)
        hit = tells_of(verdict)
        if hit is not None:
            self._tries.note(guesser, self._store.digest("tried", str(patient).encode())[:8], hit, now)
        return verdict, found

    async def refused(
        self, verdict: Reject | Defer, connection: str, depositor: MailAddress | str | None
    ) -> Reject | Defer:
        """Write a refusal, with its exact cause, into the operator's trace."""
        await self.note(verdict.reason.rule, verdict.detail, connection, depositor)
        return verdict

    async def note(self, code: str, detail: str, connection: str, depositor: MailAddress | str | None) -> None:
        """Write that a document was not taken, and why."""
        event = AuditEvent(
            at=self._clock.now(),
            actor=str(depositor or "<>"),
            action="deposit.refused",
            outcome=code,
            objects=(connection,),
            detail=detail,
        )
        await self._store.write(lambda tx: tx.audit.append(OPERATOR, event))
