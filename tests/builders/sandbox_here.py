"""Work of the sandbox done in this process, for tests of what asks for it (`gateway.ports.sandbox.Sandbox`)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from dossier_bridge.sandbox.octets import LENGTHS
from gateway.domain.errors import PliError

T = TypeVar("T")
Job = Callable[[memoryview, memoryview], Sequence[bytes]]


class SandboxHere:
    """Does a job, or fails as it is told."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.fault: PliError | None = None

    async def exchange(
        self,
        request: Sequence[bytes],
        decode: Callable[[memoryview, memoryview], T],
        sender: str = "",
    ) -> T:
        """Do the job on octets, as a process would."""
        assert sender
        if self.fault is not None:
            raise self.fault
        return decode(*_parts(self._job(*_parts(request))))


def _parts(buffers: Sequence[bytes]) -> tuple[memoryview, memoryview]:
    frame = memoryview(b"".join(buffers))
    head, body = LENGTHS.unpack(frame[: LENGTHS.size])
    content = frame[LENGTHS.size :]
    assert len(content) == head + body
    return content[:head], content[head:]
