"""By what mandate a guardian or a carer acts in a space."""

from datetime import datetime

from gateway.domain.access import Actor
from gateway.policy.access.facts import Mandate
from gateway.policy.facts import Unknown
from gateway.ports.store import Tx


def mandate_of(_tx: Tx, _actor: Actor, _at: datetime) -> Mandate | Unknown | None:
    """Give the mandate of a representative; no mandate has rows yet, so nobody acts by one."""
    return None
