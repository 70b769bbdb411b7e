"""Places in a trace as addresses have them: a permutation keyed by the operator's index key, another one in each vault.

The number of a line would tell whoever reads for another how many lines are withheld from them, and could be probed.
"""

from gateway.domain.mailbox import VaultId
from gateway.ports.store import Store

_HALF = 30
_MASK = (1 << _HALF) - 1
_ROUNDS = range(4)


class ListPlaces:
    """Disguises numbers of lines below 2**60; what was never given leads anywhere."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def disguised(self, vault: VaultId, seq: int) -> int:
        """Give the number that stands for a line in addresses."""
        left, right = seq >> _HALF, seq & _MASK
        for turn in _ROUNDS:
            left, right = right, left ^ self._mixed(vault, turn, right)
        return left << _HALF | right

    def seq(self, vault: VaultId, disguised: int) -> int:
        """Give the number of the line that this one stands for."""
        left, right = disguised >> _HALF & _MASK, disguised & _MASK
        for turn in reversed(_ROUNDS):
            left, right = right ^ self._mixed(vault, turn, left), left
        return left << _HALF | right

    def _mixed(self, vault: VaultId, turn: int, half: int) -> int:
        parts = (number.to_bytes(8, "big") for number in (vault, turn, half))
        return int.from_bytes(self._store.digest("trace-place", *parts)[:4], "big") & _MASK
