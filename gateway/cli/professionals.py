"""``pli professional``: local professionals with a mailbox, added, corrected, suspended, removed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import typer

from gateway.cli.arguments import finess_or_none, host_name, mail_address, shown_name
from gateway.cli.arguments import rpps as rpps_number
from gateway.cli.certificate_commands import Out, Pem, add_certificate_command
from gateway.cli.issued_certificates import bindable, issued, issued_folder
from gateway.cli.mailbox_commands import (
    Address,
    City,
    Holders,
    Name,
    NewCity,
    NewName,
    add_common_commands,
    add_password_command,
    correct_mailbox,
    credentials,
    described,
    on_mailbox,
    put_mailbox,
    require_any,
)
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, print_json, put, say
from gateway.cli.professional_allow import add_allow_command
from gateway.config import Settings, load_settings
from gateway.core import Core, core
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, LocalMailbox, MailboxKind
from gateway.domain.proposed_address import names_of
from gateway.services.space.local_mailboxes import PEOPLE

professional_app = typer.Typer(help="Local professionals and their mailboxes.", no_args_is_help=True)
_WHO = Holders(one="professional", several="professionals", kinds=PEOPLE, allowing="allow")
_Rpps = typer.Option(parser=rpps_number, metavar="NUMBER", help="RPPS as the directory writes it: 8 and its 11 digits.")

_Finess = typer.Option(
    parser=finess_or_none, metavar="NUMBER",
    help="FINESS of where this mailbox is used: 1 and its 9 characters; empty for none.",
)  # fmt: skip


@professional_app.callback()
def _professional() -> None:
    """Group the commands of professionals."""


add_common_commands(professional_app, _WHO)
add_allow_command(professional_app, _WHO)
add_password_command(professional_app, _WHO)
add_certificate_command(professional_app, _WHO)


@professional_app.command("add")
def professional_add(
    name: Name,
    rpps: Annotated[str, _Rpps],
    address: Annotated[
        MailAddress | None,
        typer.Argument(
            parser=mail_address, metavar="[ADDRESS]",
            help="Address at a domain of local_domains; without it prenom.nom, or prenom.nom2 where that is taken.",
        ),
    ] = None,
    given_name: Annotated[
        str, typer.Option(help="First name, for the address; default: the first word of the name.")
    ] = "",
    family_name: Annotated[
        str, typer.Option(help="Family name, for the address; default: the rest of the name.")
    ] = "",
    domain: Annotated[
        str | None,
        typer.Option(parser=host_name, metavar="DOMAIN", help="Domain of that address; default: the first local one."),
    ] = None,
    profession: Annotated[str, typer.Option(help="Profession, as patients read it.")] = "",
    city: City = "",
    finess: Annotated[str, _Finess] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Add a professional with a mailbox; prints the app password, which is shown only now."""
    given, family = names_of(name)
    names = (given_name or given, family_name or family)

    def entry_at(chosen: MailAddress) -> DirectoryEntry:
        return DirectoryEntry(
            address=chosen, kind=MailboxKind.PERSON, identifier=rpps, name=name, family_name=names[1],
            given_name=names[0], profession=profession, city=city, organisation_id=finess,
        )  # fmt: skip

    settings = load_settings(config)
    put(asyncio.run(_added(settings, address, names, domain, entry_at)), as_json=as_json)


@professional_app.command("correct")
def professional_correct(
    address: Address,
    name: NewName = None,
    rpps: Annotated[str | None, _Rpps] = None,
    profession: Annotated[str | None, typer.Option(help="The right profession; empty for none.")] = None,
    city: NewCity = None,
    finess: Annotated[str | None, _Finess] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put right what is said of a professional; the address stays, and open sessions end."""
    require_any(name, rpps, profession, city, finess)

    def corrected(entry: DirectoryEntry) -> DirectoryEntry:
        given, family = (entry.given_name, entry.family_name) if name is None else names_of(name)
        return replace(
            entry,
            name=entry.name if name is None else name,
            given_name=given,
            family_name=family,
            identifier=entry.identifier if rpps is None else rpps,
            profession=entry.profession if profession is None else profession,
            city=entry.city if city is None else city,
            organisation_id=entry.organisation_id if finess is None else finess,
        )

    put_mailbox(asyncio.run(correct_mailbox(load_settings(config), PEOPLE, address, corrected)), as_json=as_json)


@professional_app.command("delegate")
def professional_delegate(
    address: Address,
    name: Annotated[
        str, typer.Option("--name", parser=shown_name, metavar="NAME", help="The delegate, as patients read it.")
    ],
    certificate: Pem = None,
    out: Out = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Let a named delegate in to the console under a professional's responsibility; the certificate sends nothing.

    « certificate --drop » ends it at once.
    """
    settings, files = load_settings(config), dict[str, str]()
    outside = None if certificate is None else replace(bindable(certificate, address), delegate=name)

    async def bound(it: Core, known: LocalMailbox) -> LocalMailbox:
        if outside is not None:
            await it.mailbox_certificates.bind(outside)
        else:
            with issued(settings, known.entry, out or issued_folder(settings), name) as (made, binding):
                await it.mailbox_certificates.bind(binding)
            files.update(made)
        return it.local_mailboxes.find(known.entry.address, PEOPLE)

    found = asyncio.run(on_mailbox(settings, PEOPLE, address, bound))
    if as_json:
        print_json({**described(found), **files})
    else:
        put_mailbox(found, as_json=False)
        put(dict(files), as_json=False)


async def _added(
    settings: Settings,
    address: MailAddress | None,
    names: tuple[str, str],
    domain: str | None,
    entry_at: Callable[[MailAddress], DirectoryEntry],
) -> dict[str, object]:
    async with core(settings) as it:
        if address is None:
            address = await it.local_mailboxes.free_address(*names, domain or settings.gateway.local_domains[0])
            say(f"No address was given: {address} is free: this person has it now, for ever.")
        made = await it.local_mailboxes.add(entry_at(address))
        return credentials(address, made.password)
