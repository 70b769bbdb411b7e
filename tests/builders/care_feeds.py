"""What a payer sends of a patient: FHIR bundles."""

import json
from typing import Any

from gateway.domain.identity import PatientIdentity, Sex

ISSUER = "https://assurance.example/actes"


def explanation(number: str = "1", day: str = "2026-11-02", **changes: Any) -> dict[str, Any]:
    """Make one explanation: a visit to a general practitioner."""
    return {
        "resourceType": "ExplanationOfBenefit",
        "identifier": [{"system": ISSUER, "value": number}],
        "status": "active",
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "professional"}]},
        "patient": {"reference": "Patient/1"},
        "billablePeriod": {"start": day},
        "provider": {"display": "Dr Claire Lenoir"},
        "facility": {"display": "Cabinet des Lilas"},
        "item": [{"sequence": 1, "productOrService": {"text": "Consultation de médecine générale"}}],
    } | changes


def dispensing(number: str = "2", day: str = "2026-11-03") -> dict[str, Any]:
    """Make an explanation of what a pharmacy handed out."""
    return explanation(
        number,
        day,
        type={"coding": [{"code": "pharmacy"}]},
        facility={"display": "Pharmacie des Tilleuls"},
        item=[
            {"productOrService": {"text": "Paracétamol 1 g, comprimé"}, "quantity": {"value": 2, "unit": "boîtes"}},
            {"productOrService": {"coding": [{"code": "3400936466425", "display": "Amoxicilline 500 mg"}]}},
        ],
    )


def bundle(identity: PatientIdentity, *explanations: dict[str, Any], **changes: Any) -> bytes:
    """Make a bundle about a person."""
    traits = identity.traits
    patient = {
        "resourceType": "Patient",
        "id": "1",
        "identifier": [{"system": f"urn:oid:{identity.ins_oid}", "value": identity.ins.value}],
        "name": [{"use": "official", "family": traits.birth_name, "given": list(traits.given_names)}],
        "gender": {Sex.MALE: "male", Sex.FEMALE: "female"}.get(traits.sex, "unknown"),
        "birthDate": str(traits.birth_date),
    } | changes
    entries = [{"resource": one} for one in (patient, *explanations)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
