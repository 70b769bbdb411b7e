"""Every kind of value and every place in a report (STD §4.2), on synthetic documents."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from dossier_bridge.cda.reader import read_cda
from dossier_bridge.faults import DocumentLimit
from dossier_bridge.synthetic import SyntheticReport, example_results, laboratory_report
from gateway.domain.document import EarlierValue, LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.timestamp import Timestamp
from tests.builders.clinical import LOINC, a_patient, a_report, a_result

K = ValueKind


def value_in(markup: str) -> ResultValue:
    """Read the value of a report whose only observation holds `markup`."""
    return result_in(f"<value {markup}").value


def result_in(markup: str, narrative: str = "") -> LabResult:
    observation = f'<observation><code code="1-8" displayName="Examen"/>{markup}</observation>'
    return read_cda(body(f"<text>{narrative}</text><entry>{observation}</entry>")).results[0]


def body(section: str) -> bytes:
    written = f"<structuredBody><component><section>{section}</section></component></structuredBody>"
    report = a_report().decode()
    start, end = report.index("<structuredBody"), report.index("</component></ClinicalDocument>")
    return (report[:start] + written + report[end:]).encode()


def as_read(result: LabResult) -> LabResult:
    read = read_cda(laboratory_report(SyntheticReport(patient=a_patient(), results=(result,)))).results
    return read[-1]


@pytest.mark.parametrize(
    "value",
    [
        ResultValue(kind=K.QUANTITY, text="75.0", number=Decimal("75.0"), unit="g/L"),
        ResultValue(kind=K.REAL, text="2.0", number=Decimal("2.0")),
        ResultValue(kind=K.INTEGER, text="3", number=Decimal(3)),
        ResultValue(kind=K.INTERVAL, text="1.0", number=Decimal("1.0"), comparator="<", unit="mg/L"),
        ResultValue(kind=K.INTERVAL, text="1.0", number=Decimal("1.0"), comparator="<=", unit="mg/L"),
        ResultValue(kind=K.INTERVAL, text="0.512", number=Decimal("0.512"), comparator=">", unit="ug/mL"),
        ResultValue(kind=K.INTERVAL, text="0.512", number=Decimal("0.512"), comparator=">=", unit="ug/mL"),
        ResultValue(kind=K.INTERVAL, text="1 – 5", number=Decimal(1), comparator="", unit="/mL", upper=Decimal(5)),
        ResultValue(kind=K.CODED, text="négatif", code="260385009", code_system="2.16.840.1.113883.6.96"),
        ResultValue(kind=K.TEXT, text="aspect trouble"),
        ResultValue(kind=K.RATIO, text="1/128"),
        ResultValue(kind=K.BOOLEAN, text="true"),
        ResultValue(kind=K.TIME, text="20260105"),
        ResultValue(kind=K.ABSENT, null_flavor="UNK"),
    ],
    ids=lambda value: f"{value.kind.value}{value.comparator}",
)
def test_value_is_read_as_it_was_written(value: ResultValue) -> None:
    assert as_read(replace(a_result(), value=value)).value == value


def test_everything_a_result_says_is_read() -> None:
    result = replace(
        a_result(),
        local_code="GLU",
        local_code_system="1.2.250.1.999.9",
        local_label="Glycémie (à jeun)",
        collected=Timestamp("202601050735+0100"),
        second=ResultValue(kind=K.QUANTITY, text="0.94", number=Decimal("0.94"), unit="g/L"),
        ranges=(
            ReferenceRange(
                low=Decimal("3.9"), high=Decimal("6.1"), unit="mmol/L", text="3,9 à 6,1", interpretation="N"
            ),
        ),
        second_range=ReferenceRange(low=Decimal("0.70"), high=Decimal("1.10"), unit="g/L"),
        interpretation=("H", "HH"),
        method="Hexokinase",
        subchapter="Bilan glucidique",
        group="Glycémies",
        group_code="24320-4",
        specimen="Sang",
        organism="Escherichia coli",
        family=1,
        comment="Prélèvement à contrôler",
        earlier=(
            EarlierValue(
                ResultValue(kind=K.QUANTITY, text="5.0", number=Decimal("5.0"), unit="mmol/L"), Timestamp("2025")
            ),
        ),
    )
    assert as_read(result) == result


def test_several_chapters_keep_their_order() -> None:
    results = tuple(replace(a_result(), chapter=f"C{n // 2}", label=f"E{n}") for n in range(6))
    read = read_cda(laboratory_report(SyntheticReport(patient=a_patient(), results=results))).results
    assert [(r.chapter, r.label) for r in read] == [(r.chapter, r.label) for r in results]


def test_synthetic_examples_are_read_as_they_are() -> None:
    results = example_results(11)
    assert read_cda(laboratory_report(SyntheticReport(patient=a_patient(), results=results))).results == results


def test_prefixed_type_is_resolved_as_a_qualified_name() -> None:
    assert value_in('xmlns:c="urn:hl7-org:v3" xsi:type="c:PQ" value="5" unit="g"/>').number == Decimal(5)


def test_type_of_another_namespace_is_not_taken_for_ours() -> None:
    value = value_in('xmlns:c="urn:other" xsi:type="c:PQ" value="5" unit="g"/>')
    assert value.kind is K.TEXT


@pytest.mark.parametrize("kind", ["CE", "CV", "CO", "CS"])
def test_every_coded_type_is_coded(kind: str) -> None:
    assert value_in(f'xsi:type="{kind}" code="P" displayName="présence"/>').text == "présence"


def test_coded_value_without_name_is_its_code() -> None:
    assert value_in('xsi:type="CD" code="P"/>') == ResultValue(kind=K.CODED, text="P", code="P")


def test_coded_value_may_stand_in_the_narrative() -> None:
    value = '<value xsi:type="CD"><originalText><reference value="#v"/></originalText></value>'
    assert result_in(value, '<content ID="v">quelques\n  Gram +</content>').value.text == "quelques Gram +"


def test_encapsulated_text_is_text() -> None:
    assert value_in('xsi:type="ED">&lt;1.0 mg/L</value>') == ResultValue(kind=K.TEXT, text="<1.0 mg/L")


def test_text_by_reference_is_found() -> None:
    value = '<value xsi:type="ED"><reference value="#v"/></value>'
    assert result_in(value, '<content ID="v">voir conclusion</content>').value.text == "voir conclusion"


def test_dangling_reference_gives_an_absent_value() -> None:
    assert result_in('<value xsi:type="ED"><reference value="#nowhere"/></value>').value.kind is K.ABSENT


def test_interval_of_times_is_shown_with_both_ends() -> None:
    value = value_in('xsi:type="IVL_TS"><low value="20260101"/><high value="20260105"/></value>')
    assert value == ResultValue(kind=K.TIME, text="20260101 – 20260105")


def test_interval_given_by_its_centre_is_a_number() -> None:
    assert value_in('xsi:type="IVL_PQ"><center value="4" unit="g"/></value>').number == Decimal(4)


def test_bound_without_a_mark_is_strict() -> None:
    assert value_in('xsi:type="IVL_PQ"><high value="1.0" unit="mg/L"/></value>').comparator == "<"


def test_infinite_bound_is_no_bound() -> None:
    value = value_in('xsi:type="IVL_PQ"><low nullFlavor="NINF"/><high value="1.0" unit="mg/L"/></value>')
    assert (value.comparator, value.number) == ("<", Decimal("1.0"))


def test_ratio_keeps_its_units() -> None:
    value = value_in('xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="2" unit="mL"/></value>')
    assert value.text == "1/2 mL"


def test_value_that_is_no_number_keeps_its_words() -> None:
    value = value_in('xsi:type="PQ" value="env. 5" unit="g/L"/>')
    assert (value.text, value.number, value.unit) == ("env. 5", None, "g/L")


def test_unit_one_is_no_unit() -> None:
    assert value_in('xsi:type="PQ" value="0.9" unit="1"/>').unit == ""


def test_null_value_is_absent() -> None:
    assert value_in('xsi:type="PQ" nullFlavor="NAV"/>').kind is K.ABSENT


@pytest.mark.parametrize(("low", "high"), [("", "5.0"), ("4", ""), ("4", "5.0")])
def test_range_may_have_either_bound(low: str, high: str) -> None:
    given = ReferenceRange(low=Decimal(low) if low else None, high=Decimal(high) if high else None, unit="g/L")
    assert as_read(replace(a_result(), ranges=(given,))).ranges == (given,)


def test_range_in_words_is_kept() -> None:
    markup = (
        '<value xsi:type="CD" displayName="négatif"/><referenceRange><observationRange>'
        '<value xsi:type="CD" displayName="absence"/></observationRange></referenceRange>'
    )
    assert [known.text for known in result_in(markup).ranges] == ["absence"]


def test_label_falls_back_on_the_narrative_then_the_local_code() -> None:
    value = '<value xsi:type="PQ" value="1" unit="g"/>'
    written = f'<code><originalText><reference value="#n"/></originalText></code>{value}'
    section = f'<text><content ID="n">CRP</content></text><entry><observation>{written}</observation></entry>'
    assert read_cda(body(section)).results[0].label == "CRP"
    local = '<code><translation code="X" displayName="Local"/></code>'
    section = f"<entry><observation>{local}{value}</observation></entry>"
    assert read_cda(body(section)).results[0].label == "Local"


def test_observation_without_any_code_still_has_a_label() -> None:
    section = '<entry><observation><value xsi:type="PQ" value="1" unit="g"/></observation></entry>'
    assert read_cda(body(section)).results[0].label == "Résultat"


def test_method_in_brackets_is_unwrapped() -> None:
    assert as_read(replace(a_result(), method="...(Colorimétrie enzymatique)")).method == "Colorimétrie enzymatique"


def test_antibiogram_keeps_its_organism_and_marks() -> None:
    results = tuple(
        replace(a_result(label), organism=organism, group="Antibiogramme", interpretation=(mark,))
        for label, organism, mark in (("Amoxicilline", "E. coli", "R"), ("Amoxicilline", "Proteus", "S"))
    )
    read = read_cda(laboratory_report(SyntheticReport(patient=a_patient(), results=results))).results
    assert [(r.family, r.is_head, r.organism, r.group, r.interpretation) for r in read] == [
        (1, True, "E. coli", "", ()),
        (1, False, "E. coli", "Antibiogramme", ("R",)),
        (2, True, "Proteus", "", ()),
        (2, False, "Proteus", "Antibiogramme", ("S",)),
    ]


def test_time_of_a_group_holds_for_its_results() -> None:
    section = (
        '<entry><organizer><effectiveTime value="2026"/><component><observation><code code="1"/>'
        '<value xsi:type="PQ" value="1" unit="g"/></observation></component></organizer></entry>'
    )
    assert read_cda(body(section)).results[0].time == Timestamp("2026")


def test_observation_referred_to_with_another_code_is_a_result_of_its_own() -> None:
    inner = '<observation><code code="2"/><value xsi:type="PQ" value="2" unit="g"/></observation>'
    outer = (
        '<entry><observation><code code="1"/><value xsi:type="PQ" value="1" unit="g"/>'
        f'<entryRelationship typeCode="REFR">{inner}</entryRelationship></observation></entry>'
    )
    assert [r.code for r in read_cda(body(outer)).results] == ["1", "2"]


def test_copy_of_the_document_inside_it_is_no_result() -> None:
    copy = '<entry><observation><code code="69764-9"/><value xsi:type="PQ" value="1" unit="g"/></observation></entry>'
    assert read_cda(body(copy)).results == ()


def test_outside_a_laboratory_report_only_numbers_are_results() -> None:
    results = (a_result(), replace(a_result(), value=ResultValue(kind=K.TEXT, text="asthme")))
    written = laboratory_report(SyntheticReport(patient=a_patient(), results=results, type_code="SYNTH"))
    written = written.replace(b'<templateId root="1.2.250.1.213.1.1.3.80"/>', b"")
    assert [r.value.kind for r in read_cda(written).results] == [K.QUANTITY]


def test_laboratory_observation_in_another_document_is_a_result() -> None:
    result = replace(a_result(), value=ResultValue(kind=K.TEXT, text="négatif"))
    written = laboratory_report(SyntheticReport(patient=a_patient(), results=(result,), type_code="34112-3"))
    assert read_cda(written).results[0].value.text == "négatif"


def test_too_many_results_pass_a_limit() -> None:
    one = '<entry><observation><code code="1"/><value xsi:type="INT" value="1"/></observation></entry>'
    with pytest.raises(DocumentLimit):
        read_cda(body(one * 5_001))


@pytest.mark.parametrize(
    "repeated", ["<interpretationCode/>", "<referenceRange/>", '<value xsi:type="INT"/>', "<entryRelationship/>"]
)
def test_parts_repeated_without_end_pass_a_limit(repeated: str) -> None:
    section = f'<entry><observation><code code="1"/>{repeated * 101}</observation></entry>'
    with pytest.raises(DocumentLimit):
        read_cda(body(section))


def test_title_that_every_result_repeats_is_cut() -> None:
    result = replace(a_result(), chapter="x" * 100_000)
    assert len(as_read(result).chapter) == 500


def test_words_that_many_results_refer_to_are_read_once_and_cut() -> None:
    one = (
        '<entry><observation><code code="1"><originalText><reference value="#x"/></originalText></code>'
        '<value xsi:type="INT" value="1"/></observation></entry>'
    )
    narrative = f'<text><content ID="x">{"mot " * 50_000}</content></text>'
    read = read_cda(body(narrative + one * 500)).results
    assert len(read[0].local_label) == 16_000
    assert read[0].local_label is read[-1].local_label


@pytest.mark.parametrize("tag", ["component><section", "entry><act"])
def test_deep_nesting_passes_a_limit(tag: str) -> None:
    opened = f"<{tag}>" + "<entryRelationship><act>" * 60 + "</act></entryRelationship>" * 60
    closed = "".join(f"</{part}>" for part in reversed(tag.split("><")))
    if "section" in tag:
        opened, closed = "<component><section>" * 60, "</section></component>" * 60
    with pytest.raises(DocumentLimit):
        read_cda(body(opened + closed))


def test_component_without_section_and_recalled_value_without_value_are_passed_over() -> None:
    recalled = '<entryRelationship typeCode="REFR"><observation><code code="1-8"/></observation></entryRelationship>'
    assert result_in(f'<value xsi:type="INT" value="1"/>{recalled}').earlier == ()
    assert read_cda(body("<component/>")).results == ()


def test_loinc_is_named_as_the_code_system() -> None:
    assert as_read(a_result()).code_system == LOINC
