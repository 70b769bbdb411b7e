"""Who is around the people of the demonstration: parents of twins, a carer, a physiotherapist, cards for the console.

Everything is done as its owner would: by the services, but for the mandates that an import gives.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from cryptography.x509 import load_pem_x509_certificate

from dossier_bridge.synthetic import pdf_page
from gateway.core import Core
from gateway.demonstration.invented_people import FATHER, PATIENTS, PHYSIOTHERAPIST, PROFESSIONALS, TWIN, DemoPatient
from gateway.demonstration.mail import letter, submit
from gateway.demonstration.world import World, activate, vault_of
from gateway.domain.access import SpacePart
from gateway.domain.account import Space
from gateway.domain.care_party import names_of
from gateway.domain.carers import CarerLevel, CarerTerms
from gateway.domain.directory import DirectoryEntry
from gateway.domain.local_days import local_day
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState, NamedPerson
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.patient_names import shown_name
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.random_numbers import random_number
from gateway.services.representation.carers import Carers
from gateway.services.representation.offers import MandateOffers
from gateway.services.space.patients_file import NewPatient

CAMILLE, LOUIS, LINA, NOE = (PATIENTS[number] for number in (0, 1, 2, 7))
CLAIRE: Final = PROFESSIONALS[0]
PASSWORD: Final = "demo"  # noqa: S105 - of cards of nobody
CARERS = ((LINA, LOUIS),)
"""Who helps whom."""
GUARDIANS: Final = {child.address: (CAMILLE, FATHER) for child in (NOE, TWIN)}
"""The legal representatives of children, by the address of the child."""
_GIVEN = {SpacePart.AGENDA: CarerLevel.ACT, SpacePart.MESSAGES: CarerLevel.ACT, SpacePart.PROFILE: CarerLevel.READ}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What of it a visitor is told: files to import into a browser, cards by the name of their holder."""

    cards: Mapping[str, Path]
    agent_card: Path


async def add_people_around(world: World, it: Core) -> Around:
    """Make Noé's twin and their father, the physiotherapist, the carer, and two cards."""
    parents = tuple(one.identity.ins.value for one in GUARDIANS[TWIN.address])
    await it.provisioning.import_patients(
        NewPatient(
            line=number, identity=one.identity, email=one.email if not guardians else "", phone=one.phone,
            card_serials=(one.card_serial,), scheme="CPAM", state=one.state, guardians=guardians,
        )
        for number, (one, guardians) in enumerate(((FATHER, ()), (TWIN, parents)), 1)
    )  # fmt: skip
    await activate(world, it, FATHER)
    for parent in GUARDIANS[NOE.address]:
        await _act_for(it, parent, NOE)
    world.passwords[str(PHYSIOTHERAPIST.address)] = (await it.local_mailboxes.add(PHYSIOTHERAPIST)).password
    for carer, helped in CARERS:
        await _care_for(it, carer, helped)
    await _authorise(it, LOUIS, PHYSIOTHERAPIST)
    held = [world.senders[str(one.address)] for one in (CLAIRE, PHYSIOTHERAPIST)]
    cards = {one.entry.name: _card(one.certificate, one.key, one.entry.name) for one in held}
    (agent,) = world.agents
    return Around(cards=cards, agent_card=_card(Path(agent["cert_file"]), Path(agent["key_file"]), agent["name"]))


async def write_around(world: World, submission_port: int) -> None:
    """Have Louis' doctor prescribe, and his physiotherapist write to him."""
    to, now = LOUIS.address, datetime.now(UTC) - timedelta(hours=1)
    text = "Bonjour,\n\nVoici votre ordonnance pour dix séances.\n\nDr Claire Martin\n"
    prescribed = _with_prescription(letter(CLAIRE, to, "Votre ordonnance de kinésithérapie", text, now))
    text = "Bonjour,\n\nJe vous attends lundi. Je lirai l'ordonnance dans votre dossier.\n\nKarim Haddad\n"
    planned = letter(PHYSIOTHERAPIST, to, "Vos séances", text, now + timedelta(minutes=20))
    for sender, raw in ((CLAIRE, prescribed), (PHYSIOTHERAPIST, planned)):
        user = str(sender.address)
        await asyncio.to_thread(submit, submission_port, world.authority, user, world.passwords[user], [to], raw)


def _with_prescription(raw: bytes) -> bytes:
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    lines = ["Ordonnance", "Bernard Louis", "Dix séances de kinésithérapie, épaule droite", "Dr Claire Martin"]
    name = "Ordonnance de kinésithérapie.pdf"
    message.add_attachment(pdf_page(lines), maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


async def _space(it: Core, patient: DemoPatient) -> Space:
    vault = await vault_of(it, patient.address)
    return await it.store.read(lambda tx: tx.spaces.space(vault))


async def _act_for(it: Core, parent: DemoPatient, child: DemoPatient) -> None:
    """Let a parent act for a child whose space is active already, as an import and the parent's word would."""
    home, space, now = await _space(it, parent), await _space(it, child), it.clock.now()
    mandate = KeptMandate(
        vault=space.vault, number=random_number(), kind=MandateKind.MINOR, state=MandateState.ACCEPTED,
        home=home.vault, name=shown_name(home.identity.traits), begun=now, changed=now,
    )  # fmt: skip

    def save(tx: Tx) -> None:
        known = tx.spaces.space(space.vault)
        tx.spaces.save(replace(known, guardians=(*known.guardians, home.identity.ins.value)))
        tx.mandates.save(mandate)

    await it.store.write(save)


async def _care_for(it: Core, carer: DemoPatient, patient: DemoPatient) -> None:
    """Have a patient invite a carer for three months, who accepts."""
    home, space, traits = await _space(it, carer), await _space(it, patient), carer.identity.traits
    assert traits.birth_date is not None  # noqa: S101 - known of everybody invented
    asked = NamedPerson(birth_name=traits.birth_name, first_name=traits.given_names[0], born=traits.birth_date)
    terms = CarerTerms(levels=_GIVEN, last_day=local_day(it.clock.now()) + timedelta(days=90))
    offer = await Carers(it.store, it.clock).invite(holder_of(space, "web"), asked, terms)
    await MandateOffers(it.store, it.clock).answer(home.vault, offer.code, accepts=True)


async def _authorise(it: Core, patient: DemoPatient, party: DirectoryEntry) -> None:
    vault = await vault_of(it, patient.address)
    choice = PartyChoice(
        number=random_number(), names=names_of(party), label=party.name, detail=party.profession,
        standing=PartyStanding.ALLOWED, since=it.clock.now(),
    )  # fmt: skip
    await it.store.write(lambda tx: tx.patient_choices.put(vault, PatientChoices(parties=(choice,))))


def _card(certificate: Path, key_file: Path, holder: str) -> Path:
    """Put a certificate and its key into the one file that a browser imports: it takes no PEM."""
    key = load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)  # noqa: S101 - what the development authority issues
    secret, made = BestAvailableEncryption(PASSWORD.encode()), load_pem_x509_certificate(certificate.read_bytes())
    data = pkcs12.serialize_key_and_certificates(holder.encode(), key, made, None, secret)
    file = certificate.with_suffix(".p12")
    file.touch(mode=0o600)
    file.write_bytes(data)
    return file
