"""What an engine is to its callers: queues of jobs, answered on the loop; the threads that empty them are its own."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from queue import SimpleQueue
from typing import Generic, TypeVar

from gateway.domain.errors import StoreUnavailable
from gateway.ports.store import Priority
from gateway.store.backend import jobs
from gateway.store.backend.jobs import Caller, Job, Pending, fail, prepared

T = TypeVar("T")
X = TypeVar("X")


class JobQueues(Generic[X]):
    """Queues of one engine, bound to the running event loop; it starts the threads that empty them."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._wake = threading.Condition()
        self._waiting: tuple[deque[Job[X] | Pending[X]], deque[Job[X] | Pending[X]]] = (deque(), deque())
        self._stopping = False
        self._to_read: SimpleQueue[Job[X] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def _start(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    async def close(self) -> None:
        """Commit what waits, stop the threads, close every connection."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        # What was asked before is answered; the mark passes from one reader to the next.
        self._to_read.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    async def write(self, fn: Callable[[X], T], priority: Priority, *, waits_for_disk: bool = True) -> T:
        """Run `fn` in a transaction; return after its commit."""
        caller = Caller(self._loop.create_future(), 1)
        self._queue([Job(fn, caller, waits_for_disk)], priority)
        results: list[T] = await caller.future
        return results[0]

    async def write_prepared(
        self,
        work: Callable[[], Sequence[Callable[[X], T]]],
        durable: Callable[[], None],
        workers: Executor | None,
        priority: Priority,
    ) -> list[T]:
        """Run `work` and `durable` off the loop, then what `work` gives in transactions; see `ports.store.Store`."""
        # Annotated, not subscribed: a subscribed class costs more to call than all the rest of this.
        preparation: Pending[X] = Pending(work, durable, Caller(self._loop.create_future(), 0))
        if workers is None:
            self._queue([preparation], priority)
        else:
            workers.submit(self._hand_over, preparation, priority)
        return await preparation.caller.future

    async def read(self, fn: Callable[[X], T]) -> T:
        """Run `fn` on one snapshot in a reader thread."""
        if self._stopping or self._to_read.qsize() >= jobs.MAX_WAITING:
            raise StoreUnavailable("the store takes no reads now")
        caller = Caller(self._loop.create_future(), 1)
        self._to_read.put(Job(fn, caller))
        results: list[T] = await caller.future
        return results[0]

    def _hand_over(self, preparation: "Pending[X]", priority: Priority) -> None:
        """Prepare in a worker thread."""
        made = prepared([preparation], self._loop)
        try:
            self._queue(self._ready(preparation.caller, made), priority)
        except StoreUnavailable as error:
            self._loop.call_soon_threadsafe(fail, preparation.caller, error)

    def _ready(self, caller: Caller, made: "list[Job[X]]") -> "Sequence[Job[X] | Pending[X]]":
        """Say how what was prepared is queued: each job by itself, unless one thread must take them all."""
        del caller
        return made

    def _queue(self, items: "Sequence[Job[X] | Pending[X]]", priority: Priority) -> None:
        with self._wake:
            queue = self._waiting[priority]
            if self._stopping or len(queue) >= jobs.MAX_WAITING:
                raise StoreUnavailable("the store takes no writes now")
            queue.extend(items)
            self._wake.notify()
