"""The Merkle tree against the definitions of RFC 9162, written out as they stand there."""

import hashlib

import pytest

from gateway.domain import merkle
from gateway.domain.merkle import consistency_proof, inclusion_proof, leaf_hash, root_by_inclusion, tree_root


def _mth(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = max(1 << power for power in range(20) if 1 << power < len(leaves))
    return hashlib.sha256(b"\x01" + _mth(leaves[:k]) + _mth(leaves[k:])).digest()


def _path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 §2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = max(1 << power for power in range(20) if 1 << power < len(leaves))
    if m < k:
        return [*_path(m, leaves[:k]), _mth(leaves[k:])]
    return [*_path(m - k, leaves[k:]), _mth(leaves[:k])]


def _subproof(m: int, leaves: list[bytes], is_whole: bool) -> list[bytes]:
    """RFC 9162 §2.1.4.1."""
    if m == len(leaves):
        return [] if is_whole else [_mth(leaves)]
    k = max(1 << power for power in range(20) if 1 << power < len(leaves))
    if m <= k:
        return [*_subproof(m, leaves[:k], is_whole), _mth(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], False), _mth(leaves[:k])]


class Kept:
    """Keeps hashes of whole subtrees as the store does, and says how many were asked for."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.levels = [[leaf_hash(leaf) for leaf in leaves]]
        self.asked = 0
        while len(self.levels[-1]) >= merkle.WIDTH:
            below, width = self.levels[-1], merkle.WIDTH
            whole = range(0, len(below) - len(below) % width, width)
            self.levels.append([merkle.root_of(below[at : at + width]) for at in whole])

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """Give them."""
        self.asked += count
        found = self.levels[level][first : first + count]
        assert len(found) == count
        return found


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merkle, "WIDTH", 4)


def test_roots_and_proofs_are_those_of_the_standard() -> None:
    leaves = [bytes([number]) for number in range(70)]
    kept = Kept(leaves)
    for size in range(71):
        assert tree_root(kept, size) == _mth(leaves[:size])
        for leaf in range(0, size, 1 if size < 20 else 7):
            path = inclusion_proof(kept, leaf, size)
            assert path == _path(leaf, leaves[:size])
            assert root_by_inclusion(leaf, size, leaf_hash(leaves[leaf]), path) == _mth(leaves[:size])
            assert root_by_inclusion(leaf, size, leaf_hash(b"other"), path) != _mth(leaves[:size])
        for first in range(1, size + 1, 1 if size < 20 else 7):
            assert consistency_proof(kept, first, size) == _subproof(first, leaves[:size], True)


def test_path_of_another_length_leads_nowhere() -> None:
    kept = Kept([bytes([number]) for number in range(10)])
    path = inclusion_proof(kept, 3, 10)
    assert root_by_inclusion(3, 10, leaf_hash(b"\x03"), path[:-1]) is None
    assert root_by_inclusion(3, 10, leaf_hash(b"\x03"), [*path, bytes(32)]) is None
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_proof(kept, 10, 10)
    with pytest.raises(ValueError, match="does not follow"):
        consistency_proof(kept, 11, 10)


def test_root_of_many_leaves_asks_for_few_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merkle, "WIDTH", 256)
    kept = Kept([number.to_bytes(4, "big") for number in range(70_000)])
    kept.asked = 0
    assert tree_root(kept, 70_000)
    assert kept.asked < 600
    kept.asked = 0
    inclusion_proof(kept, 12_345, 70_000)
    assert kept.asked < 2_000
