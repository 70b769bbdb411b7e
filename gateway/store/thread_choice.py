"""Which thread does a piece of work: the one of a reader or writer in passing, or a worker thread of its own."""

from gateway.ports.store import Cost

_SHORT = 1024 * 1024
"""Bytes to seal and write that the thread of a reader or writer takes upon itself."""
_PARSING = 4
"""How much longer it takes to parse a byte and write what is kept of it than only to write it."""


def needs_worker(cost: Cost, *, blobs_wait: bool) -> bool:
    """Say whether work takes more than some milliseconds, and would hold up those behind it.

    Args:
        cost: what its owner declares.
        blobs_wait: whether blobs are behind a network, so that all work on them is long.
    """
    waits = cost.waits or (blobs_wait and (cost.parsed or cost.written))
    return bool(waits) or _PARSING * cost.parsed + cost.written > _SHORT
