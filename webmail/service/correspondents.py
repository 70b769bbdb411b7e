"""Correspondents as the directory named them when the message came, never as it claims (STD §2.2)."""

from gateway.domain.card import Card
from webmail.model import Correspondent, CorrespondentKind

_KINDS = {kind.value: kind for kind in CorrespondentKind}


def correspondent_of(card: Card) -> Correspondent:
    """Name who sent a message; what the directory does not know is shown as something nobody answers."""
    return Correspondent(card.sender_name, _KINDS.get(card.kind, CorrespondentKind.APPLICATION), card.detail)


def answered_by(card: Card) -> Correspondent:
    """Name whom the patient answers: the sender, or whom the message names instead (A10)."""
    if card.correspondent and card.correspondent != card.sender:
        # The card does not say what kind of mailbox that is; « organisation » is what an application answers for.
        return Correspondent(card.correspondent_name, CorrespondentKind.ORGANISATION, card.sender_name)
    return correspondent_of(card)
