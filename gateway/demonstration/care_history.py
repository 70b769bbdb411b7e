"""The payer of the demonstration tells of Camille's care of the last two years, by HTTPS with its certificate."""

import http.client
import ssl
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import orjson

from gateway.demonstration.invented_people import PATIENTS, PAYER
from gateway.demonstration.world import World
from gateway.domain.identity import PatientIdentity, Sex

CAMILLE = PATIENTS[0]
_TIMEOUT = 15
_NAMES = "https://assurance-ouest.example/actes"
_DOCTOR, _CENTRE = "Dr Claire Martin", "Cabinet des Lilas, Rennes"
_PHARMACY, _LABORATORY = "Pharmacie des Tilleuls, Rennes", "Laboratoire des Lilas"
_VISIT = "Consultation de médecine générale"
_Told = tuple[int, str, str, str, tuple[tuple[str, str], ...], int]
_ACTS: Sequence[_Told] = (
    (4, "consultation", _DOCTOR, _CENTRE, ((_VISIT, ""),), 0),
    (3, "pharmacie", _DOCTOR, _PHARMACY, (("Lévothyroxine 75 µg, comprimé", "3 boîtes"), ("Vitamine D3", "1")), 0),
    (18, "biologie", "", _LABORATORY, (("TSH", ""), ("Bilan lipidique", "")), 0),
    (40, "vaccination", "", _PHARMACY, (("Vaccin contre la grippe", "1 dose"),), 0),
    (96, "pharmacie", _DOCTOR, _PHARMACY, (("Lévothyroxine 75 µg, comprimé", "3 boîtes"),), 0),
    (97, "consultation", _DOCTOR, _CENTRE, ((_VISIT, ""),), 0),
    (150, "dentaire", "Dr Hugo Bellec", "Cabinet dentaire du Parc", (("Détartrage", ""),), 0),
    (230, "imagerie", "Dr Anaïs Rault", "Centre d’imagerie de l’Ouest", (("Échographie de la thyroïde", ""),), 0),
    (233, "consultation", "Dr Paul Nguyen", "Centre de cardiologie", (("Consultation de cardiologie", ""),), 0),
    (402, "hospitalisation", "", "Clinique Sainte-Anne, Rennes", (("Arthroscopie du genou droit", ""),), 2),
    (420, "appareillage", "", "Optique Morel", (("Verres correcteurs", "2"),), 0),
    (610, "consultation", _DOCTOR, _CENTRE, ((_VISIT, ""),), 0),
)  # fmt: skip
"""Days ago, kind, by whom, where, what with how much, days that it lasted."""


def tell_of_care(world: World, port: int, today: date) -> None:
    """Send the bundle; raises `ConnectionError` when it is not taken."""
    sender = world.senders[str(PAYER.address)]
    context = ssl.create_default_context(cafile=str(world.authority))
    context.load_cert_chain(str(sender.certificate), str(sender.key))
    client = http.client.HTTPSConnection("localhost", port, context=context, timeout=_TIMEOUT)
    try:
        client.request("POST", f"/patients/{CAMILLE.address}/care-history", _bundle(CAMILLE.identity, today))
        answer = client.getresponse()
        said = answer.read()
    finally:
        client.close()
    if answer.status != 200:
        raise ConnectionError(f"the history of care was answered {answer.status}: {said.decode()}")


def _bundle(identity: PatientIdentity, today: date) -> bytes:
    traits = identity.traits
    patient = {
        "resourceType": "Patient",
        "id": "1",
        "identifier": [{"system": f"urn:oid:{identity.ins_oid}", "value": identity.ins.value}],
        "name": [{"use": "official", "family": traits.birth_name, "given": list(traits.given_names)}],
        "gender": "female" if traits.sex is Sex.FEMALE else "male",
        "birthDate": str(traits.birth_date),
    }
    resources = [patient, *(_explanation(number, told, today) for number, told in enumerate(_ACTS, 1))]
    entries = [{"resource": resource} for resource in resources]
    return orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _explanation(number: int, told: _Told, today: date) -> dict[str, Any]:  # Any: JSON
    ago, kind, performer, place, lines, lasted = told
    day = today - timedelta(days=ago)
    return {
        "resourceType": "ExplanationOfBenefit",
        "identifier": [{"system": _NAMES, "value": f"{number}"}],
        "status": "active",
        "type": {"coding": [{"code": kind}]},
        "patient": {"reference": "Patient/1"},
        "billablePeriod": {"start": str(day), "end": str(day + timedelta(days=lasted))},
        "provider": {"display": performer},
        "facility": {"display": place},
        "item": [{"productOrService": {"text": what}, **_quantity(much)} for what, much in lines],
    }


def _quantity(much: str) -> dict[str, object]:
    count, _, unit = much.partition(" ")
    return {"quantity": {"value": int(count), "unit": unit}} if count else {}
