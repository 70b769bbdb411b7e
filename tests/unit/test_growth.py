"""Lines of growth: read from an operator's file or refused with why, and where a value lies among them."""

import sys
from decimal import Decimal

import pytest

from gateway.domain.errors import LimitExceeded, MalformedContent
from gateway.domain.growth import CENTILES, GrowthStandard, lines_of_lms
from gateway.domain.growth_reading import MOST_OCTETS, read_growth_tables
from gateway.domain.identity import Sex
from gateway.domain.measures import MeasureKind
from gateway.growth.who_tables import WHO, who_table

OURS = GrowthStandard(name="Courbes de l’exemple", source="Livre de l’exemple", dated="2018")
HEAD = "mesure;sexe;age_mois;p3;p50;p97\n"
TWO = "poids;F;0;2,4;3,2;4,2\npoids;F;12;7,1;9;11,3\n"


def _read(text: str) -> str:
    with pytest.raises(MalformedContent) as refused:
        read_growth_tables(text.encode(), OURS)
    assert refused.value.code in {"PLI-102", "PLI-103"}
    return str(refused.value)


def test_file_with_centiles_gives_lines_between_its_ages() -> None:
    (table,) = read_growth_tables(b"\xef\xbb\xbf" + (HEAD + TWO + "\n").encode(), OURS)
    assert (table.kind, table.sex, table.ages) == (MeasureKind.WEIGHT, Sex.FEMALE, (0, 365))
    assert table.at(0) == (Decimal("2.4"), Decimal("3.2"), Decimal("4.2"))
    middle = table.at(182)
    assert middle is not None
    assert Decimal("6.0") < middle[1] < Decimal("6.2")
    assert table.at(366) is None
    assert table.between(0, Decimal("2.3")) == (None, Decimal(3))
    assert table.between(0, Decimal("3.2")) == (Decimal(50), Decimal(97))
    assert table.between(365, Decimal(20)) == (Decimal(97), None)
    assert table.between(9_999, Decimal(20)) is None


def test_file_with_lms_gives_the_same_lines_as_the_formula() -> None:
    text = b"age_jours,mesure,sexe,L,M,S\n0,taille,M,1,49.8842,0.03795\n7,taille,M,1,51,0.04\n"
    (table,) = read_growth_tables(text, OURS)
    assert table.centiles == CENTILES
    assert table.at(0) == lines_of_lms(1, 49.8842, 0.03795)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1 lacks mesure, sexe, age_mois or age_jours"),
        ("mesure;sexe;age_mois;p3;p50\n", "three to nine rising centiles"),
        ("mesure;sexe;age_mois;p50;p3;p97\n", "three to nine rising centiles"),
        ("mesure;sexe;sexe;age_mois;p3;p50;p97\n", "names a column twice"),
        (HEAD, "no line below its heading"),
        (HEAD + "poids;F;0;2,4;3,2;4,2\n", "one age only"),
        (HEAD + "pointure;F;0;2,4;3,2;4,2\n", "line 2: mesure is one of"),
        (HEAD + "poids;X;0;2,4;3,2;4,2\n", "sexe is M or F"),
        (HEAD + "poids;F;-1;2,4;3,2;4,2\n", "line 2: the age lies between birth and twenty years"),
        (HEAD + "poids;F;1e99;2,4;3,2;4,2\n", "the age lies between"),
        (HEAD + "poids;F;;2,4;3,2;4,2\n", "the age is no number"),
        (HEAD + "poids;F;0;2,4;x;4,2\n", "line 2: p50 is no number"),
        (HEAD + "poids;F;0;2,4;3,2\n", "p97 is no number"),
        (HEAD + "poids;F;0;4,2;3,2;2,4\n", "values must rise"),
        (HEAD + "poids;F;0;2,4;3,2;1000\n", "within 0.3 and 500 kg"),
        (HEAD + TWO + "poids;F;12;8;9;10\n", "line 4: ages of one mesure and sexe must rise"),
        ("mesure;sexe;age_mois;l;m;s\npoids;F;0;0,2;0,1;3,3\n", "l, m and s give no curve"),
        ("mesure;sexe;age_mois;l;m;s\npoids;F;0;5;3,3;0,2\n", "l, m and s give no curve"),
    ],
)
def test_file_that_is_no_such_table_is_refused_by_its_line(text: str, why: str) -> None:
    assert why in _read(text)


def test_standard_without_a_name_is_refused() -> None:
    with pytest.raises(MalformedContent, match="1 to 200 characters"):
        read_growth_tables((HEAD + TWO).encode(), GrowthStandard(name="", source="x", dated="2018"))


def test_file_that_is_no_text_or_far_too_large_is_refused() -> None:
    with pytest.raises(MalformedContent, match="UTF-8"):
        read_growth_tables(b"\xff\xfe\x00", OURS)
    with pytest.raises(LimitExceeded):
        read_growth_tables(b"x" * (MOST_OCTETS + 1), OURS)


def test_tables_of_the_world_health_organization_hold_what_it_publishes() -> None:
    """Three medians of its published tables: of weight, of height on the day of two years, of the head."""
    boys, girls = who_table(MeasureKind.WEIGHT, Sex.MALE), who_table(MeasureKind.HEIGHT, Sex.FEMALE)
    head = who_table(MeasureKind.HEAD, Sex.FEMALE)
    assert boys is not None
    assert girls is not None
    assert head is not None
    assert boys.standard is WHO
    assert [boys.at(0)[2], girls.at(731)[2], head.at(0)[2]] == [  # type: ignore[index]  # within all ages
        Decimal("3.346"), Decimal("85.730"), Decimal("33.879"),
    ]  # fmt: skip
    assert boys.at(3_652) is not None
    assert boys.at(4_000) is None
    assert girls.at(19 * 365) is not None
    assert head.at(6 * 365) is None
    assert who_table(MeasureKind.PAIN, Sex.MALE) is None
    assert who_table(MeasureKind.WEIGHT, Sex.UNKNOWN) is None
    for table in (boys, girls, head):
        assert all(tuple(sorted(row)) == row for row in table.rows)


def test_without_the_library_there_are_no_tables_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygrowup", None)
    assert who_table(MeasureKind.HEIGHT, Sex.MALE) is None
