"""Who guesses at recipients: distinct addresses tried by each sender mailbox, in memory, for a day.

Counted by sender, not by operator: one bad sender must not cut a whole region off (assurance, "Vectors"). Only what a
sender can invent, or leave out, counts for whoever was let in.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.directory import DirectoryEntry
from gateway.domain.smtp_connection import SmtpConnection
from gateway.domain.verdict import Accept, Reject, Verdict
from gateway.policy import reasons
from gateway.policy.facts import Attempts, MailFacts

_TELLING = frozenset({reasons.PATIENT_UNREACHABLE.rule, reasons.MAILBOX_UNKNOWN.rule})
_WINDOW = timedelta(days=1)
_MAX_SENDERS = 20_000
_EXACT = 200
"""Recipients of a sender that are remembered one by one."""
_BITS = 32_768
"""Marks of a sender that has tried more: 4 KiB, which count a hundred thousand recipients to a few per cent."""


class _Distinct:
    """Counts distinct digests: one by one at first, then by the marks that they leave (linear counting)."""

    __slots__ = ("_known", "_marked", "_marks")

    def __init__(self) -> None:
        self._known: set[bytes] | None = set()
        self._marks = bytearray()
        self._marked = 0

    def add(self, digest: bytes) -> bool:
        if self._known is None:
            return self._mark(digest)
        if digest in self._known:
            return False
        self._known.add(digest)
        if len(self._known) > _EXACT:
            known, self._known, self._marks = self._known, None, bytearray(_BITS // 8)
            for one in known:
                self._mark(one)
        return True

    def _mark(self, digest: bytes) -> bool:
        # The digest is keyed: nobody outside can choose recipients that leave the same mark.
        place, bit = divmod(int.from_bytes(digest[:4], "big") % _BITS, 8)
        if self._marks[place] >> bit & 1:
            return False
        self._marks[place] |= 1 << bit
        self._marked += 1
        return True

    def count(self) -> int:
        if self._known is not None:
            return len(self._known)
        left = max(_BITS - self._marked, 1)
        return round(_BITS * math.log(_BITS / left))


@dataclass(slots=True)
class _Tries:
    since: datetime
    hits: _Distinct = field(default_factory=_Distinct)
    misses: _Distinct = field(default_factory=_Distinct)


class AttemptLog:
    """Remembers digests of recipients, never addresses; implements `gateway.ports.counters.RecipientTries`."""

    def __init__(self) -> None:
        self._senders: OrderedDict[str, _Tries] = OrderedDict()

    def of(self, sender: str, now: datetime) -> Attempts:
        """Give what `sender` has tried lately."""
        tries = self._senders.get(sender)
        if tries is None or now - tries.since > _WINDOW:
            return Attempts()
        return Attempts(tries.misses.count(), tries.hits.count())

    def note(self, sender: str, recipient: bytes, hit: bool, now: datetime) -> bool:
        """Remember one try and say whether it was new; `recipient` is a keyed digest of the address."""
        tries = self._senders.get(sender)
        if tries is None or now - tries.since > _WINDOW:
            tries = self._senders[sender] = _Tries(now)
            if len(self._senders) > _MAX_SENDERS:
                self._senders.popitem(last=False)
        return (tries.hits if hit else tries.misses).add(recipient)


def tells_of(verdict: Verdict) -> bool | None:
    """Say whether a verdict tells that an address is there or not; None when it tells neither."""
    if isinstance(verdict, Accept):
        return True
    return False if isinstance(verdict, Reject) and verdict.reason.rule in _TELLING else None


def guesser_of(connection: SmtpConnection, facts: MailFacts) -> str:
    """Name whom guesses are counted for, over all connections.

    A mailbox that a directory lists counts for itself. The null sender, and mailboxes that can be invented, count for
    the mailbox signed in to, the laboratory, or the holder of the certificate.
    """
    sender, here = facts.sender, facts.connection
    if sender.reverse_path is not None and isinstance(sender.entry, DirectoryEntry):
        return str(sender.reverse_path)
    if connection.signed_in is not None:
        return str(connection.signed_in.address)
    if here.laboratory is not None:
        return str(here.laboratory)
    return str(connection.peer.dn) if connection.peer else connection.id
