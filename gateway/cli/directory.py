"""``pli directory import`` and ``pli whitelist import``: put trust data in service, also while serving."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.arguments import instant
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.cli.progress import opened
from gateway.clock import SystemClock
from gateway.config import load_settings
from gateway.directory.importing import DirectoryImportReport, import_directory, import_whitelist

directory_app = typer.Typer(help="The directory of professionals.", no_args_is_help=True)
whitelist_app = typer.Typer(help="The white list of trusted domains.", no_args_is_help=True)
_File = Annotated[Path, typer.Argument(help="The file to import.", exists=True, dir_okay=False)]
_Force = Annotated[bool, typer.Option("--force", help="Import even a list that is older or has lost a third.")]


@directory_app.callback()
def _directory() -> None:
    """Group the commands of the directory."""


@whitelist_app.callback()
def _whitelist() -> None:
    """Group the commands of the white list."""


@directory_app.command("import")
def directory_import(
    file: _File,
    made_at: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="INSTANT", help="When the extraction was made; default: the file's date."),
    ] = None,
    force: _Force = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Import the pipe-separated bulk extraction of the national directory."""
    settings = load_settings(config)
    generated = made_at.astimezone(UTC) if made_at else datetime.fromtimestamp(file.stat().st_mtime, UTC)
    with opened(file, "Importing the directory") as source:
        report = import_directory(source, settings.directory_file, generated, SystemClock().now(), force=force)
    _tell(report, as_json=as_json)


@whitelist_app.command("import")
def whitelist_import(
    file: _File, force: _Force = False, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Import the XML white list."""
    settings = load_settings(config)
    with opened(file, "Importing the white list") as source:
        report = import_whitelist(source, settings.whitelist_file, SystemClock().now(), force=force)
    _tell(report, as_json=as_json)


def _tell(report: DirectoryImportReport, *, as_json: bool) -> None:
    for fault in report.faults:
        say(f"line {fault.line}: left out: {fault.reason}")
    if report.fault_count > len(report.faults):
        say(f"… and {report.fault_count - len(report.faults)} more lines left out")
    put(
        {
            "generated_at": report.generated_at.isoformat(),
            "entries": report.count,
            "entries_before": report.previous_count,
            "duplicates": report.duplicates,
            "left_out": report.fault_count,
        },
        as_json=as_json,
    )
