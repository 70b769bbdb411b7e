"""Documents that their patient sees later because they asked for it: kinds that they put off (E37), a floor (F90).

It is a bit of the document's own row, beside those of its author's marks; professionals are not concerned. Until when
stands in a sealed row, which a keeper finds when the day comes (`gateway.services.withholding.display_delays`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.account import Space
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.withholdings import MOST_MESSAGES, DocumentDelay
from gateway.ports.store import Tx


@dataclass(frozen=True, slots=True)
class OwnDelay:
    """Until when what comes is put off, and by the choice of which kind; empty for a floor alone."""

    until: datetime
    kind: str = ""
    floor: datetime | None = None


def own_delay(space: Space, category: DocumentCategory, at: datetime, floor: datetime | None) -> OwnDelay | None:
    """Say until when a document that comes at an instant is put off, by its patient's choice or by a floor."""
    days = dict(space.delays).get(category.value, 0)
    lasts = floor if floor is not None and floor > at else None
    # A floor under a longer choice stays when that choice is ended.
    chosen = OwnDelay(at + timedelta(days=days), category.value, lasts) if days else None
    kept = OwnDelay(lasts, floor=lasts) if lasts else None
    return max((one for one in (chosen, kept) if one), key=lambda one: one.until, default=None)


def note_delay(tx: Tx, vault: VaultId, number: int, mid: MessageId | None, later: OwnDelay | None) -> OwnDelay | None:
    """Note until when a document is put off, and the messages whose files are withheld with it; give that delay.

    Of one that was put off before, only a further message is noted.
    """
    try:
        before = tx.withholdings.delay(vault, number)
    except SealBroken:
        return None  # told of; `pli verify` names it
    if before is None:
        if later is None:
            return None
        before = DocumentDelay(document=number, until=later.until, kind=later.kind, floor=later.floor)
    messages = before.messages if mid is None else tuple(dict.fromkeys((*before.messages, mid)))[-MOST_MESSAGES:]
    tx.withholdings.save_delay(vault, replace(before, messages=messages))
    return OwnDelay(before.until, before.kind, before.floor)


def delay_of_message(tx: Tx, vault: VaultId, mid: MessageId | None) -> OwnDelay | None:
    """Give the longest delay of what a message brought, also once more; None where it brought nothing put off."""
    brought = [one for one in tx.withholdings.delays(vault) if mid in one.messages]
    return OwnDelay(brought[-1].until, brought[-1].kind, brought[-1].floor) if brought else None
