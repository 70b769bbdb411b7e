"""The program of one worker process: takes requests from its socket, one at a time, until it closes.

Started by `processes` only, as ``python -m dossier_bridge.sandbox.worker_main FRAMES ENTRY MEMORY CPU NICE CORES``,
with the socket as standard input. ENTRY does the work, FRAMES makes of it a job of octets. Once its modules are loaded
it gives up memory beyond a bound, every new file or socket, new processes, file writes and core dumps; each job then
has a bound on processor time. A job that goes past a bound ends the process: the server sees the socket close, and by
the signal whether it was the processor time.
"""

import codecs
import gc
import importlib
import os
import resource
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import cast

from dossier_bridge.sandbox.octets import LENGTHS

Job = Callable[[memoryview, memoryview], Sequence[bytes]]
"""Takes head and body of a request, gives the buffers of the answer's frame."""

_CODECS = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii", "cp437", "cp1252",
    "iso8859-1", "iso8859-15", "idna",
)  # fmt: skip
_COLLECT_EVERY = 200


def main(arguments: list[str]) -> int:
    """Serve until the socket closes; the exit status is 0 then, 1 after a job that ran out of memory."""
    frames, entry, memory, cpu, niceness, cores = arguments
    # Whoever starts it keeps to one core.
    os.sched_setaffinity(0, map(int, cores.split(",")))
    job = cast(Job, _resolved(frames)(_resolved(entry)))
    os.nice(int(niceness))
    _confine(max_memory_bytes=int(memory))
    with socket.socket(fileno=0) as server:
        return _serve(server, job, cpu_seconds=int(cpu))


def _resolved(name: str) -> Callable[[object], object]:
    module, _, function = name.partition(":")
    # The name comes from the server's own code, and mypy cannot see through an import by name.
    return cast(Callable[[object], object], getattr(importlib.import_module(module), function))


def _confine(max_memory_bytes: int) -> None:
    # Python loads codecs when first used: they must be there before files can no longer be opened.
    for name in _CODECS:
        codecs.lookup(name)
    limits = {
        resource.RLIMIT_AS: max_memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for what, limit in limits.items():
        resource.setrlimit(what, (limit, limit))
    # Trees and values hold no cycles: collecting now and then is enough, and costs jobs nothing.
    gc.disable()
    gc.freeze()


def _serve(server: socket.socket, job: Job, cpu_seconds: int) -> int:
    jobs = 0
    while (lengths := _received(server, LENGTHS.size)) is not None:
        head_length, body_length = LENGTHS.unpack(lengths)
        frame = _received(server, head_length + body_length)
        if frame is None:
            break
        _allow_cpu(cpu_seconds)
        try:
            server.sendall(b"".join(job(frame[:head_length], frame[head_length:])))
        except (MemoryError, RecursionError):
            return 1
        jobs += 1
        if jobs % _COLLECT_EVERY == 0:
            gc.collect()
    return 0


def _allow_cpu(seconds: int) -> None:
    """Let this job use `seconds` more of processor time; past that the kernel ends the process."""
    soft = int(time.process_time()) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _received(server: socket.socket, size: int) -> memoryview | None:
    view = memoryview(bytearray(size))
    got = 0
    while got < size:
        count = server.recv_into(view[got:])
        if not count:
            return None
        got += count
    return view


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
