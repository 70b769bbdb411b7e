"""Documents and results as entries of a FHIR bundle in an archive, whose files lie beside it. Pure."""

from collections.abc import Iterator

import orjson

from gateway.domain.document import LabResult
from gateway.domain.dossier import FiledDocument
from gateway.domain.identity import PatientIdentity
from gateway.fhir.observations import observation
from gateway.fhir.resources import Resource, document_reference
from gateway.services.record.record_queries import found_result

_BASE = "urn:pli:archive"


class BundleEntries:
    """Implements `gateway.services.export.archive_files.Resources`."""

    def entries(
        self, document: FiledDocument, results: list[LabResult], patient: PatientIdentity, paths: dict[str, str]
    ) -> Iterator[bytes]:
        """Give the entries of a bundle for one document."""
        of_files = {f"{_BASE}/Binary/{document.id:x}-{which}": f"../{path}" for which, path in paths.items()}
        yield _entry(_with_paths(document_reference(document, patient, _BASE), of_files))
        for index in range(len(results)):
            yield _entry(observation(found_result(document, index, results), patient))


def _with_paths(reference: Resource, of_files: dict[str, str]) -> Resource:
    contents = reference.get("content")
    for content in contents if isinstance(contents, list) else ():
        attachment = content["attachment"]
        attachment["url"] = of_files[attachment["url"]]
    return reference


def _entry(resource: Resource) -> bytes:
    url = f"{_BASE}/{resource['resourceType']}/{resource['id']}"
    return orjson.dumps({"fullUrl": url, "resource": resource})
