"""Who writes what the gateway itself writes: reports and receipts."""

from gateway.domain.mime import Mailbox


def postmaster(mail_domain: str) -> Mailbox:
    """Give the author of reports and receipts (RFC 5321 §4.5.1)."""
    return Mailbox(name="Espace santé", local="postmaster", domain=mail_domain)
