"""Messages that answer a request of the patient: its floor is kept, and the request is answered (F90, F94).

An answer names the message that asked, and comes from whoever was asked. What a doctor's brings is withheld from the
patient until 48 hours after the request, as article L1111-7 has it, whatever ended it; nothing else of that sender is.
"""

from dataclasses import replace
from datetime import datetime

from gateway.domain.audit import AuditEvent
from gateway.domain.card import Card
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import ThreadId, VaultId
from gateway.domain.rights_requests import RequestKind, RequestState, RightsRequest, request_of_message_id
from gateway.ports.store import Tx

_MOST_REFERENCES = 50


def answered_request(tx: Tx, vault: VaultId, card: Card, kind: RequestKind) -> RightsRequest | None:
    """Give the request of a space that a message answers: one that waits, else one that has ended.

    A doctor may answer in several messages: the floor is that of each.
    """
    numbers = dict.fromkeys(map(request_of_message_id, card.references[-_MOST_REFERENCES:]))
    named = [_opened(tx, vault, number) for number in numbers if number is not None]
    found = [
        one for one in named
        if one is not None and one.kind is kind and one.to_address.lower() == card.sender.lower()
    ]  # fmt: skip
    return next((one for one in found if one.waits), found[0] if found else None)


def _opened(tx: Tx, vault: VaultId, number: int) -> RightsRequest | None:
    try:
        return tx.rights_requests.get(vault, number)
    except SealBroken:
        return None  # told of; the message comes in all the same


def floor_of(request: RightsRequest | None, now: datetime) -> datetime | None:
    """Give from when the documents of an answer may be read; None for at once."""
    clocks = request.clocks if request else None
    return clocks.earliest if clocks and now < clocks.earliest else None


def note_reply(tx: Tx, vault: VaultId, card: Card, thread: ThreadId, now: datetime) -> None:
    """End the request for a correction that a message answers: its conversation says how."""
    request = answered_request(tx, vault, card, RequestKind.CORRECTION)
    if request is not None and request.waits:
        note_answered(tx, vault, replace(request, thread=thread), None, now)


def note_answered(tx: Tx, vault: VaultId, request: RightsRequest, floor: datetime | None, now: datetime) -> None:
    """End a request that was answered; what it asked for may be read from `floor`, None for at once."""
    ended = replace(
        request, state=RequestState.ANSWERED, ended_at=now, next=None, answered_by=request.to, shown_from=floor
    )
    tx.rights_requests.save(vault, ended)
    event = AuditEvent(
        at=now, actor=request.to_address, action="request.answered", objects=(request.name,)
    )
    tx.audit.append(vault, event)
