"""Which keys may send for a mailbox of this gateway: bound, renewed, dropped; two at once while they change."""

from gateway.domain.directory import CertificateBinding, LocalMailbox
from gateway.domain.errors import Conflict, NotFound
from gateway.ports.directory import LocalDirectory
from gateway.services.space.local_mailboxes import LocalMailboxes, command_of

_LEAST = 8
"""Digits of a fingerprint that are enough to name a key, when they name one only."""


class MailboxCertificates:
    """Binds keys to mailboxes. The trace comes before the effect: a right is never given untraced."""

    def __init__(self, local: LocalDirectory, mailboxes: LocalMailboxes) -> None:
        self._local = local
        self._mailboxes = mailboxes

    async def bind(self, binding: CertificateBinding) -> None:
        """Let one more key send, or note the new end of one that does. Raises `Conflict`: it is another mailbox's."""
        self._mailboxes.require_unbound(binding)
        await self._mailboxes.trace_certificate(binding, "certificate.bound")
        self._local.bind(binding)

    def named(self, known: LocalMailbox, fingerprint: str) -> CertificateBinding:
        """Find one key of a mailbox by its fingerprint, or the beginning of it. Raises `NotFound`, `Conflict`."""
        digits = fingerprint.replace(":", "").lower()
        found = [bound for bound in known.bindings if bound.spki_sha256.hex().startswith(digits)]
        if len(digits) < _LEAST or not found:
            raise NotFound(
                f"no certificate of this mailbox has that fingerprint: give {_LEAST} digits or more of one that "
                f"« pli {command_of(known.entry.kind)} show » names"
            )
        if len(found) > 1:
            raise Conflict("several certificates begin with that fingerprint: give more of its digits")
        return found[0]

    async def drop(self, binding: CertificateBinding) -> None:
        """Withdraw a key: within a second it opens nothing, open connections included."""
        await self._mailboxes.trace_certificate(binding, "certificate.dropped")
        self._local.unbind(binding.spki_sha256)
