"""``pli organisation``: departments and practices with a mailbox, added, corrected, suspended, removed."""

import asyncio
from dataclasses import replace
from typing import Annotated

import typer

from gateway.cli.arguments import finess as finess_number
from gateway.cli.mailbox_commands import (
    Address,
    City,
    Holders,
    Name,
    NewAddress,
    NewCity,
    NewName,
    add_common_commands,
    add_mailbox,
    add_password_command,
    correct_mailbox,
    credentials,
    put_mailbox,
    require_any,
)
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put
from gateway.config import load_settings
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.services.space.local_mailboxes import ORGANISATIONS

organisation_app = typer.Typer(help="Local departments and practices, and their mailboxes.", no_args_is_help=True)
_WHO = Holders(one="organisation", several="organisations", kinds=ORGANISATIONS)
_Finess = typer.Option(
    parser=finess_number, metavar="NUMBER", help="FINESS as the directory writes it: 1 and its 9 characters."
)


@organisation_app.callback()
def _organisation() -> None:
    """Group the commands of organisations."""


add_common_commands(organisation_app, _WHO)
add_password_command(organisation_app, _WHO)


@organisation_app.command("add")
def organisation_add(
    address: NewAddress,
    name: Name,
    finess: Annotated[str, _Finess],
    kind: Annotated[
        MailboxKind, typer.Option(help="ORG, a department, or CAB, a practice; it never changes.")
    ] = MailboxKind.ORGANISATION,
    city: City = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a department or practice with a mailbox; prints the app password, which is shown only now."""
    if kind not in ORGANISATIONS:
        other = "laboratory" if kind is MailboxKind.APPLICATION else "professional"
        raise typer.BadParameter(f"an organisation is ORG or CAB: use « pli {other} add »", param_hint="--kind")
    entry = DirectoryEntry(address=address, kind=kind, identifier=finess, name=name, city=city)
    made = asyncio.run(add_mailbox(load_settings(config), entry))
    put(credentials(address, made.password), as_json=as_json)


@organisation_app.command("correct")
def organisation_correct(
    address: Address,
    name: NewName = None,
    finess: Annotated[str | None, _Finess] = None,
    city: NewCity = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put right what is said of an organisation; address and kind stay, and open sessions end."""
    require_any(name, finess, city)

    def corrected(entry: DirectoryEntry) -> DirectoryEntry:
        return replace(
            entry,
            name=entry.name if name is None else name,
            identifier=entry.identifier if finess is None else finess,
            city=entry.city if city is None else city,
        )

    put_mailbox(asyncio.run(correct_mailbox(load_settings(config), ORGANISATIONS, address, corrected)), as_json=as_json)
