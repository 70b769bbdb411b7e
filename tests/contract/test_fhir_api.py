"""The FHIR R4 face over the real services: shapes, searches, paging, refusals, and the trace of every reading."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from gateway.domain.access import Audience
from gateway.domain.errors import StoreUnavailable
from gateway.domain.lab_result import LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.readable import CLOSING, Opening, ReadableText, TextTag, readable_to_json
from gateway.domain.space import SpaceState
from gateway.domain.timestamp import Timestamp
from gateway.fhir.api import FhirServices, make_app
from gateway.services.sign_in.application_tokens import issue_token
from tests.builders.patient_site import CDA, PDF, PatientSite, patient_site
from tests.builders.store import a_number, move_space

BASE = "https://pli.example/fhir"
LOINC = "2.16.840.1.113883.6.1"
Json = dict[str, Any]  # Any: JSON of FHIR resources
POTASSIUM = LabResult(
    label="Potassium",
    value=ResultValue(kind=ValueKind.QUANTITY, text="4.10", number=Decimal("4.10"), unit="mmol/L"),
    code="2823-3",
    code_system=LOINC,
    local_code="K",
    local_code_system="1.2.250.1.999.9",
    time=Timestamp("20260301081500+0100"),
    ranges=(ReferenceRange(low=Decimal("3.5"), high=Decimal("5.1"), unit="mmol/L", interpretation="N"),),
    interpretation=("N",),
    status="completed",
)
CRP = msgspec.structs.replace(
    POTASSIUM, label="CRP", code="1988-5", local_code="", ranges=(),
    value=ResultValue(kind=ValueKind.INTERVAL, text="1.0", number=Decimal("1.0"), comparator="<", unit="mg/L"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        """Read the resource."""
        found: Json = orjson.loads(self.body)
        return found


@dataclass(frozen=True, slots=True)
class Face:
    """The face, served, and a client that holds Camille's token."""

    site: PatientSite
    client: ClientSession
    url: str
    token: str

    async def get(self, path: str, token: str | None = None, method: str = "GET", scheme: str = "Bearer") -> Answer:
        """Ask; without a token when it is empty."""
        used = self.token if token is None else token
        headers = {"Authorization": f"{scheme} {used}"} if used else {}
        async with self.client.request(method, f"{self.url}/fhir/{path}", headers=headers) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.read())


@pytest.fixture
async def face(ram: Path) -> AsyncIterator[Face]:
    """The face over Camille's and Louis's spaces."""
    async with patient_site(ram) as site:
        outer = web.Application()
        services = FhirServices(
            store=site.at.store,
            clock=site.at.clock,
            sign_ins=site.sign_ins,
            queries=site.queries,
            documents=site.documents,
        )
        outer.add_subapp("/fhir/", make_app(services, BASE))
        token = await issue_token(site.at.store, site.at.clock, site.camille.vault, timedelta(days=1))
        async with TestServer(outer) as server, ClientSession() as client:
            yield Face(site, client, str(server.make_url("")).rstrip("/"), token)


# ---------------------------------------------------------------- shapes


async def test_capability_statement_needs_no_token(face: Face) -> None:
    answer = await face.get("metadata", token="")
    assert answer.headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    statement = answer.json
    assert {"status", "date", "kind", "fhirVersion", "format", "rest"} <= statement.keys()
    assert statement["fhirVersion"] == "4.0.1"
    assert [r["type"] for r in statement["rest"][0]["resource"]] == ["DocumentReference", "Observation", "Binary"]


async def test_document_is_described_as_r4_wants(face: Face) -> None:
    document = await face.site.file([POTASSIUM])
    resource = (await face.get(f"DocumentReference/{document.id:x}")).json
    assert (resource["resourceType"], resource["id"]) == ("DocumentReference", f"{document.id:x}")
    assert resource["status"] == "current"
    assert resource["masterIdentifier"] == {
        "system": "urn:ietf:rfc:3986",
        "value": f"urn:oid:{document.entry.unique_id}",
    }
    assert resource["type"]["coding"][0]["system"] == "http://loinc.org"
    assert resource["subject"]["identifier"]["value"] == face.site.camille.identity.ins.value
    assert [content["attachment"]["contentType"] for content in resource["content"]] == ["text/xml", "application/pdf"]
    assert resource["context"] == {"period": {"start": "2026-03-01"}}


async def test_result_keeps_the_laboratorys_digits(face: Face) -> None:
    document = await face.site.file([POTASSIUM])
    answer = await face.get(f"Observation/{document.id:x}-0")
    assert b'"valueQuantity":{"value":4.10,"unit":"mmol/L",' in answer.body
    resource = answer.json
    assert [coding["code"] for coding in resource["code"]["coding"]] == ["2823-3", "K"]
    assert (resource["status"], resource["effectiveDateTime"]) == ("final", "2026-03-01T07:15:00.000Z")
    unit = {"unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
    assert resource["referenceRange"][0]["high"] == {"value": 5.1, **unit}
    assert resource["derivedFrom"] == [{"reference": f"DocumentReference/{document.id:x}"}]


async def test_censored_result_keeps_its_comparator(face: Face) -> None:
    document = await face.site.file([CRP])
    resource = (await face.get(f"Observation/{document.id:x}-0")).json
    assert resource["valueQuantity"] == {
        "value": 1.0, "comparator": "<", "unit": "mg/L", "system": "http://unitsofmeasure.org", "code": "mg/L",
    }  # fmt: skip
    assert "referenceRange" not in resource


async def test_replaced_document_is_superseded(face: Face) -> None:
    first = await face.site.file()
    await face.site.file(entry=replace(first.entry, unique_id="2.2", replaces=(first.entry.unique_id,)))
    assert (await face.get(f"DocumentReference/{first.id:x}")).json["status"] == "superseded"


async def test_no_element_is_empty(face: Face) -> None:
    bare = LabResult(label="Aspect", value=ResultValue(kind=ValueKind.ABSENT))
    document = await face.site.file([bare])
    for path in (f"DocumentReference/{document.id:x}", f"Observation/{document.id:x}-0", "Observation", "metadata"):
        body = (await face.get(path)).body
        assert not re.search(rb'(""|\[\]|\{\}|null)', body)


async def test_binary_is_the_file_itself(face: Face) -> None:
    document = await face.site.file()
    found = (await face.get(f"DocumentReference/{document.id:x}")).json
    urls = [content["attachment"]["url"].removeprefix(f"{BASE}/") for content in found["content"]]
    answers = [await face.get(url) for url in urls]
    assert [answer.body for answer in answers] == [CDA, PDF]
    assert answers[1].headers["Content-Type"] == "application/pdf"


# ---------------------------------------------------------------- searches


@pytest.mark.parametrize(
    ("start", "end", "period"),
    [
        (None, None, {"start": "2026-03-01"}),
        ("202501", None, {"start": "2025-01"}),
        ("2025", "20250203", {"start": "2025", "end": "2025-02-03"}),
    ],
)
async def test_time_of_the_act_is_as_precise_as_it_was_sent(
    face: Face, start: str | None, end: str | None, period: Json
) -> None:
    began, ended = Timestamp(start) if start else None, Timestamp(end) if end else None
    document = await face.site.file()
    other = await face.site.file(entry=replace(document.entry, unique_id="9.9", act_start=began, act_end=ended))
    assert (await face.get(f"DocumentReference/{other.id:x}")).json["context"]["period"] == period


async def test_words_of_a_document_are_a_page_of_our_own(face: Face) -> None:
    words = readable_to_json(ReadableText((Opening(TextTag.PARAGRAPH), "fer < 5", CLOSING)))
    document = await face.site.file(words=words)
    resource = (await face.get(f"DocumentReference/{document.id:x}")).json
    (attachment,) = [c["attachment"] for c in resource["content"] if c["attachment"]["contentType"] == "text/html"]
    assert "size" not in attachment
    answer = await face.get(attachment["url"].removeprefix(f"{BASE}/"))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b'<div class="para">fer &lt; 5</div>' in answer.body


async def test_search_is_a_searchset_with_its_total(face: Face) -> None:
    await face.site.file([POTASSIUM, CRP])
    bundle = (await face.get("DocumentReference")).json
    assert (bundle["resourceType"], bundle["type"], bundle["total"]) == ("Bundle", "searchset", 1)
    entry = bundle["entry"][0]
    assert entry["fullUrl"] == f"{BASE}/DocumentReference/{entry['resource']['id']}"
    assert entry["search"] == {"mode": "match"}
    assert (await face.get("Observation")).json["total"] == 2


async def test_empty_dossier_gives_an_empty_searchset(face: Face) -> None:
    bundle = (await face.get("Observation")).json
    assert (bundle["total"], "entry" in bundle) == (0, False)


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        ("2823-3", ["Potassium"]),
        ("http://loinc.org|2823-3", ["Potassium"]),
        ("urn:oid:1.2.250.1.999.9|K", ["Potassium"]),
        ("http://loinc.org|K", []),
        ("|2823-3", []),
        ("http://loinc.org|", ["Potassium", "CRP"]),
        ("2823-3,1988-5", ["Potassium", "CRP"]),
        ("2823-3&code=1988-5", []),
        ("inconnu", []),
    ],
)
async def test_code_chooses_results(face: Face, code: str, labels: list[str]) -> None:
    await face.site.file([POTASSIUM, CRP])
    bundle = (await face.get(f"Observation?code={code}")).json
    assert [entry["resource"]["code"]["text"] for entry in bundle.get("entry", [])] == labels
    assert bundle["total"] == len(labels)


@pytest.mark.parametrize("kind", ["DocumentReference", "Observation?code=2823-3", "Observation"])
async def test_next_links_lead_through_everything_once(face: Face, kind: str) -> None:
    for _ in range(5):
        await face.site.file([POTASSIUM])
    seen: list[str] = []
    path = f"{kind}{'&' if '?' in kind else '?'}_count=2"
    for _ in range(3):
        bundle = (await face.get(path)).json
        seen += [entry["resource"]["id"] for entry in bundle["entry"]]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        path = links.get("next", "").removeprefix(f"{BASE}/")
    assert (len(set(seen)), path) == (5, "")


async def test_count_of_zero_gives_the_total_alone(face: Face) -> None:
    await face.site.file([POTASSIUM])
    bundle = (await face.get("Observation?_count=0")).json
    assert (bundle["total"], bundle.get("entry")) == (1, None)


@pytest.mark.parametrize("query", ["_count=-1", "_count=x", "_offset=１", "_count=99999999999"])
async def test_senseless_page_is_refused(face: Face, query: str) -> None:
    answer = await face.get(f"DocumentReference?{query}")
    assert (answer.status, answer.json["issue"][0]["code"]) == (400, "invalid")


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(("token", "scheme"), [("", "Bearer"), ("x" * 43, "Bearer"), ("x" * 5000, "Bearer")])
async def test_no_resource_without_a_token_that_counts(face: Face, token: str, scheme: str) -> None:
    for path in ("DocumentReference", "Observation/1-0", "Binary/1-pdf", "Patient"):
        answer = await face.get(path, token=token, scheme=scheme)
        assert (answer.status, answer.json["issue"][0]["code"]) == (401, "login")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_token_of_another_scheme_does_not_count(face: Face) -> None:
    assert (await face.get("DocumentReference", scheme="Basic")).status == 401


async def test_token_ends_with_its_time_and_with_its_space(face: Face) -> None:
    assert (await face.get("DocumentReference")).status == 200
    await face.site.at.store.write(lambda tx: move_space(tx, face.site.camille.vault, SpaceState.CLOSED))
    assert (await face.get("DocumentReference")).status == 401
    await face.site.at.store.write(lambda tx: move_space(tx, face.site.camille.vault, SpaceState.ACTIVE))
    face.site.at.clock.advance(timedelta(days=1))
    assert (await face.get("DocumentReference")).status == 401


async def test_resources_of_another_space_are_not_found(face: Face) -> None:
    document = await face.site.file([POTASSIUM], space=face.site.louis)
    for path in ("DocumentReference/{:x}", "Observation/{:x}-0", "Binary/{:x}-pdf"):
        answer = await face.get(path.format(document.id))
        assert (answer.status, answer.json["issue"][0]["code"]) == (404, "not-found")
    assert (await face.get("DocumentReference")).json["total"] == 0


NOTHING = (
    "Patient", "DocumentReference/0", "DocumentReference/ffffffffffffffff", "Observation/zz-0", "Observation/1-00",
    "Binary/1",
)  # fmt: skip


@pytest.mark.parametrize("path", NOTHING)
async def test_what_is_not_there_is_not_found(face: Face, path: str) -> None:
    assert (await face.get(path)).status == 404


async def test_result_beyond_the_last_is_not_found(face: Face) -> None:
    document = await face.site.file([POTASSIUM])
    assert (await face.get(f"Observation/{document.id:x}-1")).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_changed(face: Face, method: str) -> None:
    answer = await face.get("DocumentReference", method=method)
    assert (answer.status, answer.json["resourceType"]) == (405, "OperationOutcome")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(("error", "status"), [(StoreUnavailable("disk"), 503), (RuntimeError("secret detail"), 500)])
async def test_failure_is_an_outcome_that_says_nothing_of_its_cause(
    face: Face, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(face.site.queries), "documents", fails)
    answer = await face.get("DocumentReference")
    assert (answer.status, answer.json["resourceType"]) == (status, "OperationOutcome")
    assert str(error).encode() not in answer.body


async def test_answers_are_not_kept_nor_sniffed(face: Face) -> None:
    for path in ("metadata", "DocumentReference", "Patient"):
        headers = (await face.get(path)).headers
        assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
        assert "Server" not in headers


# ---------------------------------------------------------------- trace


async def test_every_reading_leaves_its_line(face: Face) -> None:
    document = await face.site.file([POTASSIUM])
    for path in ("DocumentReference", "DocumentReference/{:x}", "Observation", "Observation/{:x}-0", "Binary/{:x}-pdf"):
        assert (await face.get(path.format(document.id))).status == 200
    named = (f"document:{document.id:x}",)
    for action, count in (("documents.listed", 1), ("document.read", 1), ("results.read", 2), ("document.opened", 1)):
        assert [event.objects for event in await face.site.trace(action)] == [named] * count


async def test_refused_reading_leaves_no_line(face: Face) -> None:
    await face.get(f"DocumentReference/{a_number():x}")
    await face.get("DocumentReference", token="faux")
    assert await face.site.trace("document.read") == await face.site.trace("documents.listed") == []


async def test_programs_reading_is_not_the_patients(face: Face) -> None:
    await face.site.file([POTASSIUM])
    await face.get("Observation")
    assert await face.site.at.store.read(lambda tx: tx.documents.unseen(face.site.camille.vault, Audience.PATIENT)) == 1
