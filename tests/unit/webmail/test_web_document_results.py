"""Results on their way to the pages: figures, units, ranges and codes of every kind a laboratory sends."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.domain.identity import Sex, Traits
from gateway.domain.lab_result import EarlierValue, LabResult, ReferenceRange, Remark, ResultValue, ValueKind
from gateway.domain.patient_names import shown_name
from gateway.domain.result_words import NBSP
from gateway.domain.timestamp import Timestamp
from webmail.references import file_name_of
from webmail.result_groups import groups_of, remarks_of, result_of

NOTHING = ResultValue(kind=ValueKind.ABSENT)
SODIUM = LabResult(
    label="Sodium",
    value=ResultValue(kind=ValueKind.QUANTITY, text="140", number=Decimal(140), unit="mmol/L"),
    chapter="Ionogramme",
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (ResultValue(kind=ValueKind.QUANTITY, text="4,10", number=Decimal("4.10")), "4.10"),
        (ResultValue(kind=ValueKind.INTERVAL, text="1.0", number=Decimal("1.0"), comparator="<"), "<1.0"),
        (ResultValue(kind=ValueKind.INTERVAL, text="1 – 2", number=Decimal(1), upper=Decimal(2)), "1 – 2"),
        (ResultValue(kind=ValueKind.TEXT, text="Clair, limpide"), "Clair, limpide"),
        (ResultValue(kind=ValueKind.ABSENT), ""),
    ],
)
def test_value_has_a_point_if_it_is_a_number(value: ResultValue, shown: str) -> None:
    assert result_of(replace(SODIUM, value=value)).value == shown


@pytest.mark.parametrize(
    ("ranges", "low", "reference"),
    [
        (
            (ReferenceRange(low=Decimal(135), high=Decimal(145), unit="mmol/L", interpretation="N"),),
            Decimal(135),
            "135 à 145 mmol/L",
        ),
        ((ReferenceRange(low=Decimal(135), high=None, unit=""),), Decimal(135), "à partir de 135 mmol/L"),
        ((ReferenceRange(low=Decimal(3), high=Decimal(4), unit="g/L"),), None, "3 à 4 g/L"),
        ((ReferenceRange(low=None, high=Decimal(4), unit="g/L"),), None, "jusqu’à 4 g/L"),
        ((ReferenceRange(low=Decimal(4), high=None, unit="g/L"),), None, "à partir de 4 g/L"),
        ((ReferenceRange(text="voir commentaire"),), None, "voir commentaire"),
        (
            (ReferenceRange(low=Decimal(1), high=Decimal(2), unit="mmol/L", interpretation="H"),),
            None,
            "élevé : 1 à 2 mmol/L",
        ),
        ((), None, ""),
    ],
)
def test_range_is_compared_in_the_unit_of_the_value_alone(
    ranges: tuple[ReferenceRange, ...], low: Decimal | None, reference: str
) -> None:
    shown = result_of(replace(SODIUM, ranges=ranges))
    assert (shown.low, shown.reference.replace(NBSP, " ")) == (low, reference)


@pytest.mark.parametrize(("codes", "shown"), [((), ""), (("H",), "H"), (("A", "LL"), "LL"), (("N", "H"), "N")])
def test_critical_interpretation_is_never_hidden(codes: tuple[str, ...], shown: str) -> None:
    assert result_of(replace(SODIUM, interpretation=codes)).interpretation == shown


@pytest.mark.parametrize(
    ("changes", "shown", "aside", "stands"),
    [
        ({"negated": True}, "Absent", "le laboratoire écarte : 140 mmol/L", False),
        ({"status": "cancelled"}, "Annulé", "valeur à ne pas retenir : 140 mmol/L", False),
        ({"status": "aborted"}, "Interrompu", "valeur à ne pas retenir : 140 mmol/L", False),
        ({"status": "held"}, "Suspendu", "valeur à ne pas retenir : 140 mmol/L", False),
        ({"status": "nullified", "negated": True}, "Retiré par le laboratoire",
         "valeur à ne pas retenir : le laboratoire écarte : 140 mmol/L", False),
        ({"mood": "RQO"}, "En attente", "", False),
        ({"status": "active"}, "140", "", True),
        ({"value": replace(NOTHING, null_flavor="MSK")}, "Non disponible (résultat masqué)", "", False),
        ({"value": NOTHING, "status": "new"}, "En attente", "", False),
    ],
)  # fmt: skip
def test_value_that_does_not_stand_is_said_so(
    changes: dict[str, object], shown: str, aside: str, stands: bool
) -> None:
    ranges = (ReferenceRange(low=Decimal(135), high=Decimal(145), unit="mmol/L"),)
    # Any: whichever fields a case names.
    values: dict[str, Any] = changes
    result = result_of(replace(SODIUM, ranges=ranges, interpretation=("H",), **values))
    assert (result.shown, result.aside.replace(NBSP, " "), result.stands) == (shown, aside, stands)
    is_final_without_value = "value" in changes and "status" not in changes
    assert (result.low is None) is not stands
    assert result.signal == ("élevé" if stands or is_final_without_value else "")


def test_antibiotics_stand_under_their_germ_and_two_strains_apart() -> None:
    def strain(family: int, organism: str = "E. coli") -> list[LabResult]:
        germ = ResultValue(kind=ValueKind.CODED, text=organism)
        head = LabResult(
            label="Germe identifié", value=germ, chapter="ECBU", organism=organism, family=family, is_head=True
        )
        tested = replace(SODIUM, chapter="ECBU", group="Antibiogramme", organism=organism, family=family)
        return [head, tested]

    (group,) = groups_of([*strain(1), *strain(2), *strain(3, "Proteus")])
    assert [(result.is_heading, result.part) for result in group.results] == [
        (True, "Germe identifié : E. coli (souche 1)"),
        (False, "Antibiogramme : E. coli (souche 1)"),
        (True, "Germe identifié : E. coli (souche 2)"),
        (False, "Antibiogramme : E. coli (souche 2)"),
        (True, "Germe identifié : Proteus"),
        (False, "Antibiogramme : Proteus"),
    ]


def test_examinations_of_one_name_are_told_apart() -> None:
    blood = replace(SODIUM, subchapter="Sang", specimen="sang", collected=Timestamp("20260302"))
    (group,) = groups_of([blood, blood, replace(SODIUM, subchapter="Urine :", collected=Timestamp("202603"))])
    assert [(result.part, result.sampled) for result in group.results] == [
        ("Sang", "Prélèvement : sang, le 2 mars 2026"), ("Sang", ""), ("Urine", "Prélèvement mars 2026"),
    ]  # fmt: skip


def test_what_stands_beside_a_result_is_shown() -> None:
    second = ResultValue(kind=ValueKind.QUANTITY, text="3.2", number=Decimal("3.2"), unit="g/L")
    result = replace(
        SODIUM,
        body_site="Œil, gauche",
        second=second,
        second_range=ReferenceRange(low=Decimal("3.1"), high=Decimal("3.3"), unit="g/L"),
        earlier=(EarlierValue(second, Timestamp("2025")),),
        remarks=(Remark("Hémolyse", "Note"), Remark("Trouble"), Remark("À revoir", "Conseil", of_report=True)),
    )
    shown = result_of(result)
    assert shown.other_unit.replace(NBSP, " ") == "3,2 g/L (intervalle : 3,1 à 3,3 g/L)"
    assert (shown.about, shown.remarks) == (("Œil, gauche",), ("Note : Hémolyse", "Trouble"))
    assert [words.replace(NBSP, " ") for words in shown.earlier] == ["Valeur antérieure : 3,2 g/L en 2025"]
    assert remarks_of([result]) == (Remark("À revoir", "Conseil", of_report=True),)


def test_measures_are_no_results_of_a_laboratory() -> None:
    weight = replace(SODIUM, label="Poids", category="vital-signs")
    assert [r.label for group in groups_of([SODIUM, weight]) for r in group.results] == ["Sodium"]
    assert [r.label for group in groups_of([SODIUM, weight], measures=True) for r in group.results] == ["Poids"]


def test_laboratorys_own_words_come_first() -> None:
    assert result_of(replace(SODIUM, local_label="Natrémie")).label == "Natrémie"


def test_sample_is_dated_only_when_the_instant_is_known() -> None:
    assert result_of(replace(SODIUM, time=Timestamp("20260301"))).at is None
    assert result_of(replace(SODIUM, collected=Timestamp("202603010815+0100"))).at is not None


def test_chapters_keep_the_order_of_the_report() -> None:
    other = replace(SODIUM, chapter="", group="Hémogramme")
    assert [group.title for group in groups_of([SODIUM, other, SODIUM])] == ["Ionogramme", "Hémogramme"]


@pytest.mark.parametrize(
    ("title", "media_type", "number", "name"),
    [
        ("Bilan", "application/pdf", 0, "Bilan.pdf"),
        ("CR 12/03 : suite", "text/xml", 0, "CR 12 03 suite.xml"),
        ("", "application/x-inconnu", 2, "Document (2).bin"),
        ("../../etc\n", "image/png", 0, ".. .. etc.png"),
        ("x" * 300, "application/pdf", 0, "x" * 100 + ".pdf"),
    ],
)
def test_file_is_named_by_its_title_without_what_systems_forbid(
    title: str, media_type: str, number: int, name: str
) -> None:
    assert file_name_of(title, media_type, number) == name


@pytest.mark.parametrize(
    ("given", "birth", "used", "shown"),
    [
        (("CAMILLE", "ANNE"), "MOREAU", "LEFÈVRE", "Camille Lefèvre"),
        (("Jean-Paul",), "de La Tour", "", "Jean-Paul de La Tour"),
        (("JEAN-PAUL",), "D'ARC", "", "Jean-Paul D'Arc"),
        ((), "MOREAU", "", "Moreau"),
    ],
)
def test_patient_is_named_as_people_are(given: tuple[str, ...], birth: str, used: str, shown: str) -> None:
    assert (
        shown_name(Traits(birth_name=birth, given_names=given, sex=Sex.FEMALE, birth_date=None, used_name=used))
        == shown
    )
