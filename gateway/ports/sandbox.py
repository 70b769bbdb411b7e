"""Processes in which foreign octets are worked on, so that the work can be ended."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Sandbox(Protocol):
    """Processes without rights that all do one kind of work."""

    async def exchange(
        self, request: Sequence[bytes], decode: Callable[[memoryview, memoryview], T], sender: str = ""
    ) -> T:
        """Have a process do its work on a request, and decode head and body of the answer.

        One sender's never hold all processes. Raises `ReaderFailed`, `ReaderBusy` or `LimitExceeded` when it was not
        done; `decode` raises `MalformedContent` for an answer that is none.
        """
        ...
