"""Measures one IMAP mailbox by its size: ``python -m tests.builders.mailbox_growth --messages 10000 100000``.

A child serves the mailbox from a folder on the disk; the parent asks over TLS, and prints a table of medians in
milliseconds, with the processor time and memory of the child. `docs/performance.md` keeps the figures.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.benchmark.mailbox import ImapClient
from gateway.benchmark.watch import usage_of
from gateway.domain.mailbox import BlobKey, ContentState, FolderId, MessageId, SpecialUse, ThreadId, VaultId
from gateway.domain.mime import MimeLimits, scan_message
from gateway.ports.store import Tx
from gateway.services.delivery.message_records import Records, records_of
from gateway.services.random_numbers import random_number
from tests.builders.imap_site import LOGIN, PASSWORD, Site, running

_KINDS = 256
"""Messages that differ; the others are the same words under other numbers."""
_BATCH = 500
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_READS = (
    ("SELECT", "SELECT INBOX"),
    ("list", "FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE)"),
    ("flags", "FETCH 1:* (UID FLAGS)"),
    ("UNSEEN", "SEARCH UNSEEN"),
    ("SEEN", "SEARCH SEEN"),
    ("FLAGGED", "SEARCH FLAGGED"),
    ("SINCE", "SEARCH SINCE 1-Jan-2026"),
    ("LARGER", "SEARCH LARGER 1000"),
    ("UID", "SEARCH UID 1:*"),
    ("HEADER", 'SEARCH HEADER SUBJECT "biologie 0003"'),
    ("HEADER absent", 'SEARCH HEADER MESSAGE-ID "nowhere"'),
    ("SENTSINCE", "SEARCH SENTSINCE 2-Mar-2026"),
    ("TEXT absent", 'SEARCH TEXT "introuvable"'),
)


def _letter(number: int) -> bytes:
    head = (
        f"From: =?utf-8?q?Laboratoire_des_H=C3=AAtres?= <labo@biologie.example>\r\nTo: {LOGIN}\r\n"
        f"Subject: Compte rendu de biologie {number:04}\r\nDate: Mon, 0{1 + number % 9} Mar 2026 12:00:00 +0100\r\n"
        f"Message-ID: <{number}.growth@biologie.example>\r\nMIME-Version: 1.0\r\n"
    )
    way = "".join(
        f"Received: from relay{hop}.biologie.example (relay{hop}.biologie.example [192.0.2.{hop}])\r\n"
        f"\tby mx.medecin.example with ESMTPS id {number:08x}{hop};\r\n\tMon, 02 Mar 2026 12:00:0{hop} +0100\r\n"
        for hop in range(3)
    )
    text = "Créatinine 78 µmol/L, glycémie à jeun 4,9 mmol/L.\r\n" * 30
    return f"{way}{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()


async def _fill(site: Site, count: int) -> None:
    store, vault = site.at.store, site.vault
    letters = [_letter(number) for number in range(_KINDS)]
    records = [records_of(raw, scan_message(raw, MimeLimits()), lambda _: None, None) for raw in letters]
    kept = [(made, site.at.blobs.put(raw)) for made, raw in zip(records, letters, strict=True)]
    inbox = (await store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))).id

    def hold(tx: Tx) -> None:
        for _, blob in kept:
            tx.blobs.attach(vault, blob)

    await store.write(hold)
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        await store.write(lambda tx, numbers=numbers: _shown(tx, vault, inbox, kept, numbers))  # type: ignore[misc]


def _shown(tx: Tx, vault: VaultId, inbox: FolderId, kept: list[tuple[Records, BlobKey]], numbers: range) -> None:
    for number in numbers:
        records, blob = kept[number % _KINDS]
        mid, at = MessageId(random_number()), _FIRST + timedelta(minutes=number)
        path = (records.card.sender, "")
        tx.mail.add_content(records.content(mid, blob, ThreadId(mid), ContentState.VISIBLE, at, path), vault)
        flags = {r"\Seen"} if number % 10 else set()
        tx.mail.add_entry(vault, inbox, mid, frozenset(flags | ({r"\Flagged"} if number % 100 == 0 else set())), at)


async def _serve(folder: Path, count: int) -> None:
    async with running(folder=folder) as site:
        await _fill(site, count)
        print(json.dumps({"port": site.port, "authority": str(site.authority.path)}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def _timed(figures: dict[str, list[float]], name: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    figures.setdefault(name, []).append((time.perf_counter() - began) * 1000)


def _measured(port: int, authority: Path, repeat: int) -> dict[str, list[float]]:
    figures: dict[str, list[float]] = {}
    client = ImapClient(port, authority)
    client.ask(f'LOGIN "{LOGIN}" "{PASSWORD}"')
    for _ in range(repeat):
        for name, command in _READS:
            _timed(figures, name, lambda command=command: client.ask(command))  # type: ignore[misc]
    for number in range(10 * repeat):
        client.append("INBOX", _letter(number))
        client.ask("NOOP")
        _timed(figures, "STORE seen", lambda: client.ask(r"STORE * +FLAGS (\Seen)"))
        _timed(figures, "STORE deleted", lambda: client.ask(r"STORE * +FLAGS (\Deleted)"))
        _timed(figures, "EXPUNGE", lambda: client.ask("EXPUNGE"))
    client.close()
    return figures


def _report(count: int, repeat: int, folder: str) -> None:
    command = [sys.executable, "-m", "tests.builders.mailbox_growth", "--serve", folder, "--messages", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        if child.stdout is None or child.stdin is None:
            raise RuntimeError("the child has no pipes")
        there = json.loads(child.stdout.readline())
        before = usage_of(child.pid)
        figures = _measured(there["port"], Path(there["authority"]), repeat)
        after = usage_of(child.pid)
        child.stdin.close()
    print(f"{count:,} messages, milliseconds: the first time, the least, the median")
    for name, times in figures.items():
        print(f"  {name:14} {times[0]:8.2f} {min(times):8.2f} {statistics.median(times):8.2f}")
    print(f"  memory: {before.memory_mib:.0f} MiB before, {after.memory_mib:.0f} MiB after", flush=True)


def main() -> None:
    """Measure each size in a child of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, nargs="+", default=[10_000])
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--serve", type=Path)
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(_serve(asked.serve, asked.messages[0]))
        return
    for count in asked.messages:
        with tempfile.TemporaryDirectory(prefix="pli-growth-") as folder:
            _report(count, asked.repeat, folder)


if __name__ == "__main__":
    main()
