"""What ``pli doctor`` says of local mailboxes' certificates: which end soon, which have ended."""

from collections.abc import Iterator

from gateway.cli.findings import Finding
from gateway.core import Core
from gateway.domain.errors import DirectoryUnavailable
from gateway.services.space.certificate_ends import ending
from gateway.services.space.local_mailboxes import command_of


def mailbox_certificates(it: Core) -> Iterator[Finding]:
    """Tell of the certificates that end within 30 days; one that ended is bad where no other is good."""
    now = it.clock.now()
    try:
        mailboxes = it.local_mailboxes.all()
    except DirectoryUnavailable:
        return  # told with the trust lists
    kinds = {str(mailbox.entry.address): mailbox.entry.kind for mailbox in mailboxes}
    for found in ending(mailboxes, now):
        over = found.ends <= now
        renew = f"pli {command_of(kinds[found.address])} certificate {found.address}"
        advice = f"it has another: {renew} --drop {found.fingerprint}" if found.has_successor else f"renew it: {renew}"
        what = f"a certificate of {found.address} {'ended' if over else 'ends'} on {found.ends:%Y-%m-%d}"
        yield Finding(what, over and not found.has_other, advice)
