"""A report sent by SMTP says on its page, and to a program, what the laboratory said (STD §4.2)."""

import base64
import html
import re
from typing import Any

import pytest

from tests.builders.cda_markup import (
    QUANTITY,
    commented,
    entries,
    observed,
    ranged,
    report_with_body,
    sampled,
    section,
)
from tests.builders.gateway_mail import LILAS, a_report_on, relay, with_attachments
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in
from tests.journeys.test_withheld_documents import fhir

pytestmark = pytest.mark.xdist_group("gateway")
Resource = dict[str, Any]  # Any: JSON of a FHIR resource
_TAG = re.compile(r"<[^>]*>")


async def read(site: GatewaySite, patient: Patient, sections: str, **report: object) -> tuple[str, list[Resource]]:
    """Send a report, and give the words of its page and its results as a program has them."""
    document = report_with_body(a_report_on(patient, results=(), **report), sections)
    sent = with_attachments(LILAS, patient, ("cr.xml", "text/xml", document))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (filed,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        page = await browser.get(f"/documents/{filed.id:x}")
    _, found = await fhir(site, patient, "Observation")
    resources = [entry["resource"] for entry in found.get("entry", ())]
    words = " ".join(html.unescape(_TAG.sub(" ", page)).split())
    return words, sorted(resources, key=lambda one: int(one["id"].rpartition("-")[2]))


async def test_each_antibiotic_stands_under_its_germ(site: GatewaySite, patient: Patient) -> None:
    def strain(germ: str, mark: str) -> str:
        tried = observed(f'{QUANTITY}<interpretationCode code="{mark}"/>', code='code="2" displayName="Amoxicilline"')
        return f"<organizer>{sampled(germ, 'MIC')}<component>{tried}</component></organizer>"

    act = "".join(
        f"<entryRelationship>{part}</entryRelationship>"
        for part in (f"<procedure>{sampled('Urine')}</procedure>", strain("E. coli", "R"), strain("E. faecalis", "S"))
    )
    words, found = await read(site, patient, section(entries(f"<act>{act}</act>"), title="Bactériologie"))
    order = [words.index(part) for part in ("E. coli", "Urine", "Résistant", "E. faecalis", "Sensible")]
    assert order == sorted(order)
    first, under_it, second, under_that = found
    assert first["hasMember"] == [{"reference": f"Observation/{under_it['id']}"}]
    assert second["hasMember"] == [{"reference": f"Observation/{under_that['id']}"}]
    assert {one["specimen"]["display"] for one in found} == {"Urine"}


async def test_results_of_one_name_are_told_apart(site: GatewaySite, patient: Patient) -> None:
    glucose, pressure = 'code="2345-7" displayName="Glucose"', 'code="8716-3" displayName="Pression"'

    def eye(side: str) -> str:
        qualifier = f'<qualifier><value code="{side}"/></qualifier>'
        return f'<targetSiteCode code="81745001" displayName="Œil">{qualifier}</targetSiteCode>{QUANTITY}'

    parts = "".join(section(entries(observed(code=glucose)), title=title) for title in ("Sang", "Urine", "LCR"))
    both = entries(*(observed(eye(side), code=pressure) for side in ("7771000", "24028007")))
    words, found = await read(site, patient, section(inner=parts) + section(both, title="Ophtalmologie"))
    table = words.partition("Position")[2].partition("Texte du compte rendu")[0]
    assert [table.count(part) for part in ("Sang", "Urine", "LCR", "Œil, gauche", "Œil, droite")] == [1] * 5
    assert [one["category"][1]["text"] for one in found[:3]] == [f"Biochimie · {x}" for x in ("Sang", "Urine", "LCR")]
    assert [one["bodySite"]["text"] for one in found[3:]] == ["Œil, gauche", "Œil, droite"]


async def test_what_is_said_beside_the_value_is_read(site: GatewaySite, patient: Patient) -> None:
    earlier = f'<effectiveTime value="20250302"/>{QUANTITY.replace("5.8", "4.8")}'
    inside = (
        '<value xsi:type="PQ" value="5.8" unit="mmol/L"><translation value="1.05" code="g/L"/></value>'
        '<methodCode displayName="Hexokinase"/>'
        f'<entryRelationship typeCode="REFR">{observed(earlier)}</entryRelationship>'
    )
    act = "".join(
        f"<entryRelationship>{part}</entryRelationship>" for part in (observed(inside), commented("Contrôlé deux fois"))
    )
    concluded = section(narrative="Bilan rassurant.", title="Conclusion")
    words, (found,) = await read(site, patient, section(entries(f"<act>{act}</act>")) + concluded)
    said = ("soit 1,05 g/L", "Hexokinase", "Valeur antérieure : 4,8 mmol/L le 2 mars 2025", "Contrôlé deux fois")
    assert [part for part in (*said, "Conclusion Bilan rassurant.") if part not in words] == []
    notes = " ".join(note["text"] for note in found["note"]).replace("\u00a0", " ")
    assert [part for part in (*said[2:], "Bilan rassurant.") if part not in notes] == []
    assert found["component"][0]["valueQuantity"]["value"] == 1.05
    assert found["method"]["text"] == "Hexokinase"


@pytest.mark.parametrize(
    ("inside", "attributes", "said", "status"),
    [
        ('<statusCode code="active"/>', "", "En attente", "registered"),
        ("", 'moodCode="RQO"', "En attente", "registered"),
        (f'<statusCode code="cancelled"/>{QUANTITY}', "", "Annulé", "cancelled"),
        (f'<statusCode code="nullified"/>{QUANTITY}', "", "Retiré par le laboratoire", "entered-in-error"),
        (f'<statusCode code="held"/>{QUANTITY}', "", "Suspendu", "registered"),
        (QUANTITY, 'negationInd="true"', "Absent", "final"),
    ],
)
async def test_result_that_does_not_stand_is_said_so(
    site: GatewaySite, patient: Patient, inside: str, attributes: str, said: str, status: str
) -> None:
    inside += ranged("3.9", "5.0") + '<interpretationCode code="HH"/>'
    words, (found,) = await read(site, patient, section(entries(observed(inside, attributes))))
    assert said in words
    assert "au-dessus" not in words.replace("dedans au-dessus au-dessous", "")
    assert (found["status"], "interpretation" in found) == (status, False)


async def test_result_without_a_value_says_why(site: GatewaySite, patient: Patient) -> None:
    missing = observed('<value xsi:type="PQ" nullFlavor="UNK" unit="null"/>')
    words, (found,) = await read(site, patient, section(entries(missing)))
    assert "Examen Non disponible (résultat inconnu)" in words
    assert "null" not in words
    assert found["dataAbsentReason"]["coding"][0]["code"] == "unknown"


async def test_ranges_marks_and_units_are_read_as_people_write_them(site: GatewaySite, patient: Patient) -> None:
    several = observed(QUANTITY + ranged("1.1", "2.2") + ranged("3.3", "4.4"))
    excluded = observed(QUANTITY + ranged("3.9", "5.8").replace("<high", '<high inclusive="false"'))
    inverted = observed(QUANTITY + ranged("9.9", "8.8"))
    women = '<precondition><criterion><value xsi:type="CE" code="F" codeSystem="2.16.840.1.113883.5.1"/></criterion>'
    own = observed(QUANTITY + ranged("1.5", "2.5") + ranged("4.5", "6.5", f"{women}</precondition>"))
    detected = observed('<value xsi:type="ST">ADN</value><interpretationCode code="DET"/>')
    cells = '<value xsi:type="PQ" value="120000" unit="10^9/L"/>'
    bounds = '<low value="100000" unit="10*9/L"/><high value="150000" unit="10*9/L"/>'
    thousands = observed(cells + re.sub(r"<low.*?/><high.*?/>", bounds, ranged("1", "2")))
    body = section(entries(several, excluded, inverted, own, detected, thousands))
    words, found = await read(site, patient, body)
    said = (
        "1,1 à 2,2 mmol/L ; 3,3 à 4,4 mmol/L", "à partir de 3,9 et moins de 5,8 mmol/L", "(bornes inversées)",
        "femme : 4,5 à 6,5 mmol/L", "Détecté", "120 000 ×10⁹/L", "100 000 à 150 000 ×10⁹/L",
    )  # fmt: skip
    assert [part for part in said if part not in words] == []
    assert len(found[0]["referenceRange"]) == 2
    assert found[4]["interpretation"][0]["coding"][0]["code"] == "DET"


async def test_name_is_never_the_value_and_words_are_never_glued(site: GatewaySite, patient: Patient) -> None:
    told = "<originalText><reference value='#v'/></originalText>"
    named = f'<observation><code code="2951-2" displayName="Sodium">{told}</code>{QUANTITY}</observation>'
    words_value = "<value xsi:type='ST'><reference value='#w'/></value>"
    narrative = "<table><tr><td>Na</td><td ID='v'>5.8</td></tr></table><paragraph ID='w'>140<br/>10 fois</paragraph>"
    body = section(entries(named, observed(words_value)), narrative)
    words, found = await read(site, patient, body)
    assert [one["code"]["text"] for one in found] == ["Sodium", "Examen"]
    assert found[1]["valueString"] == "140 · 10 fois"
    assert "14010" not in words


async def test_weight_is_a_measure_and_no_result_of_a_laboratory(site: GatewaySite, patient: Patient) -> None:
    weight = observed('<value xsi:type="PQ" value="72" unit="kg"/>', code='code="29463-7" displayName="Poids"')
    body = section(entries(weight), title="Signes vitaux")
    words, (found,) = await read(site, patient, body)
    assert re.search(r"Mesures .*Poids 72 kg", words)
    assert "Résultats" not in words
    assert found["category"][0]["coding"][0]["code"] == "vital-signs"


async def test_long_names_unusual_types_and_several_values_are_read(site: GatewaySite, patient: Patient) -> None:
    long = 'code="2345-7" displayName="Glucose [Masse/Volume] Sérum/Plasma ; Numérique"'
    uncertain = '<value xsi:type="PPD_PQ" value="5.9" unit="mmol/L"/>'
    several = '<value xsi:type="ST">Levures</value><value xsi:type="ST">Filaments</value>'
    words, found = await read(site, patient, section(entries(observed(uncertain, code=long), observed(several))))
    assert "Glucose , voir l’évolution Sérum ou plasma 5,9 mmol/L" in words
    assert [one.get("valueString") for one in found[1:]] == ["Levures", "Filaments"]
    assert found[0]["specimen"]["display"] == "sérum ou plasma"


async def test_mark_of_the_laboratory_that_differs_from_the_range_is_explained(
    site: GatewaySite, patient: Patient
) -> None:
    inside = f'{QUANTITY}<interpretationCode code="N"/>{ranged("3.9", "5.0")}'
    words, _ = await read(site, patient, section(entries(observed(inside))))
    assert "Le laboratoire dit cette valeur normale, bien qu’elle soit hors de l’intervalle." in words


async def test_title_that_is_the_type_stands_once(site: GatewaySite, patient: Patient) -> None:
    words, _ = await read(site, patient, section(entries(observed())), title="Compte rendu d'examens biologiques")
    head = words.partition("Documents Compte")[2].partition("Date du document")[0]
    assert head.count("rendu d'examens biologiques") == 1


async def test_picture_of_a_report_is_seen_in_its_place(site: GatewaySite, patient: Patient) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(40)
    value = f'<value mediaType="image/png" representation="B64">{base64.b64encode(png).decode()}</value>'
    media = f'<observationMedia ID="courbe">{value}</observationMedia>'
    narrative = '<paragraph>Voir <renderMultiMedia referencedObject="courbe"/></paragraph>'
    document = report_with_body(a_report_on(patient, results=()), section(entries(media), narrative))
    sent = with_attachments(LILAS, patient, ("cr.xml", "text/xml", document))
    assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    (filed,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        shown = re.search(r'Voir <img src="([^"]+)"', html.unescape(await browser.get(f"/documents/{filed.id:x}")))
        assert shown is not None
        assert await browser.file(shown[1]) == ("image/png", png)


async def test_list_tells_reports_of_one_title_apart(site: GatewaySite, patient: Patient) -> None:
    for name, value in (("Glucose", "9.8"), ("Sodium", "5.8")):
        measured = QUANTITY.replace("5.8", value) + ranged("3.9", "6.1")
        body = section(entries(observed(measured, code=f'code="1-8" displayName="{name}"')))
        document = report_with_body(a_report_on(patient, results=()), body)
        sent = with_attachments(LILAS, patient, ("cr.xml", "text/xml", document))
        assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
        site.settle()
    async with signed_in(site, patient) as browser:
        words = " ".join(html.unescape(_TAG.sub(" ", await browser.get("/documents"))).split())
    assert "Laboratoire des Exemples Sodium Date" in words
    assert "Laboratoire des Exemples Glucose Hors intervalle : Glucose Date" in words
