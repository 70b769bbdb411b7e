"""What the calendar of a message did to the agenda, for whoever reads the message (E68)."""

from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.agenda.invitations import Invitation
from gateway.domain.card import Card
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.mime import Kind
from gateway.ports.store import Tx


def invited_events(
    tx: Tx, vault: VaultId, message: MessageId, card: Card
) -> tuple[Invitation | None, tuple[AgendaEvent, ...]]:
    """Give what a message did, and the entries that are still there; nothing is looked up for one without calendar."""
    if not any(one.kind == Kind.CALENDAR.value for one in card.attachments):
        return None, ()
    try:
        invitation = tx.agendas.invitation(vault, message)
        found = [tx.agendas.get(vault, number) for number in (invitation.events if invitation else ())]
    except SealBroken:
        # What is damaged costs this line of its message alone; `pli verify` tells of it.
        return None, ()
    return invitation, tuple(event for event in found if event is not None)
