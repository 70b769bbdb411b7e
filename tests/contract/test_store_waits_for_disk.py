"""What waits for the disk and what does not, and what a power cut takes of the latter."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.mailbox import DELETED, SEEN, Flags, ModSeq, VaultKind
from gateway.ports.store import Tx
from gateway.services.access.actors import owner_of
from gateway.services.mailbox.mailbox import OpenMailbox
from gateway.services.mailbox.owner import Owner
from gateway.store.opening import StorePaths, create_store, open_store
from tests.builders.imap_site import a_message
from tests.builders.store import ManualClock, StoreAt, a_mailbox, inbox_of, store_at

CLAIRE = "claire@medecin.example"
_LASTING = {2, "on"}


class Watched(sqlite3.Connection):
    """A connection that notes, at each COMMIT that writes, whether it waits for the disk."""

    commits: ClassVar[list[bool]] = []

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if sql == "COMMIT" and not super().execute("PRAGMA query_only").fetchone()[0]:
            self.commits.append(super().execute("PRAGMA synchronous").fetchone()[0] == 2)
        return super().execute(sql, *parameters)  # type: ignore[arg-type]  # passed through as they came


def _mode(tx: Tx, server: str) -> object:
    # The one thing that is asked of the database itself, which no port shows.
    connection = tx.runner._connection  # type: ignore[attr-defined]
    return connection.execute("SHOW synchronous_commit" if server else "PRAGMA synchronous").fetchone()[0]


async def test_commits_that_wait_are_never_taken_for_those_that_do_not(at: StoreAt) -> None:
    server = at.paths.server
    for _ in range(10):
        lasting, quick, after = await asyncio.gather(
            at.store.write(lambda tx: _mode(tx, server)),
            at.store.write(lambda tx: _mode(tx, server), waits_for_disk=False),
            at.store.write(lambda tx: _mode(tx, server)),
        )
        assert {lasting, after} <= _LASTING, (lasting, quick, after)
    assert await at.store.write(lambda tx: _mode(tx, server), waits_for_disk=False) in {1, "off"}
    assert await at.store.write(lambda tx: _mode(tx, server)) in _LASTING


async def _mailbox_of(at: StoreAt) -> OpenMailbox:
    vault = await a_mailbox(at.store, CLAIRE)
    owner = Owner(owner_of(vault, MailAddress.parse(CLAIRE), VaultKind.PER, "", "imap"))
    return OpenMailbox(at.store, at.blobs, at.clock, lambda _: None, owner)


def _deleted(flags: Flags) -> Flags:
    return flags | {DELETED}


async def test_flags_alone_do_not_wait(ram: Path) -> None:
    paths = StorePaths.below(ram)
    create_store(paths)
    async with store_at(ram) as at, open_store(paths, ManualClock(), connection=Watched) as store:
        made = await _mailbox_of(at)
        mailbox = OpenMailbox(store, at.blobs, at.clock, lambda _: None, made.owner)
        inbox = await inbox_of(store, made.owner.vault)
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "append": lambda: mailbox.messages.append("INBOX", a_message(), frozenset(), None),
            "flags": lambda: mailbox.messages.change_flags(inbox, [(1, 1)], _deleted, ModSeq(0)),
            "read": lambda: mailbox.messages.read(inbox, [(1, 1)], mark=True),
            "list": lambda: mailbox.looked_at("messages.listed", inbox),
            "expunge": lambda: mailbox.messages.expunge(inbox),
        }
        waited = {}
        for name, act in acts.items():
            Watched.commits.clear()
            await act()
            waited[name] = list(Watched.commits)
    assert waited == {"append": [True], "flags": [False], "read": [True], "list": [True], "expunge": [True]}


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 1.0])
async def test_power_cut_takes_the_last_flags_and_nothing_else(ram: Path, kept: float) -> None:
    """What the disk had of the log when the power went: all that was waited for, and part of what came after."""
    first, second = ram / "before", ram / "after"
    async with store_at(first) as at:
        mailbox = await _mailbox_of(at)
        vault, messages = mailbox.owner.vault, mailbox.messages
        inbox = await inbox_of(at.store, vault)
        await messages.append("INBOX", a_message(), frozenset(), None)
        log = at.paths.database.with_name(at.paths.database.name + "-wal")
        waited_for = log.stat().st_size
        for flag in ("un", "deux", "trois"):
            await messages.change_flags(inbox, [(1, 1)], lambda flags, flag=flag: flags | {flag}, ModSeq(0))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        written = log.stat().st_size
        shutil.copytree(first, second, ignore=shutil.ignore_patterns("news"))
    cut = second / log.relative_to(first)
    with cut.open("r+b") as file:
        file.truncate(waited_for + int((written - waited_for) * kept))
    async with store_at(second) as again:
        [entry] = await again.store.read(lambda tx: tx.mail.entries(vault, inbox, 1, 2**32))
        assert set(entry.flags.split()) in [set(("un", "deux", "trois")[:many]) for many in range(4)]
        assert (len(entry.flags.split()) == 3) is (kept == 1.0)
        await again.store.write(lambda tx: tx.audit.verify(vault))
        mailbox = OpenMailbox(again.store, again.blobs, again.clock, lambda _: None, mailbox.owner)
        await mailbox.messages.change_flags(inbox, [(1, 1)], lambda flags: flags | {SEEN}, ModSeq(0))
        assert await again.store.read(lambda tx: tx.integrity.faults(vault)) == []
