"""A Merkle tree over an append-only list, as certificate transparency has it: roots and proofs (RFC 9162 §2.1).

Pure. A tree of millions of leaves is never hashed as a whole: hashes of whole subtrees of 256, 65,536 … leaves are
asked for where they are kept, leaves where they are not.
"""

import hashlib
from typing import Protocol

HEIGHT = 8
"""Levels between hashes that are kept: 256 leaves, or kept hashes, make one of the next."""
WIDTH = 1 << HEIGHT
EMPTY = hashlib.sha256(b"").digest()


class KeptHashes(Protocol):
    """Where hashes are read: level 0 has those of leaves, level n those of whole subtrees of 256ⁿ leaves."""

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """Give so many hashes of a level, from number `first` on; all of them must be there."""
        ...


def leaf_hash(data: bytes) -> bytes:
    """Hash what a leaf says."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """Give the root over hashes of leaves, or of subtrees of equal size."""
    if not hashes:
        return EMPTY
    while len(hashes) > 1:
        paired = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes) - 1, 2)]
        hashes = paired + ([hashes[-1]] if len(hashes) % 2 else [])
    return hashes[0]


def tree_root(kept: KeptHashes, size: int) -> bytes:
    """Give the root of the tree over the first `size` leaves."""
    return _range_hash(kept, 0, size) if size else EMPTY


def inclusion_proof(kept: KeptHashes, leaf: int, size: int) -> list[bytes]:
    """Give the hashes that lead from a leaf to the root of a tree of `size` leaves (RFC 9162 §2.1.3.1)."""
    if not 0 <= leaf < size:
        raise ValueError(f"leaf {leaf} is not in a tree of {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if leaf < middle:
            path.append(_range_hash(kept, middle, end))
            end = middle
        else:
            path.append(_range_hash(kept, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(kept: KeptHashes, first: int, second: int) -> list[bytes]:
    """Give what shows that the tree of `second` leaves begins with that of `first` (RFC 9162 §2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"a tree of {second} leaves does not follow one of {first}")
    path, start, end, is_whole = [], 0, second, True
    while start + (first - start) != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_hash(kept, middle, end))
            end = middle
        else:
            path.append(_range_hash(kept, start, middle))
            start, is_whole = middle, False
    return ([] if is_whole else [_range_hash(kept, start, end)]) + path[::-1]


def root_by_inclusion(leaf: int, size: int, hashed: bytes, path: list[bytes]) -> bytes | None:
    """Give the root that a proof leads to; None for a path of another length."""
    node, last = leaf, size - 1
    for step in path:
        if last == 0:
            return None
        if node % 2 or node == last:
            hashed = node_hash(step, hashed)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        node, last = node >> 1, last >> 1
    return hashed if last == 0 else None


def _split(size: int) -> int:
    """Give the largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def _range_hash(kept: KeptHashes, start: int, end: int) -> bytes:
    """Hash leaves `start` to before `end`: a subtree as the tree of RFC 9162 has it."""
    size, level = end - start, 0
    # The widest kept subtrees that this range is made of, whole.
    while size >= WIDTH ** (level + 1) and start % WIDTH ** (level + 1) == 0:
        level += 1
    unit = WIDTH**level
    whole, rest = divmod(size, unit)
    if not rest and whole <= WIDTH:
        return root_of(kept.hashes(level, start // unit, whole))
    middle = start + _split(size)
    return node_hash(_range_hash(kept, start, middle), _range_hash(kept, middle, end))
