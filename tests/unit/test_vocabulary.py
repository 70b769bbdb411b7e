"""Lists of terms: publishers' files read, words found whatever their accents."""

import pytest

from gateway.domain.errors import MalformedContent
from gateway.domain.vocabulary import LONGEST_LABEL, Term, Vocabulary, VocabularyKind, folded_term, read_terms_of

ILLNESSES, MEDICINES = VocabularyKind.ILLNESSES, VocabularyKind.MEDICINES
BDPM = (
    "60002283\tANASTROZOLE ACCORD 1 mg, comprimé pelliculé\tcomprimé\torale\tAutorisation active\r\n"
    "titre\tx\n"
    "61266250\tA 313 200 000 UI POUR CENT, pommade\tpommade\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "code;libellé\nJ45;Asthme\nI10;Hypertension essentielle\n",
        "J45,Asthme\r\nI10,Hypertension essentielle\r\n",
        "J45   |0|1||Asthme\nI10   |0|1||Hypertension essentielle\n",
        '"J45"\t"Asthme"\nI10\tHypertension essentielle\nJ45\tautre\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_illnesses_are_read_whatever_parts_their_columns(text: str, encoding: str) -> None:
    assert read_terms_of(ILLNESSES, text.encode(encoding)) == (
        Term("J45", "Asthme"),
        Term("I10", "Hypertension essentielle"),
    )


@pytest.mark.parametrize(
    "code", ["CA23", "5A11", "8A80.Z", "XN8P1", "2A00.0&XS5W", "NC72.Z&XK9K/FB83.1", "2C6Z", "VW0Y"]
)
def test_codes_of_the_eleventh_revision_are_known(code: str) -> None:
    assert read_terms_of(ILLNESSES, f"{code};Terme\nun;deux".encode()) == (Term(code, "Terme"),)


@pytest.mark.parametrize(
    "code", ["ca23", "CAT3", "CA2", "8A80.", "8A80.Z&", "CA23 5A11", "XN8P1&" * 99 + "XN8P1", "1234"]
)
def test_what_only_looks_like_a_code_is_none(code: str) -> None:
    with pytest.raises(MalformedContent):
        read_terms_of(ILLNESSES, f"{code};Terme".encode())


def test_illnesses_are_read_as_the_eleventh_revision_is_published() -> None:
    table = (
        "Foundation URI\tLinearization URI\tCode\tBlockId\tTitle\tClassKind\n"
        "http://id.who.int/icd/entity/1\thttp://id.who.int/icd/release/11/mms/1\t\tBlockL1-1A0\t- Infections\tblock\n"
        'http://id.who.int/icd/entity/2\thttp://id.who.int/icd/release/11/mms/2\t1A00\t\t"- - Choléra"\tcategory\n'
    )
    assert read_terms_of(ILLNESSES, table.encode()) == (Term("1A00", "Choléra"),)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_medicines_are_read_as_they_are_published(encoding: str) -> None:
    terms = read_terms_of(MEDICINES, BDPM.encode(encoding))
    assert [term.code for term in terms] == ["60002283", "61266250"]
    assert terms[0].label == "ANASTROZOLE ACCORD 1 mg, comprimé pelliculé"


@pytest.mark.parametrize("kind", VocabularyKind)
@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"rien;du tout", b"J45;\n60002283\t \n", b'"J45;Asthme'])
def test_file_without_terms_is_refused(kind: VocabularyKind, data: bytes) -> None:
    with pytest.raises(MalformedContent):
        read_terms_of(kind, data)


def test_too_many_terms_and_too_long_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MalformedContent):
        read_terms_of(ILLNESSES, b"J45;" + b"x" * 200_000)
    monkeypatch.setattr("gateway.domain.vocabulary.MOST_TERMS", 1)
    with pytest.raises(MalformedContent):
        read_terms_of(ILLNESSES, b"J45;Asthme\nI10;Hypertension")


def test_label_is_as_long_as_a_line_of_the_profile_may_be() -> None:
    (term,) = read_terms_of(ILLNESSES, b"J45;" + b"x" * 1_000)
    assert len(term.label) == LONGEST_LABEL


def test_words_are_found_without_accents_those_that_begin_first() -> None:
    labels = ("Autre asthme", "Asthme à dyspnée continue", "Asthme", "Œdème")
    vocabulary = Vocabulary([Term(f"J4{number}", label) for number, label in enumerate(labels)])
    assert [term.label for term in vocabulary.search("ASTHME", 5)] == [
        "Asthme", "Asthme à dyspnée continue", "Autre asthme",
    ]  # fmt: skip
    assert [term.label for term in vocabulary.search("dyspnee asth", 5)] == ["Asthme à dyspnée continue"]
    assert [term.label for term in vocabulary.search("oedeme", 5)] == ["Œdème"]
    assert len(vocabulary.search("asthme", 2)) == 2
    assert vocabulary.search("  ", 5) == ()
    assert vocabulary.term("J42") == Term("J42", "Asthme")
    assert vocabulary.term("Z00") is None
    assert folded_term("Épi  lepsie") == "epi lepsie"
