"""Tell in the log which certificates of local mailboxes end soon, once a day (``pli doctor`` says whose they are)."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from gateway.domain.directory import CertificateBinding, LocalMailbox, MailboxState
from gateway.domain.errors import PliError
from gateway.ports.clock import Clock

SOON = timedelta(days=30)
_EVERY = timedelta(days=1)
_log = structlog.get_logger("pli")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingCertificate:
    """A certificate that ends soon, or has ended.

    Attributes:
        has_successor: another one of the same mailbox ends later than soon.
        has_other: another one of the same mailbox is still good.
    """

    address: str
    binding: CertificateBinding
    ends: datetime
    has_successor: bool
    has_other: bool

    @property
    def fingerprint(self) -> str:
        """Give as much of its fingerprint as commands need."""
        return self.binding.spki_sha256.hex()[:16]


def ending(mailboxes: Iterable[LocalMailbox], now: datetime) -> Iterator[EndingCertificate]:
    """Give the certificates of mailboxes in use that end within 30 days."""
    for mailbox in mailboxes:
        if mailbox.state is not MailboxState.IN_USE:
            continue
        ends = [bound.not_after for bound in mailbox.bindings]
        for bound in mailbox.bindings:
            if bound.not_after is not None and bound.not_after <= now + SOON:
                yield EndingCertificate(
                    address=str(mailbox.entry.address),
                    binding=bound,
                    ends=bound.not_after,
                    has_successor=any(end is None or end > now + SOON for end in ends),
                    has_other=any(end is None or end > now for end in ends),
                )


async def announce_for_ever(mailboxes: Callable[[], Iterable[LocalMailbox]], clock: Clock) -> None:
    """Write a warning a day for each of them that nothing follows; `mailboxes` gives those there are then."""
    while True:
        try:
            for found in ending(mailboxes(), clock.now()):
                if not found.has_successor:
                    _log.warning("certificate.ends", certificate=found.fingerprint, ends=f"{found.ends:%Y-%m-%d}")
        except PliError as error:
            _log.warning("certificate.ends_unknown", reason=error.code)
        await asyncio.sleep(_EVERY.total_seconds())
