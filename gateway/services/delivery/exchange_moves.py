"""The exchange of a patient with a correspondent, moved in the transaction of the message that moves it (A7, A8)."""

from datetime import datetime

from gateway.domain.address import MailAddress
from gateway.domain.exchange import Correspondence, Exchange, correspondence_of, ending_requested
from gateway.domain.mailbox import VaultId
from gateway.domain.mime import ScannedMessage, addresses_of
from gateway.ports.directory import EntryOf
from gateway.ports.store import Tx


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
        automatic_reply=scanned.is_automatic_reply,
    )


def move(tx: Tx, vault: VaultId, correspondence: Correspondence, at: datetime) -> Exchange:
    """Apply what a professional's message does to its exchange."""
    address = correspondence.correspondent
    before = tx.exchanges.get(vault, address) or Exchange(address)
    after = before.after(correspondence.event, at)
    named = Exchange(after.correspondent, after.state, correspondence.name, after.changed_at)
    if named != before:
        tx.exchanges.put(vault, named)
    return named
