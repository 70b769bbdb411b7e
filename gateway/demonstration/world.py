"""Builds the invented world: folder, trust lists, certificates, spaces, mailboxes; and describes it in one line."""

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
    PROFESSIONALS,
    DemoPatient,
)
from gateway.demonstration.mail import Sender
from gateway.directory.importing import import_directory, import_whitelist
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry
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
    extra: str = "",
) -> World:
    """Make the folder, its certificates and its trust lists; rows and blobs elsewhere, when places are given."""
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
        extra=_WIDE + _DEPOSIT.format(port=deposit, issuer=PAYER.address) + _PRO + extra,
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
    for entry in (*PROFESSIONALS, *LABORATORIES, PAYER):
        domain = entry.address.domain
        subject = (
            Subject(
                common_name=f"smtps.{domain}",
                unit="318000000000002",
                organisation="Opérateur Ouest",
                state="Nantes (44)",
            )
            if domain == OTHER_OPERATOR
            else Subject(common_name=str(entry.address), unit=entry.identifier, organisation=entry.name)
        )
        stem = str(entry.address).partition("@")[0] + "_" + domain.partition(".")[0]
        sender = Sender(entry, folder / f"{stem}.pem", folder / f"{stem}.key")
        issued = authority.issue_client(subject, now)
        issued.save(sender.certificate, sender.key)
        world.senders[sender.address] = sender


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


# ---------------------------------------------------------------- the line


def described(world: World, ports: dict[str, int | None], exchanges: list[Line]) -> Line:
    """Give the one JSON object of design §6."""
    web = f"https://localhost:{ports['web']}/"
    return {
        "ready": True,
        "web": web,
        "ca_file": str(world.authority),
        "config": str(world.settings.root / "pli.toml"),
        "smtp_relay": {"host": "localhost", "port": ports["relay"], "tls": "starttls", "client_cert": "required"},
        "smtp_submission": {"host": "localhost", "port": ports["submission"], "tls": "implicit"},
        "smtp_starttls": {"host": "localhost", "port": ports["starttls"], "tls": "starttls"},
        "imap": {"host": "localhost", "port": ports["imap"], "tls": "implicit"},
        "deposit": _deposit_line(world, ports["deposit"]),
        "console": None,
        "fhir": f"{web}fhir/",
        "metrics": None,
        "outbox_dir": str(world.settings.path(world.settings.paths.notices)),
        "patients": [_patient_line(world, patient) for patient in PATIENTS],
        "professionals": [_professional_line(world, entry) for entry in PROFESSIONALS],
        "organisations": [_mailbox_line(world, entry) | {"finess": entry.identifier} for entry in DEPARTMENTS],
        "laboratories": [_laboratory_line(world, entry) for entry in LABORATORIES],
        "agents": world.agents,
        "exchanges": exchanges,
    }


def _patient_line(world: World, patient: DemoPatient) -> Line:
    identity, traits = patient.identity, patient.identity.traits
    line: Line = {
        "address": patient.address,
        "ins": identity.ins.value,
        "ins_oid": identity.ins_oid,
        "birth_name": traits.birth_name,
        "given_names": list(traits.given_names),
        "used_name": traits.used_name,
        "sex": traits.sex.value,
        "birth_date": str(traits.birth_date),
        "email": patient.email,
        "phone": patient.phone,
        "card_serial": patient.card_serial,
        "guardians": [],
        "state": patient.state.value,
    }
    if patient.address in world.provisional_codes:
        line["provisional_code"] = world.provisional_codes[patient.address]
    if patient.identifier:
        token = world.tokens[patient.address]
        line |= {"identifier": patient.identifier, "password": patient.password, "token": token}
    return line


def _mailbox_line(world: World, entry: DirectoryEntry) -> Line:
    address = str(entry.address)
    line: Line = {"address": address, "kind": entry.kind.value, "name": entry.name}
    if address in world.passwords:
        line |= {"imap_user": address, "imap_password": world.passwords[address]}
    return line


def _certificate_line(world: World, entry: DirectoryEntry) -> Line:
    sender = world.senders[str(entry.address)]
    return {"cert_file": str(sender.certificate), "key_file": str(sender.key)}


def _professional_line(world: World, entry: DirectoryEntry) -> Line:
    return _mailbox_line(world, entry) | {"rpps": entry.identifier} | _certificate_line(world, entry)


def _deposit_line(world: World, port: int | None) -> Line:
    place = {"url": f"https://localhost:{port}/", "host": "localhost", "port": port, "client_cert": "required"}
    payer = _mailbox_line(world, PAYER) | _certificate_line(world, PAYER)
    return place | {"issuers": [payer]}


def _laboratory_line(world: World, entry: DirectoryEntry) -> Line:
    operator = "remote" if entry.address.domain == OTHER_OPERATOR else "local"
    place = {"domain": entry.address.domain, "operator": operator}
    return _mailbox_line(world, entry) | place | _certificate_line(world, entry)
