"""``pli legacy import``: documents of records that are older than their spaces, also while serving (F22)."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from dossier_bridge.sandbox.workers import ReaderPool, ReaderSettings
from gateway.cli.failures import Exit
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.cli.patients import lines_of
from gateway.cli.progress import progress
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.services.restoring.legacy_file import LegacyLine, read_legacy
from gateway.services.restoring.legacy_records import LegacyRecords, LegacyReport
from gateway.services.space.patients_file import ImportFault

legacy_app = typer.Typer(help="Records that are older than their spaces.", no_args_is_help=True)


@legacy_app.callback()
def _legacy() -> None:
    """Group the commands of old records."""


@legacy_app.command("import")
def legacy_import(
    documents: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV file, UTF-8, beside the documents.", exists=True, dir_okay=False)
    ],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """File the documents of old records with their dates; nobody reads them before their person activates the space.

    Columns: ins, file (its path from this list), filed_at (2019-03-02, or an instant with its zone; empty: the date
    that the document has), and title if you have it, for files that have none. Interrupted, run it again: nothing is
    added twice.
    """
    report = asyncio.run(_import(load_settings(config), documents))
    for fault in report.faults:
        say(f"line {fault.line}: left out: {fault.reason}")
    put(
        {
            "waiting": report.waiting,
            "shown": report.shown,
            "already_there": report.already_there,
            "left_out": len(report.faults),
        },
        as_json=as_json,
    )
    if report.faults:
        raise typer.Exit(Exit.REFUSED)


async def _import(settings: Settings, documents: Path) -> LegacyReport:
    lines = lines_of(documents)
    async with core(settings) as it, ReaderPool(ReaderSettings(count=settings.work.readers)) as readers:
        limit = settings.smtp.max_message_bytes
        records = LegacyRecords(it.store, it.blobs, readers, it.clock, it.identity_oids, limit, it.hold)
        with (
            documents.open(encoding="utf-8", newline="") as opened,
            progress("Importing documents", lines) as advance,
        ):
            return await records.import_all(_told(read_legacy(opened, documents.parent, it.clock.now()), advance))


def _told(
    lines: Iterator[LegacyLine | ImportFault], advance: Callable[[int], None]
) -> Iterator[LegacyLine | ImportFault]:
    for line in lines:
        yield line
        advance(1)
