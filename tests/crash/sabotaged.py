"""``python -m tests.crash.sabotaged FAULT serve …``: the real program with one promise broken in it.

Each fault replaces one function, here and nowhere in the product. They show that the harness catches what it is
there to catch. Delays widen the moment in which a kill does harm, so that few kills are enough.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from gateway.cli.app import main
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import MoveToQuarantine
from gateway.ports.store import Tx
from gateway.services.delivery.acceptance import Outcome
from gateway.services.filing import filing as dossier
from gateway.services.filing import quarantine
from gateway.services.filing.filed_documents import file_one
from gateway.services.filing.filing import Filing
from gateway.services.filing.filing_cases import origin_of
from gateway.services.intake.content_intake import ContentIntake
from gateway.services.intake.port import Receipt
from gateway.services.mailbox.changes import FlagChange
from gateway.services.mailbox.messages import MailboxMessages
from gateway.services.outbox import steps
from gateway.services.outbox import worker as outbox
from gateway.services.outbox.lanes import Lane
from gateway.services.outbox.steps import Finish, add_step
from gateway.services.outbox.worker import OutboxWorker
from gateway.store.backend.sqlite.engine import SqliteEngine
from gateway.store.blobs import segments
from gateway.store.blobs.segments import Segments
from gateway.store.rows.contents import ContentRows
from gateway.store.rows.transaction import SqlTx

FAULT = "PLI_TESTS_FAULT"
"""In the environment of a server that `sabotaged_at_start` is loaded into: names of `FAULTS`, with + between them."""
_DELAY = 0.3
_later: set[asyncio.Task[Any]] = set()


def replaced(owner: object, name: str, function: Callable[..., Any]) -> None:
    """Put a function in the place of another, in this process alone."""
    # What was renamed in the product must be renamed here: a fault that breaks nothing would prove nothing.
    assert hasattr(owner, name), f"{owner} has no {name} to sabotage"
    setattr(owner, name, function)


def _soon(work: Callable[[], Awaitable[object]]) -> None:
    async def wait_and_work() -> None:
        await asyncio.sleep(_DELAY)
        await work()

    task = asyncio.get_running_loop().create_task(wait_and_work())
    _later.add(task)
    task.add_done_callback(_later.discard)


# Any in what follows: what is replaced is called on with whatever arguments it got.


def acknowledge_before_commit() -> None:
    """250 before the commit."""
    take, writes = ContentIntake.take, ContentIntake._writes
    loops: list[asyncio.AbstractEventLoop] = []

    async def on_a_loop(self: ContentIntake, *arguments: Any) -> Receipt:
        loops.append(asyncio.get_running_loop())
        return await take(self, *arguments)

    def hasty(self: ContentIntake, *arguments: Any) -> list[Callable[[Tx], Outcome]]:
        late = writes(self, *arguments)
        for write in late:
            loops[0].call_soon_threadsafe(_soon, partial(self._store.write, write))
        return [lambda _: Outcome.HELD for _ in late]

    replaced(ContentIntake, "take", on_a_loop)
    replaced(ContentIntake, "_writes", hasty)


def flags_before_commit() -> None:
    """OK to STORE before the commit."""
    change_flags = MailboxMessages.change_flags

    async def hasty(self: MailboxMessages, *arguments: Any) -> FlagChange:
        _soon(partial(change_flags, self, *arguments))
        return FlagChange(None, [])

    replaced(MailboxMessages, "change_flags", hasty)


def no_deduplication() -> None:
    """Every delivery is a new one."""

    def forgetful(self: ContentRows, vault: VaultId, dedupe: bytes, mid: MessageId, *_: object) -> MessageId:
        return mid

    replaced(ContentRows, "first_seen", forgetful)


def filing_apart() -> None:
    """Documents filed in another transaction than the one that shows their message."""
    decided = Filing._decided
    loops: list[asyncio.AbstractEventLoop] = []
    file = Filing.file

    async def on_a_loop(self: Filing, step: Step) -> Any:
        loops.append(asyncio.get_running_loop())
        return await file(self, step)

    def apart(self: Filing, step: Step, held: Any, filed: Any, outcome: Any, receipt: Step) -> Finish:
        finish = decided(self, step, held, (), outcome, receipt)
        origin = origin_of(step, held, self._clock.now(), self._hold)

        def file_all(tx: Tx) -> None:
            for document in filed:
                file_one(tx, origin, document)

        def show_only(tx: Tx) -> None:
            finish(tx)
            loops[0].call_soon_threadsafe(_soon, partial(self._store.write, file_all))

        return show_only

    replaced(Filing, "file", on_a_loop)
    replaced(Filing, "_decided", apart)


def blobs_not_synchronised() -> None:
    """Octets left to the page cache."""

    def careless(self: Segments, handle: int) -> None:
        return None

    replaced(Segments, "_synchronise_file", careless)


def folders_not_synchronised() -> None:
    """Octets on the disk, their file's name left to the page cache."""

    def careless(folder: str) -> None:
        return None

    replaced(segments, "sync_folder", careless)


def log_not_synchronised() -> None:
    """Commits left to the page cache: SQLite's write-ahead log with `synchronous=NORMAL`."""
    connect = SqliteEngine._connect

    def careless(self: SqliteEngine[SqlTx], *, read_only: bool = False) -> sqlite3.Connection:
        db = connect(self, read_only=read_only)
        db.execute("PRAGMA synchronous=NORMAL")
        return db

    replaced(SqliteEngine, "_connect", careless)


def done_before_effect() -> None:
    """A step leaves the outbox before its work is done."""

    one = OutboxWorker._one

    async def hasty(self: OutboxWorker, step: Step, lane: Lane) -> None:
        await self._store.write(lambda tx: tx.outbox.done(step))
        await asyncio.sleep(_DELAY)
        await one(self, step, lane)

    def finished(tx: Tx, step: Step, finish: Finish) -> bool:
        finish(tx)
        return True

    for module in (outbox, steps):
        replaced(module, "finished", finished)
    replaced(OutboxWorker, "_one", hasty)


def identity_unchecked() -> None:
    """Documents filed whoever their patient is."""

    def trusting(self: Filing, outcome: Any, identity: Any, may_file: bool) -> None:
        return None

    replaced(Filing, "_judge", trusting)


def refusals_untold() -> None:
    """Refused documents of which nobody hears."""

    def silent(tx: Tx, step: Step) -> None:
        return None

    replaced(quarantine, "add_step", silent)
    refuse = quarantine.refuse

    def refused(tx: Tx, arrival: Any, outcome: Any, following: int) -> None:
        refuse(tx, arrival, outcome, following)
        add_step(tx, Step(vault=arrival.vault, id=following, payload=MoveToQuarantine(mid=arrival.mid), due=arrival.at))

    replaced(dossier, "refuse", refused)


FAULTS = {
    fault.__name__.replace("_", "-"): fault
    for fault in (
        acknowledge_before_commit,
        flags_before_commit,
        no_deduplication,
        filing_apart,
        blobs_not_synchronised,
        folders_not_synchronised,
        log_not_synchronised,
        done_before_effect,
        identity_unchecked,
        refusals_untold,
    )
}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main()
