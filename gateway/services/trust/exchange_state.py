"""Where a patient and a correspondent stand (A7)."""

from gateway.domain.address import MailAddress
from gateway.domain.exchange import ExchangeState
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx


def state_of(tx: Tx, vault: VaultId, correspondent: MailAddress) -> ExchangeState:
    """Read where a pair stands."""
    found = tx.exchanges.get(vault, correspondent)
    return found.state if found else ExchangeState.NONE
