"""What waits for the writer or a reader: functions, and blocking work that comes before them, each with its caller.

A caller may wait for several functions, which stand or fall in order: when one fails, those after it are not run.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

X = TypeVar("X")
MAX_WAITING = 20_000
"""Writes that may wait, of each priority, and reads; the next is refused."""


@dataclass(slots=True)
class Caller:
    """Who waits for some jobs, in order; `failed` is set by the writer thread, the rest belongs to the loop."""

    future: "asyncio.Future[list[Any]]"  # Any: each job returns its own type
    jobs: int
    results: list[Any] = field(default_factory=list)
    failed: BaseException | None = None


@dataclass(slots=True)
class Job(Generic[X]):
    """A function to run in a transaction, and what came of it.

    Attributes:
        waits_for_disk: whether its commit must have reached the disk before the caller is answered.
    """

    fn: Callable[[X], Any]
    caller: Caller
    waits_for_disk: bool = True
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Pending(Generic[X]):
    """Work to do before there are jobs (`gateway.ports.store.Preparation`)."""

    work: Callable[[], Sequence[Callable[[X], Any]]]
    durable: Callable[[], None]
    caller: Caller

    def jobs(self) -> "list[Job[X]]":
        """Do the work."""
        made = [Job(fn, self.caller) for fn in self.work()]
        self.caller.jobs = len(made)
        return made


def prepared(items: "Sequence[Job[X] | Pending[X]]", loop: asyncio.AbstractEventLoop) -> "list[Job[X]]":
    """Do all work that comes before jobs, then make all it wrote durable, and give the jobs in order."""
    done: list[tuple[Job[X] | Pending[X], list[Job[X]]]] = []
    for item in items:
        if isinstance(item, Job):
            done.append((item, [item]))
            continue
        try:
            done.append((item, item.jobs()))
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the caller
            loop.call_soon_threadsafe(fail, item.caller, raisable(error))
    jobs: list[Job[X]] = []
    for item, made in done:
        try:
            if isinstance(item, Pending):
                item.durable()
                if not made:
                    loop.call_soon_threadsafe(answer, item.caller)
            jobs += made
        except BaseException as error:  # noqa: BLE001 - as above
            loop.call_soon_threadsafe(fail, item.caller, raisable(error))
    return jobs


def settle(job: "Job[Any]") -> None:  # Any: each job's own transaction and result
    """Give a job's outcome to its caller; on the loop."""
    caller = job.caller
    caller.results.append(job.result)
    if job.error is not None:
        fail(caller, job.error)
    elif len(caller.results) == caller.jobs:
        answer(caller)


def answer(caller: Caller) -> None:
    """Give a caller all results; on the loop."""
    if not caller.future.done():
        caller.future.set_result(caller.results)


def fail(caller: Caller, error: BaseException) -> None:
    """Give a caller the reason why there are none; on the loop."""
    if not caller.future.done():
        caller.future.set_exception(error)


def is_forfeit(job: "Job[Any]") -> bool:
    """Say whether a job may not run any more, because one of the same caller has failed before it."""
    job.error = job.caller.failed
    return job.error is not None


def raisable(error: BaseException) -> BaseException:
    """Give what a future can hold: it refuses StopIteration, and its owner would wait for ever."""
    return RuntimeError("a function of the store raised StopIteration") if isinstance(error, StopIteration) else error
