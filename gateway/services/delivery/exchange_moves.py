"""The exchange of a patient with a correspondent, moved in the transaction of the message that moves it (A7, A8)."""

from collections.abc import Callable, Iterable
from datetime import datetime

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry
from gateway.domain.exchange import Correspondence, Exchange, correspondence_of, ending_requested
from gateway.domain.mailbox import VaultId
from gateway.domain.mime import Mailbox, ScannedMessage
from gateway.ports.store import Tx

EntryOf = Callable[[MailAddress], DirectoryEntry | None]
"""How an address is looked up in the directory."""


def correspondence_in(
    scanned: ScannedMessage, sender: MailAddress | None, entry_of: EntryOf
) -> Correspondence | None:
    """Say whose exchange a message concerns and what it does to it; None for reports and for what nobody answers."""
    if sender is None:
        return None
    trusted = (entry_of(address) for address in addresses_of(scanned.reply_to))
    return correspondence_of(
        entry_of(sender),
        [entry for entry in trusted if entry is not None],
        ending=ending_requested(scanned.subject, scanned.headers.text("X-MSS-MES") or None),
        automatic_reply=scanned.headers.text("Auto-Submitted").strip().lower().startswith("auto-replied"),
    )


def addresses_of(mailboxes: Iterable[Mailbox]) -> list[MailAddress]:
    """Give the addresses that can be read, in order."""
    return [address for address in map(address_of, mailboxes) if address is not None]


def address_of(mailbox: Mailbox) -> MailAddress | None:
    """Give a header's mailbox as an address, or None when it is not one without doubt."""
    return mailbox.mail


def move(tx: Tx, vault: VaultId, correspondence: Correspondence, at: datetime) -> Exchange:
    """Apply what a professional's message does to its exchange."""
    entry = correspondence.correspondent
    before = tx.exchanges.get(vault, entry.address) or Exchange(entry.address)
    after = before.after(correspondence.event, at)
    named = Exchange(after.correspondent, after.state, entry.name, after.changed_at)
    if named != before:
        tx.exchanges.put(vault, named)
    return named


def name_of(entry: DirectoryEntry | None, address: MailAddress) -> str:
    """Give the name people are shown: the directory's, else the address; never the sender's claim."""
    return entry.name if entry is not None and entry.name else str(address)


def detail_of(entry: DirectoryEntry | None) -> str:
    """Give profession, organisation and place in one line, as far as the directory knows them."""
    if entry is None:
        return ""
    return " · ".join(part for part in (entry.profession or entry.organisation, entry.city) if part)
