"""Builds the invented world: folder, trust lists, certificates, spaces, mailboxes."""

import asyncio
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from cryptography import x509

from certs.authority import Authority, Subject
from certs.peer import name_of, spki_sha256
from gateway.config import Settings
from gateway.core import Core
from gateway.demonstration.invented_agents import add_agent
from gateway.demonstration.invented_people import (
    DEPARTMENTS,
    LABORATORIES,
    LOCAL_DOMAINS,
    OTHER_OPERATOR,
    PATIENTS,
    PAYER,
    PHYSIOTHERAPIST,
    PROFESSIONALS,
    DemoPatient,
)
from gateway.demonstration.mail import Sender
from gateway.directory.importing import import_directory, import_whitelist
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.application_tokens import issue_token
from gateway.services.space.activation_codes import ActivationCodes
from gateway.services.space.patients_file import NewPatient
from gateway.setup import NewGateway, make_gateway, operator_subject

_WIDE = """
[support]
address = "aide@operateur.example"

[sign_in]
codes_a_day = 10000
failures = 50

[work]
notice_pause_ms = 100
processes = {processes}
"""
_DEPOSIT = """
[deposit]
enabled = true
port = {port}
issuers = ["{issuer}"]
payers = ["{issuer}"]
"""
_PRO = """
[pro]
certificates = true
authorities = "tls/ca.pem"
port = 0
"""
_CLIENTS = "clients"
Line = dict[str, Any]  # Any: JSON


@dataclass(slots=True)
class World:
    """What was made, with the secrets that only a demonstration may show."""

    settings: Settings
    senders: dict[str, Sender] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    provisional_codes: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    agents: list[dict[str, str]] = field(default_factory=list)

    @property
    def authority(self) -> Path:
        """Give the file of the authority that clients trust."""
        return self.settings.path(self.settings.tls.authorities)


def found_world(
    folder: Path, ports: tuple[int, int, int, int, int, int], now: datetime, *, database: str = "", blobs: str = "",
    extra: str = "", processes: int = 0,
) -> World:
    """Make the folder, its certificates and its trust lists; rows and blobs elsewhere, when places are given.

    `processes` serve; 0 stands for one a core.
    """
    relay, submission, starttls, imap, web, deposit = ports
    new = NewGateway(
        demonstration=True,
        local_domains=LOCAL_DOMAINS,
        relay_port=relay,
        submission_port=submission,
        starttls_port=starttls,
        imap_port=imap,
        web_port=web,
        database=database,
        blobs=blobs,
        extra=_WIDE.format(processes=processes) + _DEPOSIT.format(port=deposit, issuer=PAYER.address) + _PRO + extra,
    )
    world = World(make_gateway(folder, new, now))
    _issue_certificates(world, folder / _CLIENTS, now)
    whitelist = _whitelist(world, now).encode()
    import_whitelist(io.BytesIO(whitelist), world.settings.whitelist_file, now)
    extraction = _extraction([LABORATORIES[1]]).encode()
    import_directory(io.BytesIO(extraction), world.settings.directory_file, now, now)
    return world


def _issue_certificates(world: World, folder: Path, now: datetime) -> None:
    authority = Authority.load(world.authority.parent)
    folder.mkdir(mode=0o700)
    for entry in (*PROFESSIONALS, PHYSIOTHERAPIST, *LABORATORIES, PAYER):
        domain = entry.address.domain
        subject = _subject_of(entry)
        stem = str(entry.address).partition("@")[0] + "_" + domain.partition(".")[0]
        sender = Sender(entry, folder / f"{stem}.pem", folder / f"{stem}.key")
        issued = authority.issue_client(subject, now)
        issued.save(sender.certificate, sender.key)
        world.senders[sender.address] = sender


def _subject_of(entry: DirectoryEntry) -> Subject:
    """Name the holder of a certificate: a professional's is a card (CPS-like), its common name the number."""
    if entry.address.domain == OTHER_OPERATOR:
        name, unit = f"smtps.{OTHER_OPERATOR}", "318000000000002"
        return Subject(common_name=name, unit=unit, organisation="Opérateur Ouest", state="Nantes (44)")
    if entry.kind is MailboxKind.PERSON:
        return Subject(common_name=entry.identifier, organisation=entry.name)
    return Subject(common_name=str(entry.address), unit=entry.identifier, organisation=entry.name)


def _whitelist(world: World, now: datetime) -> str:
    own = str(name_of(operator_subject(world.settings.gateway.hostname).name))
    other = "CN=smtps.biolab-ouest.mssante.fr,OU=318000000000002,O=Opérateur Ouest,ST=Nantes (44),C=FR"
    domains = "".join(
        f"<Domaine><Nom>{domain}</Nom><Description>Démonstration</Description>"
        f"<DNCertificatOperateur>{escape(holder)}</DNCertificatOperateur>"
        f"<DateMAJ>{now:%Y-%m-%dT%H:%M:%SZ}</DateMAJ></Domaine>"
        for domain, holder in (*((ours, own) for ours in LOCAL_DOMAINS), (OTHER_OPERATOR, other))
    )
    return (
        '<ListeBlancheMSSante xmlns="https://listeblanche.mssante.fr/schema">'
        f"<DateDeGeneration>{now:%Y-%m-%dT%H:%M:%SZ}</DateDeGeneration>"
        f"<ListeDomaines>{domains}</ListeDomaines></ListeBlancheMSSante>"
    )


def _extraction(entries: list[DirectoryEntry]) -> str:
    rows = ["Type de BAL|Adresse BAL|Type identifiant structure|Identification structure|Raison sociale structure BAL"]
    rows += [f"{e.kind.value}|{e.address}|1|{e.identifier}|{e.name}" for e in entries]
    return "\n".join(rows) + "\n"


async def populate(world: World, it: Core) -> None:
    """Make spaces, mailboxes, sign-ins and tokens."""
    await it.provisioning.import_patients(
        NewPatient(
            line=number,
            identity=p.identity,
            email=p.email,
            phone=p.phone,
            card_serials=(p.card_serial,),
            scheme="CPAM",
            state=p.state,
        )
        for number, p in enumerate(PATIENTS, 1)
    )
    applications = [*(one for one in LABORATORIES if one.address.domain != OTHER_OPERATOR), PAYER]
    local = [*PROFESSIONALS, *DEPARTMENTS, *applications]
    for entry in local:
        sender = world.senders.get(str(entry.address))
        is_ours = sender is not None and entry in applications
        bound = await asyncio.to_thread(_binding, entry, sender.certificate) if sender and is_ours else None
        made = await it.local_mailboxes.add(entry, bound)
        world.passwords[str(entry.address)] = made.password
    authority, clients = Authority.load(world.authority.parent), world.settings.root / _CLIENTS
    world.agents.append(await add_agent(it, authority, clients))
    for patient in PATIENTS:
        if patient.state is SpaceState.ACTIVE:
            await activate(world, it, patient)
        if patient.state is SpaceState.NOTIFIED:
            world.provisional_codes[patient.address] = await _letter(it, patient)


async def activate(world: World, it: Core, patient: DemoPatient) -> None:
    """Let an invented person choose a password and accept the terms of today, and give them a token."""
    vault = await vault_of(it, patient.address)
    await it.patients.set_password(vault, patient.identifier, patient.password)
    space = await it.store.read(lambda tx: tx.spaces.space(vault))
    await it.terms.accept(holder_of(space, "web"), it.terms.current.name)
    world.tokens[patient.address] = await issue_token(it.store, it.clock, vault, timedelta(days=7))


async def _letter(it: Core, patient: DemoPatient) -> str:
    """Give the code that stands in the letter of somebody who was told."""
    vault, codes, now = await vault_of(it, patient.address), ActivationCodes(it.store), it.clock.now()
    return await it.store.write(lambda tx: codes.issue(tx, tx.spaces.space(vault), now))


def _binding(entry: DirectoryEntry, file: Path) -> CertificateBinding:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    return CertificateBinding(entry.address, spki_sha256(certificate), certificate.not_valid_after_utc)


async def vault_of(it: Core, address: str) -> VaultId:
    """Find the vault of an address that exists."""
    found = await it.store.read(lambda tx: tx.spaces.resolve(MailAddress.parse(address)))
    assert found is not None  # noqa: S101 - the world was just made
    return found[0]
