"""``pli laboratory``: laboratories with a mailbox and certificates, added, renewed, suspended, revoked."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.arguments import finess as finess_number
from gateway.cli.certificate_commands import SAFE, Out, Pem, add_certificate_command
from gateway.cli.issued_certificates import bindable, issued, issued_folder
from gateway.cli.mailbox_commands import (
    Holders,
    Name,
    NewAddress,
    add_common_commands,
    credentials,
)
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind
from gateway.services.space.local_mailboxes import LABORATORIES

laboratory_app = typer.Typer(help="Local laboratories, their mailboxes and certificates.", no_args_is_help=True)
_WHO = Holders(one="laboratory", several="laboratories", kinds=LABORATORIES, removing="revoke")


@laboratory_app.callback()
def _laboratory() -> None:
    """Group the commands of laboratories."""


add_common_commands(laboratory_app, _WHO)
add_certificate_command(laboratory_app, _WHO)


@laboratory_app.command("add")
def laboratory_add(
    address: NewAddress,
    name: Name,
    finess: Annotated[str, typer.Option(parser=finess_number, metavar="NUMBER", help="FINESS of the laboratory.")],
    certificate: Pem = None,
    out: Out = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a laboratory with a mailbox and the certificate that may send for it."""
    settings = load_settings(config)
    entry = DirectoryEntry(address=address, kind=MailboxKind.APPLICATION, identifier=finess, name=name)
    outside = None if certificate is None else bindable(certificate, address)
    put(asyncio.run(_added(settings, entry, outside, out or issued_folder(settings))), as_json=as_json)


async def _added(
    settings: Settings, entry: DirectoryEntry, outside: CertificateBinding | None, out: Path
) -> dict[str, object]:
    async with core(settings) as it:
        # Before any file is made: whose address it is, is what is wrong.
        await it.local_mailboxes.require_free(entry.address)
        if outside is not None:
            made = await it.local_mailboxes.add(entry, outside)
            return credentials(entry.address, made.password)
        with issued(settings, entry, out) as (files, binding):
            made = await it.local_mailboxes.add(entry, binding)
    say(SAFE)
    return {**credentials(entry.address, made.password), **files}
