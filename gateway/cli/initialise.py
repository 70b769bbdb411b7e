"""``pli init``: make the folder of a new gateway."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.arguments import host_name
from gateway.cli.output import AsJson, put, say
from gateway.clock import SystemClock
from gateway.setup import NewGateway, make_gateway


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make; if it exists it must be empty.")],
    hostname: Annotated[
        str, typer.Option(parser=host_name, metavar="NAME", help="Name of this server, as clients reach it.")
    ] = "localhost",
    patient_domain: Annotated[
        str, typer.Option(parser=host_name, metavar="DOMAIN", help="Domain of patients' addresses.")
    ] = "patient.mssante.fr",
    domain: Annotated[
        list[str] | None,
        typer.Option(parser=host_name, metavar="DOMAIN", help="Domain of local mailboxes; repeat for several."),
    ] = None,
    database: Annotated[
        str, typer.Option(metavar="URL", help="PostgreSQL database, empty: postgresql://user@host/name.")
    ] = "",
    blobs: Annotated[str, typer.Option(metavar="URL", help="S3 store for messages: s3://bucket/prefix.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make settings, keys, store, and a development authority with our certificates."""
    domains = tuple(domain) if domain else NewGateway().local_domains
    new = NewGateway(
        hostname=hostname, patient_domain=patient_domain, local_domains=domains, database=database, blobs=blobs
    )
    make_gateway(folder, new, SystemClock().now())
    steps = [
        f"copy {folder}/keys to a safe place of its own: without it nothing can be read any more",
        *([f"fill in [s3] of {folder}/pli.toml, then pli doctor --config {folder}/pli.toml"] if blobs else []),
        f"pli whitelist import FILE --config {folder}/pli.toml",
        f"pli directory import FILE --config {folder}/pli.toml",
        f"pli serve --config {folder}/pli.toml",
    ]
    say("\n".join([f"Made {folder}. Next:", *(f"  {number}. {step}" for number, step in enumerate(steps, 1))]))
    put({"config": str(folder / "pli.toml")}, as_json=as_json)
