"""``pli init``: make the folder of a new gateway. Its names are asked for, never taken in silence."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.arguments import host_name
from gateway.cli.output import AsJson, put, say
from gateway.clock import SystemClock
from gateway.domain.patient_numbers import PatientNumbers
from gateway.setup import NewGateway, make_gateway

NATIONAL = "patient.mssante.fr"
"""The domain of the national operator of patients' spaces: offered to whoever is asked, taken only when chosen."""


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make; if it exists it must be empty.")],
    hostname: Annotated[
        str | None, typer.Option(parser=host_name, metavar="NAME", help="Name of this server, as clients reach it.")
    ] = None,
    patient_domain: Annotated[
        str | None, typer.Option(parser=host_name, metavar="DOMAIN", help="Domain of patients' addresses.")
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option(parser=host_name, metavar="DOMAIN", help="Domain of local mailboxes; repeat for several."),
    ] = None,
    patient_numbers: Annotated[
        PatientNumbers | None,
        typer.Option(help="What patients' addresses are made of: their INS, or a random number."),
    ] = None,
    database: Annotated[
        str, typer.Option(metavar="URL", help="PostgreSQL database, empty: postgresql://user@host/name.")
    ] = "",
    blobs: Annotated[str, typer.Option(metavar="URL", help="S3 store for messages: s3://bucket/prefix.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make settings, keys, store, and a development authority with our certificates."""
    asked = sys.stdin.isatty()
    if not asked:
        _require_named(patient_domain, domain)
    new = NewGateway(
        hostname=hostname or (_ask("Name of this server, as clients reach it", "localhost") if asked else "localhost"),
        patient_domain=patient_domain or _ask("Domain of patients' addresses", NATIONAL),
        local_domains=tuple(domain or _ask_domains()),
        patient_numbers=patient_numbers or (_ask_numbers() if asked else PatientNumbers.INS),
        database=database,
        blobs=blobs,
    )
    make_gateway(folder, new, SystemClock().now())
    say("\n".join([f"Made {folder}. Next:", *_next_steps(folder, with_s3=bool(blobs))]))
    put({"config": str(folder / "pli.toml")}, as_json=as_json)


def _next_steps(folder: Path, *, with_s3: bool) -> list[str]:
    steps = [
        f"copy {folder}/keys to a safe place of its own: without it nothing can be read any more",
        *([f"fill in [s3] of {folder}/pli.toml, then pli doctor --config {folder}/pli.toml"] if with_s3 else []),
        f"pli whitelist import FILE --config {folder}/pli.toml",
        f"pli directory import FILE --config {folder}/pli.toml",
        f"pli patients import FILE --config {folder}/pli.toml",
        f"pli notices send --issuer NAME --config {folder}/pli.toml",
        f"pli serve --config {folder}/pli.toml",
    ]
    return [f"  {number}. {step}" for number, step in enumerate(steps, 1)]


def _require_named(patient_domain: str | None, domain: list[str] | None) -> None:
    """Refuse to choose domains for somebody who cannot be asked: addresses in service are never renamed."""
    if not patient_domain:
        raise typer.BadParameter(
            f"without a terminal it must be given; the national operator's is {NATIONAL}",
            param_hint="--patient-domain",
        )
    if not domain:
        raise typer.BadParameter(
            "without a terminal it must be given: the domain of your professionals' mailboxes", param_hint="--domain"
        )


def _ask(what: str, offered: str) -> str:
    found: str = typer.prompt(what, default=offered, value_proc=host_name, err=True)
    return found


def _ask_numbers() -> PatientNumbers:
    found: PatientNumbers = typer.prompt(
        "Patients' addresses: ins (their own number) or opaque (a random one)",
        default=PatientNumbers.INS.value, value_proc=_numbers, err=True,
    )
    return found


def _numbers(text: str) -> PatientNumbers:
    try:
        return PatientNumbers(text.strip().lower())
    except ValueError as error:
        raise typer.BadParameter("write ins or opaque") from error


def _ask_domains() -> list[str]:
    found: list[str] = typer.prompt(
        "Domains of local mailboxes, separated by spaces", value_proc=_domains, err=True
    )
    return found


def _domains(text: str) -> list[str]:
    names = [host_name(name) for name in text.replace(",", " ").split()]
    if not names:
        raise typer.BadParameter("one at least, such as medecins.hopital.example")
    return names
