"""Documents given to a reader again: a crash three times, a slow machine for an hour, and one that burns only once.

Remembered in memory, not by the attempts of a step: a server that was stopped, or a full disk, says nothing of a
document. After a restart a document that crashes readers is given to three more, each in a process of its own. The
attempts of a step, which are stored, bound it all the same: filing gives up at last and answers 906.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dossier_bridge.request import ReadOutcome, ReadRequest
from gateway.domain.card import Card
from gateway.domain.directory import MailboxKind
from gateway.domain.errors import ReaderFailed, ReaderSlow, ReaderSpent, SenderBusy
from gateway.domain.outbox import Step, TakesLong
from gateway.ports.clock import Clock
from gateway.ports.readers import Readers

READER_ATTEMPTS = 3
"""A reader that crashes on a message is given it this often, then the message is quarantined with 906."""
SLOW_FOR = timedelta(hours=1)
"""How long a message is tried again whose reader did not end in time: the machine may be busy."""
_FIRST_PAUSE, _LAST_PAUSE = timedelta(seconds=10), timedelta(minutes=15)


@dataclass(slots=True)
class _Slow:
    since: datetime
    tries: int = 0


def answers_for(card: Card, reverse_path: str) -> str:
    """Name who holds places at the readers: several mailboxes of one organisation, or of one domain, are one sender.

    A person of the directory stands for themselves: colleagues who share a domain do not wait for each other.
    """
    if card.issuer:
        return card.issuer
    return reverse_path if card.kind == MailboxKind.PERSON.value else reverse_path.rpartition("@")[2]


class ReadingTries:
    """Has messages read, and remembers what became of those that were not."""

    def __init__(self, readers: Readers, clock: Clock) -> None:
        self._readers = readers
        self._clock = clock
        self._crashes: dict[int, int] = {}
        self._slow: dict[int, _Slow] = {}

    async def read(self, step: Step, request: ReadRequest, sender: str) -> ReadOutcome | None:
        """Read the documents of a step's message; None when it is settled that they cannot be read.

        Raises `TakesLong` when others must not wait for it, `ReaderFailed` for a crash that may be chance.
        """
        try:
            outcome = await self._readers.read(request, sender, at_leisure=step.slow)
        except ReaderSpent:
            outcome = None
        except ReaderSlow as error:
            slow = self._slow.setdefault(step.id, _Slow(self._clock.now()))
            if self._clock.now() - slow.since < SLOW_FOR:
                pause = min(_FIRST_PAUSE * (1 << slow.tries), _LAST_PAUSE)
                slow.tries += 1
                raise TakesLong(pause) from error
            outcome = None
        except ReaderFailed:
            self._crashes[step.id] = crashes = self._crashes.get(step.id, 0) + 1
            if crashes < READER_ATTEMPTS:
                raise
            outcome = None
        except SenderBusy as error:
            raise TakesLong(timedelta(0)) from error
        self.forget(step)
        return outcome

    def forget(self, step: Step) -> None:
        """Forget a step that has ended."""
        self._crashes.pop(step.id, None)
        self._slow.pop(step.id, None)
