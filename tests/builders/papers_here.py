"""Papers set in the process of the test, by what the process of papers runs."""

from collections.abc import Callable, Sequence
from functools import cache

from gateway.papers.paper_frames import setting
from gateway.papers.typst_papers import set_paper


def papers_here(head: memoryview, body: memoryview) -> Sequence[bytes]:
    """Do the job of octets."""
    return _job()(head, body)


@cache
def _job() -> Callable[[memoryview, memoryview], Sequence[bytes]]:
    return setting(set_paper)
