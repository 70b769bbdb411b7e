"""Who guesses at recipients: distinct addresses tried by each sender mailbox, in memory, for a day.

Counted by sender, never by operator: one bad sender must not cut a whole region off (assurance, "Vectors").
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.policy.facts import Attempts

_WINDOW = timedelta(days=1)
_MAX_SENDERS = 50_000
_MAX_TRIES = 2_000
"""Recipients remembered a sender; beyond, the counts stand still, which is enough to judge."""


@dataclass(slots=True)
class _Tries:
    since: datetime
    hits: set[bytes] = field(default_factory=set)
    misses: set[bytes] = field(default_factory=set)


class AttemptLog:
    """Remembers digests of recipients, never addresses."""

    def __init__(self) -> None:
        self._senders: OrderedDict[str, _Tries] = OrderedDict()

    def of(self, sender: str, now: datetime) -> Attempts:
        """Give what `sender` has tried lately."""
        tries = self._senders.get(sender)
        if tries is None or now - tries.since > _WINDOW:
            return Attempts()
        return Attempts(len(tries.misses), len(tries.hits))

    def note(self, sender: str, recipient: bytes, hit: bool, now: datetime) -> None:
        """Remember one try."""
        tries = self._senders.get(sender)
        if tries is None or now - tries.since > _WINDOW:
            tries = self._senders[sender] = _Tries(now)
            if len(self._senders) > _MAX_SENDERS:
                self._senders.popitem(last=False)
        seen = tries.hits if hit else tries.misses
        if len(seen) < _MAX_TRIES:
            seen.add(recipient)
