"""``pli professional add`` and ``pli laboratory add``: local mailboxes, also while serving."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from certs.authority import Authority, Subject
from certs.peer import spki_sha256
from gateway.app import core
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.clock import SystemClock
from gateway.config import Settings, load_settings
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import ConfigurationError
from gateway.services.people import NewMailbox

professional_app = typer.Typer(help="Local professionals and departments.", no_args_is_help=True)
laboratory_app = typer.Typer(help="Local laboratories.", no_args_is_help=True)


@professional_app.callback()
def _professional() -> None:
    """Group the commands of professionals."""


@laboratory_app.callback()
def _laboratory() -> None:
    """Group the commands of laboratories."""


@professional_app.command("add")
def professional_add(
    address: Annotated[str, typer.Argument(help="prenom.nom@ a local domain.")],
    name: Annotated[str, typer.Option(help="Name that patients are shown, such as « Dr Claire Martin ».")],
    rpps: Annotated[str, typer.Option(help="RPPS of a person, FINESS of an organisation.")],
    kind: Annotated[MailboxKind, typer.Option(help="PER, ORG or CAB.")] = MailboxKind.PERSON,
    profession: Annotated[str, typer.Option(help="Profession, as patients read it.")] = "",
    city: Annotated[str, typer.Option(help="Place of practice.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a professional with a mailbox; prints the app password, which is shown only now."""
    entry = DirectoryEntry(MailAddress.parse(address), kind, rpps, name, profession=profession, city=city)
    made = asyncio.run(_add(load_settings(config), entry, None))
    put({"address": str(entry.address), "imap_user": str(entry.address), "password": made.password}, as_json=as_json)


@laboratory_app.command("add")
def laboratory_add(
    address: Annotated[str, typer.Argument(help="Address at a local domain.")],
    name: Annotated[str, typer.Option(help="Name that patients are shown.")],
    finess: Annotated[str, typer.Option(help="FINESS of the laboratory.")],
    certificate: Annotated[
        Path | None, typer.Option(help="Bind this PEM certificate instead of issuing one.", exists=True)
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for an issued certificate and its key.")] = Path(),
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a laboratory with a mailbox and the certificate that may send for it."""
    settings, entry = load_settings(config), _laboratory_entry(address, name, finess)
    files: dict[str, object] = {}
    if certificate is not None:
        key = spki_sha256(_read(certificate))
    else:
        files, key = issue_certificate(settings, entry, out)
    made = asyncio.run(_add(settings, entry, key))
    say("Give the certificate and its key to the laboratory by a safe way.")
    mailbox = {"address": str(entry.address), "imap_user": str(entry.address), "password": made.password}
    put({**mailbox, **files}, as_json=as_json)


def _laboratory_entry(address: str, name: str, finess: str) -> DirectoryEntry:
    return DirectoryEntry(MailAddress.parse(address), MailboxKind.APPLICATION, finess, name)


def issue_certificate(settings: Settings, entry: DirectoryEntry, out: Path) -> tuple[dict[str, object], bytes]:
    """Issue a client certificate in the development authority; gives its files and the digest of its key."""
    authority = Authority.load(settings.path(settings.tls.authorities).parent)
    subject = Subject(entry.address.domain, unit=entry.identifier, organisation=entry.name)
    issued = authority.issue_client(subject, SystemClock().now())
    stem = str(entry.address).replace("@", "_")
    certificate, key = out / f"{stem}.pem", out / f"{stem}.key"
    issued.save(certificate, key)
    return {"cert_file": str(certificate), "key_file": str(key)}, spki_sha256(issued.certificate)


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} is no PEM certificate") from error


async def _add(settings: Settings, entry: DirectoryEntry, key: bytes | None) -> NewMailbox:
    async with core(settings) as it:
        return await it.people.add(entry, key)
