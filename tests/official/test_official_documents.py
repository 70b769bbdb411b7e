"""The national agency's own examples, the whole way: import of the patient, SMTP, identity, dossier, receipt.

One in eight of those files has a wrong INS key (STD §3.2): such an address is refused, whatever else is right.
What the dossier holds is compared with a reading by plain XPath that shares no code with the readers.
"""

import base64
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from dossier_bridge.synthetic import Submitted, claimed, xdm_archive
from gateway.domain.dossier import ORIGINAL, READABLE
from gateway.domain.identity import BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.space import SpaceState
from gateway.services.space.patients_file import COLUMNS
from tests.builders.gateway_inbox import disposition, receipts
from tests.builders.gateway_mail import LILAS, letter, relay, with_attachments, xdm
from tests.builders.gateway_site import GatewaySite, Patient, serving
from tests.builders.official import official_samples

pytestmark = pytest.mark.xdist_group("gateway")
HL7 = {"h": "urn:hl7-org:v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
ROLE = "h:recordTarget/h:patientRole"
INS_ROOT = "1.2.250.1.213.1.4."
NUMERIC_KINDS = ("PQ", "REAL", "INT", "IVL_PQ")
NUMERIC = " or ".join(f"@xsi:type = '{kind}' or substring-after(@xsi:type, ':') = '{kind}'" for kind in NUMERIC_KINDS)


@dataclass(frozen=True)
class Sample:
    """One official file, as XPath reads it."""

    path: Path
    root: etree._Element

    def texts(self, path: str) -> list[str]:
        found = self.root.xpath(path, namespaces=HL7)
        assert isinstance(found, list)
        return [str(text).strip() for text in found]

    def text(self, path: str) -> str:
        return next(iter(self.texts(path)), "")

    @property
    def ins(self) -> tuple[str, str]:
        """Give root and number."""
        pair = f"{ROLE}/h:id[starts-with(@root, '{INS_ROOT}')]"
        return self.text(f"{pair}/@root"), self.text(f"{pair}/@extension")

    @property
    def has_right_key(self) -> bool:
        _, number = self.ins
        return number[13:].isdigit() and ins_key(number[:13]) == int(number[13:])

    @property
    def patient(self) -> Patient:
        """Give the patient with the document's own traits."""
        names = self.text(f"{ROLE}//h:name/h:given[not(@qualifier)]/text()").split()
        first = self.text(f"{ROLE}//h:given[@qualifier='BR']/text()")
        born = self.text(f"{ROLE}//h:birthTime/@value")
        traits = Traits(
            birth_name=self.text(f"{ROLE}//h:family[@qualifier='BR']/text()"),
            given_names=(first, *(name for name in names if name != first)),
            sex=Sex(self.text(f"{ROLE}//h:administrativeGenderCode/@code")),
            birth_date=BirthDate.parse(f"{born[:4]}-{born[4:6]}-{born[6:8]}"),
            used_name=self.text(f"{ROLE}//h:family[@qualifier='CL']/text()"),
        )
        root, number = self.ins
        return Patient(PatientIdentity(Ins.parse(number), root, traits), SpaceState.ACTIVE, "")

    @property
    def embedded(self) -> set[bytes]:
        """Give every PDF and image inside."""
        nodes = self.root.xpath(".//*[@representation='B64']")
        assert isinstance(nodes, list)
        return {base64.b64decode("".join(str(t) for t in n.itertext())) for n in nodes if isinstance(n, etree._Element)}


def read(path: Path) -> Sample:
    tree = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
    found = tree.xpath("//h:ClinicalDocument", namespaces=HL7)
    assert isinstance(found, list)
    root = found[0]
    assert isinstance(root, etree._Element)
    return Sample(path, root)


@pytest.fixture(params=official_samples(), ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest) -> Sample:
    path: Path = request.param
    return read(path)


# ---------------------------------------------------------------- the worlds they go to


def import_by_command(site: GatewaySite, patients: list[Patient], folder: Path) -> None:
    """Open spaces as an operator does, beside the gateway that serves."""
    with (folder / "patients.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for patient in patients:
            identity, traits = patient.identity, patient.identity.traits
            writer.writerow({
                "ins": identity.ins.value, "ins_oid": identity.ins_oid, "birth_name": traits.birth_name,
                "given_names": ";".join(traits.given_names), "used_name": traits.used_name, "sex": traits.sex.value,
                "birth_date": traits.birth_date, "state": patient.state.value,
            })  # fmt: skip
    command = [sys.executable, "-m", "gateway.cli", "patients", "import", file.name, "--json"]
    config = str(site.world.settings.root / "pli.toml")
    done = subprocess.run([*command, "--config", config], capture_output=True, check=True, timeout=15)
    assert json.loads(done.stdout) == {"created": len(patients), "corrected": 0, "already_there": 0, "left_out": 0}


@pytest.fixture(scope="module")
def homes(site: GatewaySite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[PatientIdentity, GatewaySite]]:
    """Give each person a space: two of the examples bear one number but two names, and so need two gateways."""
    people = {found.patient.identity: found.patient for found in map(read, official_samples()) if found.has_right_key}
    first = {identity.ins: identity for identity in reversed(people)}
    with serving() as second:
        given = {identity: site if first[identity.ins] == identity else second for identity in people}
        here = [people[identity] for identity, home in given.items() if home is site]
        import_by_command(site, here, tmp_path_factory.mktemp("import"))
        second.import_patients(people[identity] for identity, home in given.items() if home is second)
        yield given


def test_official_document_is_filed_by_smtp_or_its_address_refused(
    sample: Sample, site: GatewaySite, homes: dict[PatientIdentity, GatewaySite]
) -> None:
    if sample.has_right_key:
        filed_whole(homes[sample.patient.identity], sample)
        return
    address = f"{sample.ins[1]}@patient.mssante.fr"
    answer = relay(site, LILAS, address, letter(LILAS, address).raw)
    assert (answer.stage, answer.status) == ("RCPT", "550 5.1.3")


def filed_whole(site: GatewaySite, sample: Sample) -> None:
    """Send an official document in an archive, and compare what is filed with what XPath reads."""
    patient, data = sample.patient, sample.path.read_bytes()
    described = Submitted(name="DOC0001.XML", data=data, unique_id=sample.text("h:id/@root"))
    archive = xdm_archive([described], claimed(patient.identity))
    sent = with_attachments(LILAS, patient, xdm(archive))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (told,) = receipts(site, LILAS, sent.message_id)
    assert disposition(told)["disposition"].endswith("; processed")
    (filed,) = [d for d in site.documents(patient) if d.entry.unique_id == sample.text("h:id/@root")]
    time = filed.entry.effective_time
    assert filed.identity_verified
    assert filed.entry.title == sample.text("h:title/text()")
    assert filed.entry.type_code == sample.text("h:code/@code")
    assert (time.text if time else "") == sample.text("h:effectiveTime/@value")
    assert site.file(patient, filed, ORIGINAL) == data
    own = (ORIGINAL, READABLE)
    files = {site.file(patient, filed, file.which) for file in filed.files if file.which not in own}
    assert files == sample.embedded
    results = site.results(patient, filed)
    assert len(results) == filed.result_count
    numbers = [result for result in results if result.value.number is not None]
    earlier = [value for result in results for value in result.earlier]
    assert len(numbers) + len(earlier) == len(sample.texts(f".//h:observation/h:value[{NUMERIC}]"))


def test_document_of_the_other_person_with_that_number_is_refused(homes: dict[PatientIdentity, GatewaySite]) -> None:
    numbers = [identity.ins for identity in homes]
    one, other = (identity for identity in homes if numbers.count(identity.ins) == 2)
    site = homes[one]
    theirs = next(s for s in map(read, official_samples()) if s.has_right_key and s.patient.identity == other)
    before, kept = len(site.documents(theirs.patient)), site.quarantined()
    attached = ("cda.xml", "text/xml", theirs.path.read_bytes())
    sent = with_attachments(LILAS, theirs.patient, attached)
    assert relay(site, LILAS, theirs.patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (told,) = receipts(site, LILAS, sent.message_id)
    assert "[904]" in told["Subject"]
    assert (len(site.documents(theirs.patient)), site.quarantined()) == (before, kept + 1)
