"""What a patient chose for whoever asks: blocks, and exceptions for one document."""

from gateway.domain.access import Actor
from gateway.domain.dossier import FiledDocument
from gateway.policy.access.facts import PersonChoice
from gateway.policy.facts import Unknown
from gateway.ports.store import Tx


def is_blocked(_tx: Tx, _actor: Actor) -> bool | Unknown:
    """Say whether the patient has blocked them or their organisation; no block has rows yet."""
    return False


def choice_for(_tx: Tx, _actor: Actor, _document: FiledDocument) -> PersonChoice | Unknown | None:
    """Give the patient's exception for one document and this reader; no exception has rows yet."""
    return None


def is_author(_actor: Actor, _document: FiledDocument) -> bool | Unknown:
    """Say whether they deposited it (F54); no face for professionals asks yet."""
    return False
