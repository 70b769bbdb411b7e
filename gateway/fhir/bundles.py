"""Bundles of FHIR R4 that people take away: the results of one examination. Pure."""

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import orjson

from gateway.domain.identity import PatientIdentity
from gateway.fhir.data_types import filled, instant_of
from gateway.fhir.observations import observation
from gateway.services.record.record_queries import FoundResult


def results_bundle(patient: PatientIdentity, results: Sequence[FoundResult], at: datetime) -> bytes:
    """Write results as a bundle of type ``collection`` (R4 §2.36), each an Observation."""
    entries = [observation(found, patient) for found in results]
    return orjson.dumps(
        filled(
            resourceType="Bundle",
            type="collection",
            timestamp=instant_of(at),
            entry=[
                {"fullUrl": uuid5(NAMESPACE_URL, f"Observation/{entry['id']}").urn, "resource": entry}
                for entry in entries
            ],
        ),
        option=orjson.OPT_INDENT_2,
    )
