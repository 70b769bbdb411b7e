"""Describes the invented world in the one line of JSON that ``pli demo --json`` prints."""

from gateway.demonstration.invented_people import (
    DEPARTMENTS,
    FATHER,
    LABORATORIES,
    OTHER_OPERATOR,
    PATIENTS,
    PAYER,
    PHYSIOTHERAPIST,
    PROFESSIONALS,
    TWIN,
    DemoPatient,
)
from gateway.demonstration.people_around import CARERS, GUARDIANS
from gateway.demonstration.world import Line, World
from gateway.domain.directory import DirectoryEntry


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
        "console": f"{web}pro/",
        "fhir": f"{web}fhir/",
        "metrics": None,
        "outbox_dir": str(world.settings.path(world.settings.paths.notices)),
        "patients": [_patient_line(world, patient) for patient in _people(world)],
        "professionals": [_professional_line(world, entry) for entry in _professionals(world)],
        "organisations": [_mailbox_line(world, entry) | {"finess": entry.identifier} for entry in DEPARTMENTS],
        "laboratories": [_laboratory_line(world, entry) for entry in LABORATORIES],
        "carers": [
            {"identifier": carer.identifier, "password": carer.password, "for": [helped.address]}
            for carer, helped in CARERS
        ],
        "agents": world.agents,
        "exchanges": exchanges,
    }


def _people(world: World) -> list[DemoPatient]:
    """List everybody, the family around last; a world of tests may lack it."""
    return [*PATIENTS, *((FATHER, TWIN) if FATHER.address in world.tokens else ())]


def _professionals(world: World) -> list[DirectoryEntry]:
    return [*PROFESSIONALS, *((PHYSIOTHERAPIST,) if str(PHYSIOTHERAPIST.address) in world.passwords else ())]


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
        "guardians": [guardian.identity.ins.value for guardian in GUARDIANS.get(patient.address, ())],
        "state": patient.state.value,
    }
    if patient.address in world.provisional_codes:
        line["provisional_code"] = world.provisional_codes[patient.address]
    if token := world.tokens.get(patient.address):
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
