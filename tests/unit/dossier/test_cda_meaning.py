"""What a laboratory says of a result beside its value: state, denial, absence, ranges, names, kinds (STD §4.2)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from dossier_bridge.cda import elements
from dossier_bridge.cda.ranges import ranges_of
from dossier_bridge.cda.reader import read_cda
from dossier_bridge.faults import DocumentLimit
from gateway.domain.document import EarlierValue, LabResult, Remark, ResultValue, ValueKind
from gateway.domain.identity import BirthDate, Sex
from gateway.domain.lab_result import ResultState
from gateway.domain.timestamp import Timestamp
from tests.builders.cda_markup import QUANTITY, commented, observed, sampled, section
from tests.builders.clinical import a_patient, a_report

XSI = "http://www.w3.org/2001/XMLSchema-instance"
IN_WORDS = "<originalText>mmol par litre</originalText>"


def written(sections: str, *, patient: str = "", code: str = "") -> bytes:
    """Write a report whose body is made of `sections`."""
    report = a_report().decode()
    start, end = report.index("<structuredBody"), report.index("</component></ClinicalDocument>")
    report = report[:start] + f"<structuredBody>{sections}</structuredBody>" + report[end:]
    return report.replace('code="11502-2"', f'code="{code}"' if code else 'code="11502-2"', 1).encode()


def read(inside: str, narrative: str = "", **more: str) -> list[LabResult]:
    return list(read_cda(written(section(f"<entry>{inside}</entry>", narrative), **more)).results)


def one(inside: str = QUANTITY, attributes: str = "", narrative: str = "", **more: str) -> LabResult:
    (found,) = read(observed(inside, attributes, **more), narrative)
    return found


# ---------------------------------------------------------------- how far a result is


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("completed", ResultState.FINAL), ("", ResultState.FINAL), ("active", ResultState.PROVISIONAL),
        ("aborted", ResultState.ABORTED), ("cancelled", ResultState.CANCELLED), ("nullified", ResultState.WITHDRAWN),
        ("held", ResultState.HELD), ("suspended", ResultState.HELD), ("obsolete", ResultState.OUTDATED),
    ],
)  # fmt: skip
def test_status_is_the_state_of_a_result(status: str, state: ResultState) -> None:
    result = one(f'<statusCode code="{status}"/>{QUANTITY}<interpretationCode code="HH"/>')
    assert result.state is state
    assert result.is_critical is (state in (ResultState.FINAL, ResultState.PROVISIONAL))


def test_examination_without_value_is_awaited_while_it_is_active() -> None:
    result = one('<statusCode code="active"/>')
    assert (result.state, result.value.kind) == (ResultState.AWAITED, ValueKind.ABSENT)


def test_examination_that_is_only_asked_for_is_awaited() -> None:
    assert one("", 'moodCode="RQO"').state is ResultState.AWAITED


def test_goal_is_no_result() -> None:
    assert read(observed(QUANTITY, 'moodCode="GOL"')) == []
    goals = f'<organizer moodCode="GOL"><component>{observed()}</component></organizer>'
    assert read(goals) == []


@pytest.mark.parametrize("tag", ["act", "organizer"])
def test_act_without_result_is_awaited_or_called_off(tag: str) -> None:
    named = '<code code="600-7" displayName="Hémoculture"/>'
    (awaited,) = read(f'<{tag}>{named}<statusCode code="active"/></{tag}>')
    (asked,) = read(f'<{tag} moodCode="RQO">{named}</{tag}>')
    (off,) = read(f'<{tag}>{named}<statusCode code="cancelled"/></{tag}>')
    assert (awaited.label, awaited.code, awaited.state) == ("Hémoculture", "600-7", ResultState.AWAITED)
    assert (asked.state, off.state) == (ResultState.AWAITED, ResultState.CANCELLED)
    assert read(f'<{tag}>{named}<statusCode code="completed"/></{tag}>') == []


@pytest.mark.parametrize("attribute", ['<statusCode code="nullified"/>', ""])
def test_act_that_was_called_off_calls_off_what_it_holds(attribute: str) -> None:
    denied = "" if attribute else 'negationInd="true"'
    inside = f'<entryRelationship>{observed(f"""<statusCode code="completed"/>{QUANTITY}""")}</entryRelationship>'
    (result,) = read(f"<act {denied}>{attribute}{inside}</act>")
    assert result.state is (ResultState.WITHDRAWN if attribute else ResultState.CANCELLED)


def test_denied_finding_is_marked_and_raises_no_alert() -> None:
    result = one(f'{QUANTITY}<interpretationCode code="AA"/>', 'negationInd="true"')
    assert (result.negated, result.counts, result.is_critical) == (True, False, False)
    assert not one(QUANTITY, 'negationInd="false"').negated


# ---------------------------------------------------------------- values that are not there, and unusual ones


@pytest.mark.parametrize(
    ("markup", "value"),
    [
        ('xsi:type="PQ" nullFlavor="NI"/>', ResultValue(kind=ValueKind.ABSENT, null_flavor="NI")),
        ('xsi:type="PQ" value="" unit="g"/>', ResultValue(kind=ValueKind.ABSENT)),
        (
            'xsi:type="PQ" nullFlavor="OTH"><originalText>Hémolyse</originalText></value>',
            ResultValue(kind=ValueKind.TEXT, text="Hémolyse", null_flavor="OTH"),
        ),
        (
            f'xsi:type="PQ" nullFlavor="UNC"><translation value="5.8">{IN_WORDS}</translation></value>',
            ResultValue(kind=ValueKind.QUANTITY, text="5.8", number=Decimal("5.8"), unit="mmol par litre"),
        ),
        ('xsi:type="CD" nullFlavor="TRC"/>', ResultValue(kind=ValueKind.TEXT, text="Traces", null_flavor="TRC")),
        (
            'xsi:type="PQ" value="5" unit="null"/>',
            ResultValue(kind=ValueKind.QUANTITY, text="5", number=Decimal(5)),
        ),
        (
            'xsi:type="PPD_PQ" value="5" unit="g"/>',
            ResultValue(kind=ValueKind.QUANTITY, text="5", number=Decimal(5), unit="g"),
        ),
        (
            'xsi:type="SXCM_PQ" value="5" unit="g"/>',
            ResultValue(kind=ValueKind.QUANTITY, text="5", number=Decimal(5), unit="g"),
        ),
        ('value="5" unit="g"/>', ResultValue(kind=ValueKind.TEXT, text="5", unit="g")),
        (
            'xsi:type="CD"><translation code="X" displayName="présence"/></value>',
            ResultValue(kind=ValueKind.CODED, text="présence"),
        ),
        (
            'xsi:type="ED" mediaType="image/png" representation="B64">iVBORw0KGgo=</value>',
            ResultValue(kind=ValueKind.TEXT, text="Fichier joint au document"),
        ),
        (
            'xsi:type="PQ" value="12 500" unit="/mL"/>',
            ResultValue(kind=ValueKind.QUANTITY, text="12 500", number=Decimal(12500), unit="/mL"),
        ),
        ('xsi:type="RTO" nullFlavor="NA"/>', ResultValue(kind=ValueKind.ABSENT, null_flavor="NA")),
    ],
)
def test_what_stands_in_place_of_a_value_is_kept(markup: str, value: ResultValue) -> None:
    assert one(f"<value {markup}").value == value


def test_several_values_are_several_results_of_one_name() -> None:
    results = read(observed(QUANTITY + '<value xsi:type="PQ" value="1.05" unit="g/L"/>'))
    assert [(r.label, r.value.display) for r in results] == [("Examen", "5.8 mmol/L"), ("Examen", "1.05 g/L")]


def test_unit_of_a_translation_is_ucum_or_what_the_sender_calls_it() -> None:
    named = '<translation value="1.05" code="77" codeSystem="1.2.3" displayName="g/L"/>'
    second = one(f'<value xsi:type="PQ" value="5.8" unit="mmol/L">{named}</value>').second
    assert second is not None
    assert second.unit == "g/L"


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("narrative", "value"),
    [
        ("2.5", '<value xsi:type="PQ" value="2.5"/>'),
        ("2,50", '<value xsi:type="PQ" value="2.5"/>'),
        ("5,8 mmol/l", QUANTITY),
        ("5.8 mmol/L H", QUANTITY),
        ("&lt; 5,8", QUANTITY),
        ("Négatif", '<value xsi:type="ST">négatif</value>'),
        ("—", QUANTITY),
    ],
)
def test_reference_to_the_value_is_no_name(narrative: str, value: str) -> None:
    code = '<code code="1-8" displayName="INR cible"><originalText><reference value="#c"/></originalText></code>'
    (result,) = read(f"<observation>{code}{value}</observation>", f'<content ID="c">{narrative}</content>')
    assert (result.label, result.local_label) == ("INR cible", "")


def test_unit_and_name_without_end_are_read_in_no_time() -> None:
    assert len(one(f'<value xsi:type="PQ" value="1" unit="{"{" * 100_000}"/>').value.unit) == 100
    code = '<code code="1-8"><originalText><reference value="#c"/></originalText></code>'
    (result,) = read(f"<observation>{code}{QUANTITY}</observation>", f'<content ID="c">{"1." * 7_000} x y z</content>')
    assert result.label.startswith("1.1.")


@pytest.mark.parametrize("name", ["17-OH progestérone", "5-HIAA", "Glucose", "+2h glucose"])
def test_name_may_begin_with_a_figure(name: str) -> None:
    code = '<code code="1-8" displayName="Long"><originalText><reference value="#c"/></originalText></code>'
    (result,) = read(f"<observation>{code}{QUANTITY}</observation>", f'<content ID="c">{name}</content>')
    assert result.local_label == name


def test_reference_to_a_line_gives_the_name_in_its_first_cell() -> None:
    code = '<code code="1-8"><originalText><reference value="#l"/></originalText></code>'
    row = '<table><tbody><tr ID="l"><td>Sodium</td><td>140</td><td>136</td></tr></tbody></table>'
    (result,) = read(f"<observation>{code}{QUANTITY}</observation>", row)
    assert (result.label, result.local_label) == ("Sodium", "Sodium")


@pytest.mark.parametrize(
    ("inside", "label"),
    [
        ('<code code="1234"/>', "Examen 1234"),
        ('<code code="GLU"/>', "GLU"),
        ("<code/>", "Résultat"),
        ('<code nullFlavor="UNK"/><text><reference value="#c"/></text>', "Recherche de X"),
        ('<code code="7" displayName="12"/>', "Examen 7"),
    ],
)
def test_number_never_stands_without_a_name(inside: str, label: str) -> None:
    (result,) = read(f"<observation>{inside}{QUANTITY}</observation>", '<content ID="c">Recherche de X</content>')
    assert result.label == label


# ---------------------------------------------------------------- ranges


def ranged(*ranges: str, value: str = QUANTITY) -> LabResult:
    inside = "".join(f"<referenceRange><observationRange>{one}</observationRange></referenceRange>" for one in ranges)
    return one(f'<effectiveTime value="20260302"/>{value}{inside}')


def bounds(low: str, high: str, more: str = "") -> str:
    least = f'<low value="{low}" unit="mmol/L"/>'
    return f'<value xsi:type="IVL_PQ">{least}<high value="{high}" unit="mmol/L" {more}/></value>'


def test_excluded_bound_is_excluded() -> None:
    (found,) = ranged(bounds("3.9", "6.1", 'inclusive="false"')).ranges
    assert (found.low_excluded, found.high_excluded) == (False, True)


def test_of_several_unmarked_ranges_none_is_chosen() -> None:
    result = ranged(f"<text>Femme</text>{bounds('2', '3')}", f"<text>Homme</text>{bounds('4', '6')}")
    assert (len(result.ranges), result.normal_range, result.compared_range) == (2, None, None)


def test_inverted_range_gives_no_place() -> None:
    result = ranged(bounds("6", "4"))
    assert (result.ranges[0].is_inverted, result.compared_range) == (True, None)


def test_range_in_words_is_followed_into_the_narrative() -> None:
    words = "<referenceRange><observationRange><text><reference value='#r'/></text></observationRange></referenceRange>"
    (found,) = one(QUANTITY + words, narrative='<content ID="r">hommes 3,9 - 6,1</content>').ranges
    assert found.text == "hommes 3,9 - 6,1"


def test_bounds_that_are_no_numbers_are_words() -> None:
    assert ranged(bounds("env. 3", "6")).ranges[0].high == Decimal(6)
    assert ranged(bounds("env. 3", "env. 6")).ranges[0].text == "env. 3 – env. 6"
    assert ranged('<code code="X" displayName="selon l’âge"/>').ranges[0].text == "selon l’âge"
    assert ranged("").ranges == ()


def for_whom(value: str, name: str = "") -> str:
    return (
        '<precondition xmlns="urn:oid:1.3.6.1.4.1.19376.1.3.2" xmlns:v="urn:hl7-org:v3"><v:criterion>'
        f"{name}{value}</v:criterion></precondition>"
    )


def sexed(code: str) -> str:
    return for_whom(f'<v:value xsi:type="CD" code="{code}" codeSystem="2.16.840.1.113883.5.1"/>')


def aged(low: str = "", high: str = "", unit: str = "a") -> str:
    least = f'<v:low value="{low}" unit="{unit}"/>' if low else ""
    most = f'<v:high value="{high}" unit="{unit}"/>' if high else ""
    return for_whom(f'<v:value xsi:type="IVL_PQ">{least}{most}</v:value>')


def test_range_of_this_patients_sex_is_chosen() -> None:
    sex = a_patient().sex
    assert sex is not None
    other = Sex.MALE if sex is Sex.FEMALE else Sex.FEMALE
    result = ranged(bounds("2", "3") + sexed(other.value), bounds("4", "6") + sexed(sex.value))
    assert [(r.applies, r.condition) for r in result.ranges] == [
        (False, "homme" if other is Sex.MALE else "femme"),
        (True, "homme" if sex is Sex.MALE else "femme"),
    ]
    assert result.normal_range == result.ranges[1]


def test_range_of_somebody_else_is_never_this_patients() -> None:
    other = "M" if a_patient().sex is Sex.FEMALE else "F"
    assert ranged(bounds("2", "3") + sexed(other)).normal_range is None


@pytest.mark.parametrize(
    ("condition", "applies", "words"),
    [
        (aged("1"), True, "à partir de 1 a"),
        (aged(high="1"), False, "jusqu’à 1 a"),
        (aged("1", "3", "mo"), False, "1 à 3 mo"),
        (aged("1", unit="g"), None, ""),
        (for_whom('<v:value xsi:type="CD" code="P" displayName="grossesse"/>'), None, "grossesse"),
        (for_whom("", "<v:text>à jeun</v:text>"), None, "à jeun"),
        (for_whom('<v:code code="J" displayName="à jeun"/>'), None, "à jeun"),
        (sexed("UN"), None, ""),
    ],
)
def test_condition_is_met_only_where_it_says_so(condition: str, applies: bool | None, words: str) -> None:
    (found,) = ranged(bounds("2", "3") + condition).ranges
    assert found.applies is applies
    assert found.condition.startswith(words)


def test_conditions_of_one_range_hold_together() -> None:
    sex = "M" if a_patient().sex is Sex.MALE else "F"
    (both,) = ranged(bounds("2", "3") + sexed(sex) + aged("1")).ranges
    (broken,) = ranged(bounds("2", "3") + sexed(sex) + aged(high="1")).ranges
    (unsure,) = ranged(bounds("2", "3") + sexed(sex) + for_whom("", "<v:text>à jeun</v:text>")).ranges
    assert (both.applies, broken.applies, unsure.applies) == (True, False, None)


def test_range_in_the_values_unit_is_chosen_of_two() -> None:
    grams = '<value xsi:type="IVL_PQ"><low value="0.7" unit="g/L"/><high value="1.1" unit="g/L"/></value>'
    result = ranged(grams, bounds("3.9", "6.1").replace("mmol/L", "mmol/l"))
    assert result.compared_range == result.ranges[1]


# ---------------------------------------------------------------- context


def test_chapters_of_one_name_are_told_apart_by_their_sections() -> None:
    def inner(title: str) -> str:
        return section(f"<entry>{observed()}</entry>", title=title)

    body = f"<component><section><title>Biochimie</title>{inner('Sang')}{inner('Urine')}</section></component>"
    assert [r.subchapter for r in read_cda(written(body)).results] == ["Sang", "Urine"]


@pytest.mark.parametrize("where", ["observation", "organizer", "act", "participant", "procedure"])
def test_specimen_is_found_wherever_it_is_said(where: str) -> None:
    inside = f"<component>{observed()}</component>"
    related = f"<entryRelationship>{observed()}</entryRelationship>"
    playing = '<playingEntity><code displayName="Urine"/></playingEntity>'
    playing = f'<participantRole classCode="SPEC">{playing}</participantRole>'
    taken = f"<procedure>{sampled('Urine')}</procedure>"
    markup = {
        "observation": observed(sampled("Urine") + QUANTITY),
        "organizer": f"<organizer>{sampled('Urine')}{inside}</organizer>",
        "act": f"<act>{sampled('Urine')}{related}</act>",
        "participant": f'<act><participant typeCode="SPC">{playing}</participant>{related}</act>',
        "procedure": f"<act><entryRelationship>{taken}</entryRelationship>{related}</act>",
    }
    assert [r.specimen for r in read(markup[where])] == ["Urine"]


def test_person_or_device_that_took_part_is_no_specimen() -> None:
    playing = '<playingEntity><code displayName="Kit"/></playingEntity>'
    device = f'<participant><participantRole classCode="MANU">{playing}</participantRole></participant>'
    assert read(f"<act>{device}<entryRelationship>{observed()}</entryRelationship></act>")[0].specimen == ""


def test_antibiotics_of_two_strains_of_one_germ_stand_apart() -> None:
    def strain(mark: str) -> str:
        inside = observed(f'{QUANTITY}<interpretationCode code="{mark}"/>', code='code="2" displayName="Amoxicilline"')
        germ = sampled("Escherichia coli (organism)", "MIC")
        return f"<entryRelationship><organizer>{germ}<component>{inside}</component></organizer></entryRelationship>"

    results = read(f"<act>{strain('R')}{strain('S')}</act>")
    assert [(r.family, r.is_head, r.organism, r.interpretation) for r in results] == [
        (1, True, "Escherichia coli", ()), (1, False, "Escherichia coli", ("R",)),
        (2, True, "Escherichia coli", ()), (2, False, "Escherichia coli", ("S",)),
    ]  # fmt: skip


def test_germ_without_antibiotics_is_not_lost() -> None:
    (germ,) = read(f"<organizer>{sampled('Candida albicans', 'MIC')}</organizer>")
    assert (germ.label, germ.value.text) == ("Germe identifié", "Candida albicans")


def test_observation_stands_over_those_inside_it() -> None:
    inner = f'<entryRelationship>{observed(code=""" code="2" displayName="Amoxicilline" """)}</entryRelationship>'
    germ = '<value xsi:type="CD" code="1" displayName="Proteus"/>'
    head, member = read(observed(germ + inner, code='code="3" displayName="Identification"'))
    assert (head.is_head, head.family, member.family, member.group) == (True, 1, 1, "Identification : Proteus")


def test_observation_without_value_only_names_those_inside_it() -> None:
    inner = f"<entryRelationship>{observed()}</entryRelationship>"
    (member,) = read(observed(inner, code='code="3" displayName="Bilan"'))
    assert (member.group, member.family) == ("Bilan", 0)


@pytest.mark.parametrize(
    ("qualifier", "words"),
    [
        ('<value code="7771000" displayName="Left"/>', "Œil, gauche"),
        ('<value code="9" displayName="droit"/>', "Œil, droit"),
        ("<value/>", "Œil"), ("", "Œil"),
    ],
)  # fmt: skip
def test_side_is_read_with_the_body_site(qualifier: str, words: str) -> None:
    site = f'<targetSiteCode code="81745001" displayName="Œil"><qualifier>{qualifier}</qualifier></targetSiteCode>'
    assert one(QUANTITY + site).body_site == words
    assert one(f'{QUANTITY}<targetSiteCode nullFlavor="NA"/>').body_site == ""


def test_comment_of_an_act_stays_with_the_results_beside_it() -> None:
    said = f"<entryRelationship>{commented('Hémolyse<br/>légère')}</entryRelationship>"
    (result,) = read(f"<act><entryRelationship>{observed()}</entryRelationship>{said}</act>")
    assert (result.remarks, result.comment) == ((Remark("Hémolyse\nlégère"),), "")


def test_comment_before_the_results_waits_for_them() -> None:
    body = section(f"<entry>{commented('Avant')}</entry><entry>{observed()}</entry>")
    (result,) = read_cda(written(body)).results
    assert result.remarks == (Remark("Avant"),)


def test_conclusion_of_the_laboratory_is_kept_with_its_title() -> None:
    said = "<component><section><title>Prestation de conseil</title><text>À<br/>revoir</text></section></component>"
    other = "<component><section><title>Annexe</title><text>Voir</text></section></component>"
    (result,) = read_cda(written(section(f"<entry>{observed()}</entry>") + said + other)).results
    assert result.remarks == (Remark("À\nrevoir", "Prestation de conseil", of_report=True),)


def test_comment_in_a_section_without_results_is_of_the_report() -> None:
    alone = section(f"<entry>{commented('À revoir')}</entry>", title="Annexe")
    both = section(f"<entry>{commented('Repris')}</entry>", "Écrit", title="Commentaire")
    (result,) = read_cda(written(section(f"<entry>{observed()}</entry>") + alone + both)).results
    assert result.remarks == (
        Remark("À revoir", "Annexe", of_report=True),
        Remark("Écrit", "Commentaire", of_report=True),
    )


def test_comment_of_a_chapter_goes_to_its_sub_chapter() -> None:
    inner = section(f"<entry>{observed()}</entry>", title="Sang")
    body = f"<component><section><title>Bio</title><entry>{commented('Avant')}</entry>{inner}</section></component>"
    (result,) = read_cda(written(body)).results
    assert result.remarks == (Remark("Avant"),)


def test_comments_of_one_result_without_end_pass_a_limit() -> None:
    many = "".join(f"<entryRelationship>{commented(str(number))}</entryRelationship>" for number in range(60))
    entry = f"<entry><act><entryRelationship>{observed()}</entryRelationship>{many}</act></entry>"
    more = "".join(f"<entry>{commented(str(number))}</entry>" for number in range(60))
    with pytest.raises(DocumentLimit):
        read_cda(written(section(entry + more)))


def test_words_that_are_walked_again_and_again_pass_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MAX_WALKED", 3)
    value = '<value xsi:type="ED"><reference value="#t"/></value>'
    with pytest.raises(DocumentLimit):
        one(value, narrative=f'<paragraph ID="t">{"<content>a</content>" * 3}</paragraph>')


def test_what_is_empty_says_nothing() -> None:
    bare = '<act><participant typeCode="SPC"><participantRole classCode="SPEC"/></participant>'
    other = '<entryRelationship typeCode="REFR"><act/></entryRelationship>'
    (result,) = read(f"{bare}<entryRelationship>{observed(QUANTITY + other)}</entryRelationship></act>")
    assert (result.specimen, result.earlier) == ("", ())
    assert one('<value xsi:type="PQ" value="1" unit="g"><translation code="mg"/></value>').second is None


def test_elsewhere_a_germ_is_no_result() -> None:
    germ = f"<organizer>{sampled('Proteus', 'MIC')}<component>{observed()}</component></organizer>"
    body = section(f"<entry>{germ}</entry><entry>{commented('Non lu')}</entry>")
    (result,) = read_cda(written(body, code="34112-3")).results
    assert (result.organism, result.family, result.remarks) == ("Proteus", 0, ())


@pytest.mark.parametrize(
    ("birth", "time"),
    [(BirthDate(1980, 2, 31), Timestamp("2026")), (BirthDate(1980, 2, 31), Timestamp("20260302")), (None, None)],
)
def test_age_that_is_not_known_meets_no_condition(birth: BirthDate | None, time: Timestamp | None) -> None:
    inside = f"<observationRange>{bounds('2', '3')}{aged('18')}</observationRange>"
    markup = f'<r xmlns="urn:hl7-org:v3" xmlns:xsi="{XSI}">{inside}</r>'
    patient = replace(a_patient(), birth_date=birth)
    node = etree.fromstring(markup)
    ((found,), _) = ranges_of([node], elements.Narrative(node), patient, time)
    assert (found.applies, found.condition) == (None, "à partir de 18 ans")


@pytest.mark.parametrize("count", [101, 201])
def test_comments_without_end_pass_a_limit(count: int) -> None:
    entries = "".join(f"<entry>{commented(f'n° {number}')}</entry>" for number in range(count))
    with pytest.raises(DocumentLimit):
        read_cda(written(section(f"<entry>{observed()}</entry>{entries}")))
    with pytest.raises(DocumentLimit):
        read_cda(written(section(entries)))


def test_every_earlier_value_is_read() -> None:
    recalled = observed('<effectiveTime value="20250101"/><value xsi:type="PQ" value="9.9" unit="mmol/L"/>')
    (result,) = read(observed(f'{QUANTITY}<entryRelationship typeCode="REFR">{recalled}</entryRelationship>'))
    value = ResultValue(kind=ValueKind.QUANTITY, text="9.9", number=Decimal("9.9"), unit="mmol/L")
    assert result.earlier == (EarlierValue(value, Timestamp("20250101")),)


# ---------------------------------------------------------------- what is no laboratory's result


@pytest.mark.parametrize(
    ("code", "category"),
    [("29463-7", "vital-signs"), ("9274-2", "survey"), ("2345-7", "laboratory")],
)
def test_weight_and_score_are_no_results_of_a_laboratory(code: str, category: str) -> None:
    assert one(QUANTITY, code=f'code="{code}" displayName="X"').category == category


def test_number_of_a_dose_is_said_with_its_product() -> None:
    named = "<manufacturedMaterial><name>REVAXIS</name></manufacturedMaterial>"
    product = f"<manufacturedProduct>{named}</manufacturedProduct>"
    dose = observed('<value xsi:type="INT" value="2"/>', code='code="30973-2" displayName="Rang"')
    given = f"<consumable>{product}</consumable><entryRelationship>{dose}</entryRelationship>"
    body = section(f"<entry><substanceAdministration>{given}</substanceAdministration></entry>")
    (result,) = read_cda(written(body, code="11369-6")).results
    assert (result.group, result.category) == ("REVAXIS", "therapy")


def test_elsewhere_what_is_only_planned_is_no_measure() -> None:
    planned = observed(QUANTITY, 'moodCode="INT"')
    body = section(f"<entry>{planned}</entry><entry>{observed()}</entry>")
    results = read_cda(written(body, code="34112-3")).results
    assert [(r.mood, r.category) for r in results] == [("", "exam")]
