"""INS numbers, birth dates, names, and the comparison of a document's patient with a space's (A12, A12b)."""

from dataclasses import replace

import pytest

from gateway.domain.errors import InvalidValue
from gateway.domain.identity import (
    DEMO_OIDS,
    INS_C,
    INS_DEMO,
    INS_NIA,
    INS_NIR,
    INS_TEST,
    BirthDate,
    ClaimedIdentity,
    IdentityMatch,
    Ins,
    PatientIdentity,
    Sex,
    Traits,
    compare_identity,
    folded_name,
    ins_key,
    names_an_ins,
    same_first_given_name,
)

NUMBER, EARLIER = "295109912611193", "279035121518989"
BORN = BirthDate(1995, 10, 4)
RECORD = PatientIdentity(
    Ins.parse(NUMBER),
    INS_NIR,
    Traits(
        birth_name="DURAND-LEFÈVRE",
        given_names=("JEANNE", "MARIE"),
        sex=Sex.FEMALE,
        birth_date=BORN,
        used_name="MARTIN",
    ),
)
DOCUMENT = ClaimedIdentity(
    identifiers=((INS_NIR, NUMBER),),
    birth_name="Durand Lefevre",
    given_names=("Jeanne",),
    sex=Sex.FEMALE,
    birth_date=BORN,
)


@pytest.mark.parametrize(
    "number", ["295109912611193", "253072B07300470", "253072A07300443", "279035121518989", "277076322082910"]
)
def test_published_numbers_have_the_right_key(number: str) -> None:
    assert ins_key(number[:13]) == int(number[13:])
    assert Ins.parse(f" {number.lower()} ").value == number


@pytest.mark.parametrize(
    "text",
    ["", "295109912611194", "295109912611100", "29510991261119", "2951099126111930", "253072C07300470",
     "29510991261119３", "2A3072007300470", "295 109912611193"],
)  # fmt: skip
def test_another_text_is_no_ins(text: str) -> None:
    assert not Ins.is_well_formed(text)
    with pytest.raises(InvalidValue):
        Ins.parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1995-10-04", BirthDate(1995, 10, 4)),
        ("19951004", BirthDate(1995, 10, 4)),
        (" 199510 ", BirthDate(1995, 10, 0)),
        ("1995", BirthDate(1995, 0, 0)),
        ("19951000", BirthDate(1995, 10, 0)),
        ("19951004083000+0200", BirthDate(1995, 10, 4)),
        ("1995-10-04T08:30:00Z", BirthDate(1995, 10, 4)),
    ],
)
def test_birth_dates_are_read(text: str, value: BirthDate) -> None:
    assert BirthDate.parse(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "95", "1849", "2201", "19951304", "19951032", "19950004", "04/10/1995", "1995-1-4", "19951", "1995100",
     "1995-10-4", "199510041", "1995-10-04T8", "１９９５"],
)  # fmt: skip
def test_another_text_is_no_birth_date_of_less_precision(text: str) -> None:
    with pytest.raises(InvalidValue):
        BirthDate.parse(text)


@pytest.mark.parametrize("known", [BirthDate(1995, 10, 4), BirthDate(1995, 10, 0)])
def test_an_unknown_day_agrees_with_any(known: BirthDate) -> None:
    assert known.agrees_with(BORN)
    assert BORN.agrees_with(known)


@pytest.mark.parametrize("other", [BirthDate(1995, 10, 5), BirthDate(1995, 11, 0), BirthDate(1994, 0, 0)])
def test_a_known_part_that_differs_disagrees(other: BirthDate) -> None:
    assert not BORN.agrees_with(other)


@pytest.mark.parametrize("text", ["1995-10-04", "1995-10", "1995"])
def test_a_birth_date_prints_to_the_precision_known(text: str) -> None:
    assert str(BirthDate.parse(text.replace("-", ""))) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lefèvre", "LEFEVRE"), ("Jean-Pierre", "jean  pierre"), ("D’Arc", "D'ARC"), ("Dʼarc", "d arc"),
        ("Œuvrard", "OEUVRARD"), ("Lætitia", "LAETITIA"),
        ("Sørensen", "SORENSEN"), ("Łukasz", "LUKASZ"), ("Groß", "GROSS"), ("e\u0301", "É"),
    ],
)  # fmt: skip
def test_names_fold_to_one(one: str, other: str) -> None:
    assert folded_name(one) == folded_name(other)


@pytest.mark.parametrize(("one", "other"), [("Durand", "Durant"), ("Ωμέγα", "Жуков"), ("Marie Anne", "Marianne")])
def test_different_names_stay_different_in_any_script(one: str, other: str) -> None:
    assert folded_name(one) != folded_name(other)


@pytest.mark.parametrize(
    "document", [("Jeanne",), ("JEANNE", "Louise"), ("Jeanne Marie",), ("Jeanne-Marie", "Louise")]
)
def test_the_first_given_name_decides_however_names_are_split(document: tuple[str, ...]) -> None:
    assert same_first_given_name(document, ("JEANNE", "MARIE"))


def test_given_names_of_a_record_in_one_element_are_matched_by_all_of_the_document_s() -> None:
    assert same_first_given_name(("Jeanne", "Marie"), ("JEANNE MARIE",))


@pytest.mark.parametrize("document", [("Marie",), ("Jean",), ("Jeanne Louise",)])
def test_another_given_name_is_another(document: tuple[str, ...]) -> None:
    assert not same_first_given_name(document, ("JEANNE", "MARIE"))


def test_the_same_person_is_recognised() -> None:
    assert compare_identity(DOCUMENT, RECORD) is IdentityMatch.SAME


def test_the_used_name_never_decides() -> None:
    assert compare_identity(replace(DOCUMENT, used_name="AUTRE"), RECORD) is IdentityMatch.SAME


def test_an_earlier_ins_of_the_space_is_accepted() -> None:
    record = replace(RECORD, earlier=((INS_NIA, EARLIER),))
    assert compare_identity(replace(DOCUMENT, identifiers=((INS_NIA, EARLIER),)), record) is IdentityMatch.SAME


def test_a_hospital_s_own_number_and_the_old_ins_do_not_count() -> None:
    identifiers = (("1.2.3.4", "12345"), (INS_C, "0000000000000000000000"), (INS_NIR, f" {NUMBER} "))
    assert compare_identity(replace(DOCUMENT, identifiers=identifiers), RECORD) is IdentityMatch.SAME


@pytest.mark.parametrize(
    "identifiers", [(), (("1.2.3.4", NUMBER),), ((INS_C, NUMBER),), ((INS_NIR, "  "),)]
)
def test_a_document_without_ins_is_903(identifiers: tuple[tuple[str, str], ...]) -> None:
    assert compare_identity(replace(DOCUMENT, identifiers=identifiers), RECORD) is IdentityMatch.NO_INS


@pytest.mark.parametrize(
    "identifiers",
    [
        ((INS_NIR, EARLIER),),
        ((INS_NIA, NUMBER),),
        ((INS_TEST, NUMBER),),
        ((INS_NIR, NUMBER), (INS_NIR, EARLIER)),
    ],
)
def test_another_ins_or_root_or_a_second_person_is_904(identifiers: tuple[tuple[str, str], ...]) -> None:
    assert compare_identity(replace(DOCUMENT, identifiers=identifiers), RECORD) is IdentityMatch.DIFFERENT


def test_a_demonstration_identity_counts_only_where_it_is_accepted() -> None:
    record = replace(RECORD, ins_oid=INS_DEMO)
    document = replace(DOCUMENT, identifiers=((INS_DEMO, NUMBER),))
    assert compare_identity(document, record) is IdentityMatch.DIFFERENT
    assert compare_identity(document, record, DEMO_OIDS) is IdentityMatch.SAME


@pytest.mark.parametrize(
    "document",
    [
        replace(DOCUMENT, birth_name=None),
        replace(DOCUMENT, birth_name=""),
        replace(DOCUMENT, given_names=()),
        replace(DOCUMENT, given_names=("",)),
        replace(DOCUMENT, sex=None),
        replace(DOCUMENT, birth_date=None),
    ],
)
def test_incomplete_traits_are_905(document: ClaimedIdentity) -> None:
    assert compare_identity(document, RECORD) is IdentityMatch.INCOMPLETE


@pytest.mark.parametrize(
    "document",
    [
        replace(DOCUMENT, birth_name="MARTIN"),
        replace(DOCUMENT, given_names=("Marie",)),
        replace(DOCUMENT, sex=Sex.MALE),
        replace(DOCUMENT, birth_date=BirthDate(1995, 10, 5)),
    ],
)
def test_one_trait_that_differs_is_904(document: ClaimedIdentity) -> None:
    assert compare_identity(document, RECORD) is IdentityMatch.DIFFERENT


@pytest.mark.parametrize("traits", [replace(RECORD.traits, given_names=()), replace(RECORD.traits, birth_date=None)])
def test_a_record_that_lacks_a_trait_agrees_with_nobody(traits: Traits) -> None:
    assert compare_identity(DOCUMENT, replace(RECORD, traits=traits)) is IdentityMatch.DIFFERENT


def test_identities_do_not_show_in_representations() -> None:
    shown = f"{RECORD!r} {RECORD.ins!r} {RECORD.traits!r} {DOCUMENT!r}"
    assert shown == "PatientIdentity(…) Ins(…) Traits(…) ClaimedIdentity(…)"


def test_an_unknown_month_agrees_only_with_another_unknown_one() -> None:
    assert not BirthDate(1995, 0, 0).agrees_with(BORN)
    assert BirthDate(1995, 0, 0).agrees_with(BirthDate(1995, 0, 0))


@pytest.mark.parametrize("root", ["1.2.250.1.213.1.4.13", "1.2.250.1.213.1.4.14", "urn:oid:1.2.250.1.213.1.4.13"])
@pytest.mark.parametrize("number", [NUMBER, "177076322082910"])
def test_social_security_number_beside_the_ins_says_nothing(root: str, number: str) -> None:
    beside = replace(DOCUMENT, identifiers=((root, number), *DOCUMENT.identifiers))
    assert compare_identity(beside, RECORD) is IdentityMatch.SAME
    alone = replace(DOCUMENT, identifiers=((root, number),))
    assert compare_identity(alone, RECORD) is IdentityMatch.NO_INS
    assert (names_an_ins(beside), names_an_ins(alone)) == (True, False)


@pytest.mark.parametrize("text", ["2 95 10 99 126 111 93", "295109912611193\n", "2951099126111\N{NO-BREAK SPACE}93"])
def test_blanks_are_no_part_of_an_ins(text: str) -> None:
    spaced = replace(DOCUMENT, identifiers=((INS_NIR, text),))
    assert compare_identity(spaced, RECORD) is IdentityMatch.SAME
    other = replace(DOCUMENT, identifiers=((INS_NIR, text.replace("2", "1", 1)),))
    assert compare_identity(other, RECORD) is IdentityMatch.DIFFERENT
