"""A payer tells of the care that a person was given (F46, F47): its patient is checked, and all of it is kept.

One transaction takes a whole feed or nothing of it, and leaves its line in the trace. What is told again changes
nothing; what its payer tells otherwise stands in the place of what it told before; what it calls off goes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.care_history import MOST_ACTS, CareAct, first_day
from gateway.domain.identity import ClaimedIdentity, IdentityMatch, compare_identity
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.space import receives_mail
from gateway.domain.verdict import Reject
from gateway.policy import reasons
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.filing.deposit_gate import AdmittedDepositor, DepositGate

NOT_A_PAYER, FULL, BEFORE_BIRTH = "not-a-payer", "full", "before-birth"
"""Codes of refusals that are no national ones."""
_OLD_AT_ONCE = 500


@dataclass(frozen=True, slots=True, repr=False)
class NamedAct:
    """An act by the name that its payer gave it; None when the payer calls it off."""

    name: str
    act: CareAct | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTaken:
    """What became of the acts of a feed; `outdated` are older than 24 months, and not kept."""

    new: int = 0
    changed: int = 0
    same: int = 0
    withdrawn: int = 0
    outdated: int = 0


@dataclass(frozen=True, slots=True)
class FeedRefused:
    """Nothing of a feed is kept; `code` is a national one (STD §1.7) or one of this module."""

    code: str


class CareFeeds:
    """Keeps what payers tell."""

    def __init__(
        self, store: Store, clock: Clock, accepted_oids: frozenset[str], gate: DepositGate,
        payers: Collection[MailAddress],
    ) -> None:
        """`payers` are the mailboxes that may tell of care."""
        self._store = store
        self._clock = clock
        self._accepted_oids = accepted_oids
        self._gate = gate
        self._payers = frozenset(payers)

    async def check(self, by: AdmittedDepositor) -> FeedRefused | None:
        """Say whether whoever may deposit may also tell of care; a refusal stands in the operator's trace."""
        return None if by.entry.address in self._payers else await self.refused(by, FeedRefused(NOT_A_PAYER))

    async def take(
        self, by: AdmittedDepositor, patient: ClaimedIdentity, acts: Sequence[NamedAct]
    ) -> FeedTaken | FeedRefused | Reject:
        """Keep a feed, or say why not; it is committed on return."""
        now = self._clock.now()
        numbered = [(self._number(by, one.name), one.act) for one in acts]
        done = await self._store.write(lambda tx: self._keep(tx, by, patient, numbered, now))
        if isinstance(done, FeedRefused):
            return await self.refused(by, done)
        if done is None:
            gone = Reject(reasons.PATIENT_UNREACHABLE, "space closed meanwhile")
            await self._gate.refused(gone, by.connection, by.address)
            return gone
        return done

    async def refused(self, by: AdmittedDepositor, refused: FeedRefused, cause: str = "") -> FeedRefused:
        """Write a refusal into the operator's trace."""
        await self._gate.note(refused.code, cause, by.connection, by.address)
        return refused

    def _keep(
        self, tx: Tx, by: AdmittedDepositor, patient: ClaimedIdentity, acts: Sequence[tuple[int, CareAct | None]],
        now: datetime,
    ) -> FeedTaken | FeedRefused | None:
        state = tx.spaces.state(by.vault)
        if state is None or not receives_mail(state):
            return None
        identity = tx.spaces.space(by.vault).identity
        match = compare_identity(patient, identity, self._accepted_oids)
        if match is not IdentityMatch.SAME:
            return FeedRefused(match.value)
        born = identity.traits.birth_date
        if born is not None and any(act is not None and act.day < born.earliest for _, act in acts):
            return FeedRefused(BEFORE_BIRTH)
        since = first_day(local_day(now))
        tx.care_acts.remove_before(by.vault, since, _OLD_AT_ONCE)
        counted = dict.fromkeys(("new", "changed", "same", "withdrawn", "outdated"), 0)
        stood = {number: tx.care_acts.get(by.vault, number) for number, _ in acts}
        room = MOST_ACTS - sum(tx.care_acts.counts(by.vault, since).values())
        if sum(act is not None and stood[number] is None for number, act in acts) > room:
            return FeedRefused(FULL)
        for number, act in acts:
            old = act is not None and act.last_day < since
            told = None if act is None or old else replace(act, id=number, told_by=by.entry.name)
            became = _put(tx, by.vault, number, stood[number], told)
            counted["outdated" if old else became] += 1
        _trace(tx, by, counted, now)
        return FeedTaken(**counted)

    def _number(self, by: AdmittedDepositor, name: str) -> int:
        """Give the number of an act: the same payer, name and space have the same."""
        named = b"\0".join((by.vault.to_bytes(8, "big"), by.address.encode(), name.encode()))
        return (int.from_bytes(self._store.digest("care", named)[:8], "big") >> 2) or 1


def _put(tx: Tx, vault: VaultId, number: int, stood: CareAct | None, act: CareAct | None) -> str:
    if act is None:
        return "withdrawn" if tx.care_acts.remove(vault, number) else "same"
    if stood is not None and stood.says_the_same(act):
        return "same"
    tx.care_acts.put(vault, act)
    return "changed" if stood else "new"


def _trace(tx: Tx, by: AdmittedDepositor, counted: dict[str, int], now: datetime) -> None:
    detail = ", ".join(f"{count} {what}" for what, count in counted.items() if count)
    event = AuditEvent(
        at=now, actor=by.address, action="care.told", outcome="ok", objects=(), detail=detail,
        organisation=by.entry.name,
    )  # fmt: skip
    tx.audit.append(by.vault, event)
    tx.changed(by.vault)
