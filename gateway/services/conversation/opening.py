r"""What a patient's first opening of a message does, in the transaction that shows it: \Seen, trace, read receipt.

The patient is not asked whether a receipt may go (STD §2.3). One receipt a message (RFC 8098 §3.2.6): what bears
documents gets the receipt of its filing, and none here (STD §1.7).
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from gateway.domain.audit import AuditEvent
from gateway.domain.card import Card
from gateway.domain.errors import SealBroken
from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import SEEN, Content, Entry, FolderId, MessageId, VaultId
from gateway.domain.mime import Headers, Layout, LayoutPart, addresses_of, is_filed, mailboxes_of, parse_addresses
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import TellDisplayed
from gateway.ports.store import Tx
from gateway.services.outbox.steps import add_step

_ASKS = "disposition-notification-to"


def open_messages(tx: Tx, vault: VaultId, found: Iterable[tuple[FolderId, Entry]], at: datetime) -> list[MessageId]:
    """Mark messages as read, and give those that were unread; each leaves the receipt it asks for to the outbox."""
    opened = []
    for folder, entry in found:
        flags = frozenset(entry.flags.split())
        if SEEN not in flags:
            tx.mail.set_flags(vault, folder, [(entry.uid, flags | {SEEN})])
            opened.append(entry.mid)
            # One that does not open asks for no receipt.
            with suppress(SealBroken):
                _answer(tx, tx.mail.content(vault, entry.mid), vault, at)
    return opened


def _answer(tx: Tx, content: Content, vault: VaultId, at: datetime) -> None:
    card = Card.from_json(content.summary.card)
    if not (card.receipt_to and _asks_for_its_sender(content)):
        return
    if isinstance(tx.mail.outcome(vault, content.mid), FilingOutcome) or any(map(is_filed, _parts(content))):
        return
    told = TellDisplayed(
        mid=content.mid,
        to=content.reverse_path,
        patient=content.recipient,
        message_id=card.message_id,
        subject=card.subject,
        opened=at,
    )
    # The step is named by its message: however often this is done, one waits.
    add_step(tx, Step(vault=vault, id=content.mid, payload=told, due=at))
    tx.audit.append(
        vault,
        AuditEvent(at=at, actor="pli", action="receipt.displayed", outcome="ok", objects=(f"message:{content.mid:x}",)),
    )


def _asks_for_its_sender(content: Content) -> bool:
    """Say whether the trusted sender, and nobody else, is to be told (RFC 8098 §2.1); reports have no sender."""
    fields = Headers.parse(content.header_block).get_all(_ASKS)
    asked = [mailbox for field in fields for mailbox in mailboxes_of(parse_addresses(field))]
    named = {str(address) for address in addresses_of(asked)}
    return named == {content.reverse_path} and len(addresses_of(asked)) == len(asked)


def _parts(content: Content) -> tuple[LayoutPart, ...]:
    return Layout.from_bytes(content.summary.layout).attachments
