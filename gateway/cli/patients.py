"""``pli patients import``: make patients' spaces from a file, also while serving."""

import asyncio
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, TextIO

import typer

from gateway.cli.failures import Exit
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.cli.progress import progress
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.errors import MalformedContent
from gateway.services.space.patients_file import ImportFault, NewPatient, read_patients
from gateway.services.space.provisioning import PatientImportReport

_BLOCK = 1 << 20
patients_app = typer.Typer(help="Patients' spaces.", no_args_is_help=True)


@patients_app.callback()
def _patients() -> None:
    """Group the commands of patients."""


@patients_app.command("import")
def patients_import(
    file: Annotated[Path, typer.Argument(help="CSV file, UTF-8.", exists=True, dir_okay=False)],
    config: Config = DEFAULT_CONFIG,
    erased_too: Annotated[
        bool, typer.Option("--erased-too", help="Also people who were erased, and asked to come back.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create the spaces of a CSV file that are not there yet; put right what it tells anew of those that are.

    Columns: ins, ins_oid, birth_name, given_names, used_name, sex, birth_date, email, phone; if you have them also
    birth_place, birth_country, address_1, address_2, postal_code, city, country, card_serial, guardians, scheme,
    state (empty: created). Several given_names, card_serial or guardians are separated by ;.
    """
    report = asyncio.run(_import(load_settings(config), file, erased_too))
    for fault in report.faults:
        say(f"line {fault.line}: left out: {fault.reason}")
    for doubt in report.doubts:
        say(f"line {doubt.line}: taken up, but {doubt.reason}")
    for change in report.changes:
        if change.fields:
            say(f"line {change.line}: corrected: {', '.join(change.fields)}")
        if change.kept:
            say(f"line {change.line}: kept: {', '.join(change.kept)}: the holder of an active space alone changes it")
    if report.waiting:
        say(
            f"{report.waiting} of the new spaces wait for their holders: they refuse mail until they are open "
            "(docs/operations.md, « First start »)"
        )
    put(
        {
            "created": report.created,
            "corrected": sum(bool(change.fields) for change in report.changes),
            "already_there": report.already_there,
            "left_out": len(report.faults),
        },
        as_json=as_json,
    )
    if report.faults:
        raise typer.Exit(Exit.REFUSED)


def lines_of(file: Path) -> int:
    """Count the lines of a file, and make sure that it is UTF-8 before anybody of it is imported; holds little of it.

    Raises:
        MalformedContent: it is not; which line says so.
    """
    decoder, lines = getincrementaldecoder("utf-8")(), 0
    with file.open("rb") as opened:
        block = b"\n"
        while block:
            block = opened.read(_BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                at = lines + block.count(b"\n", 0, error.start) + 1
                raise MalformedContent(
                    f"{file.name} is not UTF-8, first on line {at}: export it again as « CSV UTF-8 »"
                ) from error
            lines += block.count(b"\n")
    return lines


async def _import(settings: Settings, file: Path, erased_too: bool) -> PatientImportReport:
    lines = lines_of(file)
    async with core(settings) as it:
        with file.open(encoding="utf-8", newline="") as opened, progress("Importing patients", lines) as advance:
            return await it.provisioning.import_patients(_told(opened, advance), erased_too=erased_too)


def _told(file: TextIO, advance: Callable[[int], None]) -> Iterator[NewPatient | ImportFault]:
    for patient in read_patients(file):
        yield patient
        advance(1)
