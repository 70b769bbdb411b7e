"""``pli professional add`` and ``pli laboratory add``: local mailboxes, also while serving."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs.authority import Authority, Subject
from certs.peer import PeerRefused, identity_of, spki_sha256
from gateway.cli.arguments import finess as finess_number
from gateway.cli.arguments import mail_address
from gateway.cli.arguments import rpps as rpps_number
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.clock import SystemClock
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import ConfigurationError, PliError
from gateway.services.space.local_mailboxes import NewMailbox

professional_app = typer.Typer(help="Local professionals and departments.", no_args_is_help=True)
laboratory_app = typer.Typer(help="Local laboratories.", no_args_is_help=True)
_Address = Annotated[
    MailAddress, typer.Argument(parser=mail_address, metavar="ADDRESS", help="Address at a domain of local_domains.")
]
_Name = Annotated[str, typer.Option(help="Name that patients are shown, such as « Dr Claire Martin ».")]


@professional_app.callback()
def _professional() -> None:
    """Group the commands of professionals."""


@laboratory_app.callback()
def _laboratory() -> None:
    """Group the commands of laboratories."""


@professional_app.command("add")
def professional_add(
    address: _Address,
    name: _Name,
    rpps: Annotated[str, typer.Option(help="RPPS of a person, FINESS of an organisation.")],
    kind: Annotated[MailboxKind, typer.Option(help="PER, ORG or CAB.")] = MailboxKind.PERSON,
    profession: Annotated[str, typer.Option(help="Profession, as patients read it.")] = "",
    city: Annotated[str, typer.Option(help="Place of practice.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a professional with a mailbox; prints the app password, which is shown only now."""
    if kind is MailboxKind.APPLICATION:
        raise typer.BadParameter("an APP mailbox needs a certificate: use « pli laboratory add »", param_hint="--kind")
    entry = DirectoryEntry(
        address=address, kind=kind, identifier=_number(rpps, kind), name=name, profession=profession, city=city
    )
    made = asyncio.run(_add(load_settings(config), entry, None))
    put(_mailbox(made), as_json=as_json)


@laboratory_app.command("add")
def laboratory_add(
    address: _Address,
    name: _Name,
    finess: Annotated[str, typer.Option(parser=finess_number, metavar="NUMBER", help="FINESS of the laboratory.")],
    certificate: Annotated[
        Path | None,
        typer.Option(help="Bind this PEM certificate instead of issuing one.", exists=True, dir_okay=False),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for an issued certificate and its key.", file_okay=False)] = Path(),
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a laboratory with a mailbox and the certificate that may send for it."""
    settings = load_settings(config)
    entry = DirectoryEntry(address=address, kind=MailboxKind.APPLICATION, identifier=finess, name=name)
    if certificate is not None:
        made = asyncio.run(_add(settings, entry, _bindable(certificate)))
        put(_mailbox(made), as_json=as_json)
        return
    with _issued(settings, entry, out) as (files, key):
        made = asyncio.run(_add(settings, entry, key))
    say("Give the certificate, its key and the password to the laboratory by a safe way.")
    put({**_mailbox(made), **files}, as_json=as_json)


def _number(text: str, kind: MailboxKind) -> str:
    try:
        return rpps_number(text) if kind is MailboxKind.PERSON else finess_number(text)
    except typer.BadParameter as error:
        error.param_hint = "--rpps"
        raise


def _mailbox(made: NewMailbox) -> dict[str, object]:
    address = str(made.entry.address)
    return {"address": address, "imap_user": address, "password": made.password}


@contextmanager
def _issued(settings: Settings, entry: DirectoryEntry, out: Path) -> Iterator[tuple[dict[str, str], bytes]]:
    """Issue a client certificate in the development authority; its files stay if the body succeeds."""
    authority = Authority.load(settings.path(settings.tls.authorities).parent)
    subject = Subject(common_name=entry.address.domain, unit=entry.identifier, organisation=entry.name)
    issued = authority.issue_client(subject, SystemClock().now())
    stem = str(entry.address).replace("@", "_")
    certificate, key = out / f"{stem}.pem", out / f"{stem}.key"
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    issued.save(certificate, key)
    try:
        yield {"cert_file": str(certificate), "key_file": str(key)}, spki_sha256(issued.certificate)
    except PliError:
        certificate.unlink()
        key.unlink()
        raise


def _bindable(path: Path) -> bytes:
    """Give the digest of the key of a certificate that a laboratory can sign in with."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} is no PEM certificate: give the laboratory's, without its key") from error
    refused = f"{path} cannot be bound to a laboratory"
    try:
        peer = identity_of(certificate.public_bytes(Encoding.DER))
    except PeerRefused as error:
        raise ConfigurationError(f"{refused}: {error.__cause__}; give its own, with client authentication") from error
    if peer.not_after < SystemClock().now():
        raise ConfigurationError(f"{refused}: it ended on {peer.not_after:%Y-%m-%d}; ask for the renewed one")
    return peer.spki_sha256


async def _add(settings: Settings, entry: DirectoryEntry, key: bytes | None) -> NewMailbox:
    async with core(settings) as it:
        return await it.local_mailboxes.add(entry, key)
