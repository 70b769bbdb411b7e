"""What is read of a CDA for the profile and for the history of care, section by section, and what is left out."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossier_bridge.cda.reader import read_cda
from dossier_bridge.reading import read_attachments
from dossier_bridge.sandbox.frames import decode_outcome, encode_outcome
from dossier_bridge.sandbox.octets import LENGTHS
from dossier_bridge.synthetic import SyntheticReport
from gateway.domain.brought import MOST_BROUGHT, Brought
from gateway.domain.care_history import MOST_LINES, CareKind
from gateway.domain.errors import MalformedContent
from gateway.domain.profile import ProfileSection
from tests.builders.brought import (
    WHOLE,
    a_summary,
    allergy,
    coded_section,
    handed_out,
    operation,
    treatment,
)
from tests.builders.clinical import a_patient, a_request

REPORT = SyntheticReport(patient=a_patient(), results=(), type_code="SYNTH")
DISPENSING = replace(REPORT, type_code="60593-1", effective_time="20261103101500+0100")


def brought(sections: str, report: SyntheticReport = REPORT) -> Brought:
    return read_cda(a_summary(report, sections)).brought


def test_every_section_gives_its_entries_and_nothing_that_is_denied_or_nameless() -> None:
    said = [(one.section, one.fields) for one in brought(WHOLE).entries]
    assert said == [
        (
            ProfileSection.VACCINATIONS,
            {"nom": "Vaccin tétanique", "date": "2009-09-28", "par": "Charles Muller", "lot": "4456668"},
        ),
        (ProfileSection.ALLERGIES, {"nom": "Pénicilline", "debut": "2018-06-03"}),
        (
            ProfileSection.ALLERGIES,
            {"nom": "Latex", "debut": "2018-06-03", "remarque": "Selon le document : Inactif"},
        ),
        (ProfileSection.ILLNESSES, {"nom": "Asthme", "nom_code": "J45", "debut": "2004"}),
        (ProfileSection.HISTORY, {"nom": "Appendicectomie", "date": "1998-05"}),
        (ProfileSection.FAMILY, {"nom": "Diabète", "parent": "mere"}),
        (ProfileSection.TREATMENTS, {"nom": "Plavix 75 mg", "debut": "2019-08-11"}),
    ]


def test_what_a_pharmacy_handed_out_is_one_act_of_its_day() -> None:
    (act,) = brought(coded_section("60590-7", handed_out(), handed_out("Pommade", "1")), DISPENSING).acts
    assert (act.kind, act.day) == (CareKind.DISPENSING, "2026-11-03")
    assert act.lines == (("Paracétamol 500 mg", "2"), ("Pommade", "1"))
    assert not brought(coded_section("60590-7", handed_out())).acts  # in another document it was not handed out


def test_reimbursements_are_acts_told_apart_by_day_and_section() -> None:
    sections = coded_section("29554-3", operation("T.S.H.", "20261002"), title="Biologie") + coded_section(
        "29554-3", operation("Consultation", "20261001"), operation("Sans jour", "2026"), title="Soins"
    )
    acts = brought(sections, replace(REPORT, type_code="REMB")).acts
    assert [(act.kind, act.day, act.lines[0][0]) for act in acts] == [
        (CareKind.BIOLOGY, "2026-10-02", "T.S.H."), (CareKind.VISIT, "2026-10-01", "Consultation"),
    ]  # fmt: skip


def test_vital_signs_are_measures_in_a_unit_that_is_typed() -> None:
    def sign(code: str, value: str, unit: str) -> str:
        quantity = f'<value xsi:type="PQ" value="{value}" unit="{unit}"/>'
        return f'<component><observation><code code="{code}"/>{quantity}</observation></component>'

    signs = sign("29463-7", "3900", "g") + sign("8480-6", "128", "mm[Hg]") + sign("8462-4", "79", "mm[Hg]")
    organizer = f'<organizer><effectiveTime value="20210211"/>{signs}{sign("1-8", "5", "mmol/L")}</organizer>'
    weight, pressure = (one.fields for one in brought(coded_section("8716-3", organizer)).entries)
    assert weight == {"mesure": "poids", "unite": "kg", "jour": "2021-02-11", "valeur": "3.9"}
    assert pressure == {
        "mesure": "tension", "unite": "mm[Hg]", "jour": "2021-02-11", "valeur": "128", "valeur_2": "79",
    }  # fmt: skip


def test_no_document_brings_more_than_so_much() -> None:
    assert len(brought(coded_section("48765-2", *[allergy()] * (MOST_BROUGHT + 9))).entries) == MOST_BROUGHT
    (act,) = brought(coded_section("60590-7", *[handed_out()] * (MOST_LINES + 9)), DISPENSING).acts
    assert len(act.lines) == MOST_LINES
    long = brought(coded_section("10160-0", treatment("x" * 5_000))).entries[0].fields["nom"]
    assert len(long) == 200


def test_it_comes_through_the_sandbox_as_it_was_read_and_nothing_else_does() -> None:
    request = a_request(("SYNTHESE.xml", a_summary(REPORT)))
    outcome = read_attachments(request)
    assert outcome.documents[0].brought
    frame = memoryview(b"".join(encode_outcome(outcome, request)))
    head, _ = LENGTHS.unpack(frame[: LENGTHS.size])
    content = frame[LENGTHS.size :]
    assert decode_outcome(content[:head], content[head:], request) == outcome
    for wrong in (b'"section":"nulle-part"', b'"section":5'):
        forged = bytes(content[:head]).replace(b'"section":"vaccinations"', wrong)
        with pytest.raises(MalformedContent):
            decode_outcome(memoryview(forged), content[head:], request)


_TAGS = [
    "act", "observation", "procedure", "substanceAdministration", "supply", "organizer", "entryRelationship", "code",
    "value", "name", "effectiveTime", "low", "consumable", "manufacturedProduct", "manufacturedMaterial",
    "participant", "participantRole", "playingEntity", "performer", "assignedEntity", "subject", "quantity", "product",
]  # fmt: skip
_attributes = st.dictionaries(
    st.sampled_from(["code", "value", "displayName", "moodCode", "negationInd", "typeCode", "nullFlavor"]),
    st.sampled_from(["EVN", "20091301", "99999999", "REFR", "inactive", "true", "é" * 300, ""]),
    max_size=3,
)


def _written(tag: str, attributes: dict[str, str], inside: list[str]) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{said}>{''.join(inside)}</{tag}>"


_nodes = st.recursive(
    st.builds(_written, st.sampled_from(_TAGS), _attributes, st.just([])),
    lambda inner: st.builds(_written, st.sampled_from(_TAGS), _attributes, st.lists(inner, max_size=4)),
    max_leaves=12,
)
_codes = st.sampled_from(
    ["11369-6", "48765-2", "11450-4", "47519-4", "10157-6", "10160-0", "60590-7", "29554-3", "8716-3"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(nodes=st.lists(_nodes, max_size=4), code=_codes, kind=st.sampled_from(["SYNTH", "REMB", "60593-1"]))
def test_any_markup_brings_named_entries_or_none(nodes: list[str], code: str, kind: str) -> None:
    found = brought(coded_section(code, *nodes), replace(REPORT, type_code=kind))
    assert all(one.fields.get("nom") or one.fields["mesure"] for one in found.entries)
    assert all(label for act in found.acts for label, _ in act.lines)
