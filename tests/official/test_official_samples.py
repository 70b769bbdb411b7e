"""The national agency's own examples, each compared with an independent reading by plain XPath (STD §4.1)."""

import base64
import hashlib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from dossier_bridge.cda.reader import CdaDocument, read_cda
from gateway.domain.document import ResultValue
from tests.builders.official import official_samples

HL7 = {"h": "urn:hl7-org:v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
Measured = tuple[str, str, str, str, str]
"""Examination code, comparator, number, unit and time, as texts."""

EXPECTED_NAMES = frozenset(
    {
        "BIO-CR-BIO_2021.01_Auto-Presentable", "BIO-CR-BIO_2021.01_CDA-R2-Niveau-1",
        "BIO-CR-BIO_2024.01_CR-2nde-intention-PDF", "BIO-CR-BIO_2024.01_CRP_non_LOINC",
        "BIO-CR-BIO_2024.01_Electrophorese", "BIO-CR-BIO_2024.01_Glycemie_mole",
        "BIO-CR-BIO_2024.01_Microbiologie_V2", "BIO-CR-BIO_2024.01_TSH_1", "BIO-TROD_2024.01_Angine",
        "CNAM-HR_2021.01", "CSE-MDE_2023.01", "DOC_NON_STRUCTURE_CDA-R2-N1", "IMG_CR_IMG_2024.01",
        "LDL-SES_2022.01", "OBP-SCM_2024.01", "TLM-CR_2022.01", "VAC_2023.01", "VSM_1.4_2022.01",
        "eDISP-MED_2024.01", "eP-MED-DM_2024.01_PosoStruct",
    }
)  # fmt: skip


class Oracle:
    """A second, slower reading of the same file that shares no code with the reader."""

    def __init__(self, path: Path) -> None:
        tree = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
        self.root = self.select(tree, "//h:ClinicalDocument")[0]

    def select(self, node: object, path: str) -> list[etree._Element]:
        found = node.xpath(path, namespaces=HL7)  # type: ignore[attr-defined]  # trees and elements both have it
        assert isinstance(found, list)
        return found

    def texts(self, path: str, node: etree._Element | None = None) -> list[str]:
        found = (self.root if node is None else node).xpath(path, namespaces=HL7)
        assert isinstance(found, list)
        return [str(text) for text in found]

    def text(self, path: str, node: etree._Element | None = None) -> str:
        return next(iter(self.texts(path, node)), "")

    def numeric_observations(self) -> list[etree._Element]:
        kinds = ("PQ", "REAL", "INT", "IVL_PQ")
        types = " or ".join(f"substring-after(@xsi:type, ':')='{k}' or @xsi:type='{k}'" for k in kinds)
        return self.select(self.root, f".//h:observation[h:value[{types}]]")

    def is_recalled(self, observation: etree._Element) -> bool:
        return bool(self.select(observation, "parent::h:entryRelationship[@typeCode='REFR']/parent::h:observation"))

    def measured(self, observation: etree._Element) -> Measured:
        # The innermost time that is given: an organizer's holds for its observations.
        within = "ancestor-or-self::*[self::h:observation or self::h:organizer]/h:effectiveTime/@value"
        code, time = self.text("h:code/@code", observation), self.text(f"({within})[last()]", observation)
        low, high = self.texts("h:value/h:low/@value", observation), self.texts("h:value/h:high/@value", observation)
        if not low and not high:
            return code, "", self.text("h:value/@value", observation), self.text("h:value/@unit", observation), time
        tag, sign = ("high", "<") if high else ("low", ">")
        closed = self.text(f"h:value/h:{tag}/@inclusive", observation) == "true"
        unit = self.text(f"h:value/h:{tag}/@unit", observation)
        return code, sign + "=" * closed, (high or low)[0], unit, time


def as_measured(code: str, value: ResultValue, time: str) -> Measured:
    return code, value.comparator, str(value.number), value.unit, time


@pytest.fixture(params=official_samples(), ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest) -> tuple[Oracle, CdaDocument]:
    path: Path = request.param
    return Oracle(path), read_cda(path.read_bytes())


def test_all_twenty_official_samples_are_there() -> None:
    assert {path.stem for path in official_samples()} >= EXPECTED_NAMES


def test_type_and_date_are_those_of_the_header(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    time = read.entry.effective_time
    assert (read.entry.type_code, read.entry.type_code_system, time.text if time else "") == (
        oracle.text("h:code/@code"),
        oracle.text("h:code/@codeSystem"),
        oracle.text("h:effectiveTime/@value"),
    )
    assert time is not None
    assert time.instant is not None


def test_identifiers_and_version_are_those_of_the_header(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    assert read.entry.unique_id == oracle.text("h:id/@root")
    assert read.entry.set_id == oracle.text("h:setId/@root")
    assert str(read.entry.version) == oracle.text("h:versionNumber/@value")
    assert list(read.entry.replaces) == oracle.texts("h:relatedDocument[@typeCode='RPLC']//h:id/@root")


def test_first_author_is_the_one_named(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    author = read.entry.authors[0]
    given = oracle.text("h:author[1]//h:assignedPerson/h:name/h:given/text()").strip()
    family = oracle.text("h:author[1]//h:assignedPerson/h:name/h:family/text()").strip()
    device = oracle.text("h:author[1]//h:softwareName/text()").strip()
    assert author.name == (f"{given} {family}".strip() or device)
    assert author.identifiers[0][1] == oracle.text("h:author[1]/h:assignedAuthor/h:id/@extension")
    assert author.organisation == oracle.text("h:author[1]//h:representedOrganization/h:name/text()").strip()


def test_patient_has_the_identifiers_and_traits_of_the_record_target(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    patient = read.entry.patient
    role = "h:recordTarget/h:patientRole"
    roots, values = oracle.texts(f"{role}/h:id/@root"), oracle.texts(f"{role}/h:id/@extension")
    assert list(patient.identifiers) == list(zip(roots, values, strict=True))
    assert patient.birth_name == oracle.text(f"{role}//h:family[@qualifier='BR']/text()")
    assert patient.given_names[0] == oracle.text(f"{role}//h:given[@qualifier='BR']/text()")
    assert str(patient.birth_date).replace("-", "") == oracle.text(f"{role}//h:birthTime/@value")
    assert patient.sex is not None
    assert patient.sex.value == oracle.text(f"{role}//h:administrativeGenderCode/@code")


def test_every_pdf_and_image_is_extracted_whole(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    expected = Counter(
        hashlib.sha256(base64.b64decode("".join(str(t) for t in node.itertext()))).hexdigest()
        for node in oracle.select(oracle.root, ".//*[@representation='B64']")
    )
    files = [*([read.presentation] if read.presentation else []), *read.media]
    assert Counter(hashlib.sha256(file.data).hexdigest() for file in files) == expected


def test_copy_of_the_document_is_its_presentation(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    copies = oracle.select(
        oracle.root,
        ".//h:section[h:code/@code='55108-5']//h:value[@mediaType='application/pdf']|.//h:nonXMLBody/h:text",
    )
    if copies:
        expected = base64.b64decode("".join(str(t) for t in copies[0].itertext()))
        assert read.presentation is not None
        assert read.presentation.data == expected


def test_every_number_is_read_with_its_unit_and_time(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    expected = Counter(oracle.measured(o) for o in oracle.numeric_observations() if not oracle.is_recalled(o))
    found = Counter(
        as_measured(r.code, r.value, r.time.text if r.time else "") for r in read.results if r.value.is_numeric
    )
    assert found == expected


def test_every_recalled_number_stays_with_the_result_that_recalls_it(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    expected = Counter(oracle.measured(o) for o in oracle.numeric_observations() if oracle.is_recalled(o))
    found = Counter(
        as_measured(r.code, e.value, e.time.text if e.time else "") for r in read.results for e in r.earlier
    )
    assert found == expected


def test_every_range_is_read(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample

    def number(path: str, node: etree._Element) -> Decimal | None:
        text = oracle.text(path, node)
        return Decimal(text) if text else None

    expected = Counter(
        (
            oracle.text("ancestor::h:observation[1]/h:code/@code", node),
            number("h:value/h:low/@value", node),
            number("h:value/h:high/@value", node),
            oracle.text("h:interpretationCode/@code", node),
        )
        for node in oracle.select(oracle.root, ".//h:observationRange")
    )
    found = Counter((r.code, g.low, g.high, g.interpretation) for r in read.results for g in r.ranges)
    assert found == expected


def test_every_interpretation_is_read(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    expected = Counter(
        (oracle.text("../h:code/@code", node), node.get("code", ""))
        for node in oracle.select(oracle.root, ".//h:observation/h:interpretationCode")
    )
    assert Counter((r.code, mark) for r in read.results for mark in r.interpretation) == expected


def test_every_second_unit_is_read(sample: tuple[Oracle, CdaDocument]) -> None:
    oracle, read = sample
    expected = Counter(
        (node.get("value", ""), node.get("code", ""))
        for node in oracle.select(oracle.root, ".//h:observation/h:value/h:translation")
    )
    assert Counter((r.second.text, r.second.unit) for r in read.results if r.second) == expected


def test_no_result_is_without_a_label(sample: tuple[Oracle, CdaDocument]) -> None:
    _, read = sample
    assert all(result.label and result.label != "Résultat" for result in read.results)


def test_samples_hold_a_hundred_numbers_so_that_the_comparison_means_something() -> None:
    found = [r for path in official_samples() for r in read_cda(path.read_bytes()).results]
    assert sum(r.value.is_numeric + sum(e.value.is_numeric for e in r.earlier) for r in found) >= 100
