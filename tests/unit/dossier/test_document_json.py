"""What is written is read back the same, and nothing else is accepted."""

from decimal import Decimal

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.document import (
    DocumentCategory,
    DocumentEntry,
    DocumentNote,
    EarlierValue,
    LabResult,
    Participant,
    ReferenceRange,
    Remark,
    ResultValue,
    ValueKind,
)
from gateway.domain.document_json import entry_from_json, entry_to_json
from gateway.domain.errors import MalformedContent
from gateway.domain.identity import Sex
from gateway.domain.result_json import results_from_json, results_to_json
from gateway.domain.timestamp import Timestamp
from tests.builders.clinical import a_patient, a_result

words = st.text(max_size=12)
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3)
times = st.none() | st.builds(Timestamp, words)
values = st.builds(
    ResultValue,
    kind=st.sampled_from(ValueKind),
    text=words,
    number=numbers,
    comparator=st.sampled_from(["", "<", ">="]),
    unit=words,
    upper=numbers,
)
ranges = st.builds(
    ReferenceRange,
    low=numbers,
    high=numbers,
    unit=words,
    text=words,
    interpretation=words,
    low_excluded=st.booleans(),
    condition=words,
    applies=st.none() | st.booleans(),
)
results = st.builds(
    LabResult,
    label=words,
    value=values,
    time=times,
    collected=times,
    second=st.none() | values,
    ranges=st.tuples() | st.tuples(ranges) | st.tuples(ranges, ranges),
    second_range=st.none() | ranges,
    interpretation=st.tuples() | st.tuples(words),
    earlier=st.tuples() | st.tuples(st.builds(EarlierValue, values, times)),
    negated=st.booleans(),
    family=st.integers(0, 9),
    remarks=st.tuples() | st.tuples(st.builds(Remark, words, words, st.booleans())),
    category=st.sampled_from(["laboratory", "vital-signs"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(results, max_size=3))
def test_results_come_back_the_same(given_results: list[LabResult]) -> None:
    assert results_from_json(results_to_json(given_results)) == tuple(given_results)


def test_header_comes_back_the_same() -> None:
    who = Participant(
        name="Iris MODÈLE",
        identifiers=(("1.2", "3"),),
        profession="Biologiste",
        organisation="Laboratoire",
        organisation_identifiers=(("1.2", "4"),),
    )
    entry = DocumentEntry(
        unique_id="1.2^3",
        effective_time=Timestamp("2026"),
        version=2,
        replaces=("1.2^2",),
        confidentiality=("N", "MASQUE_PS"),
        authors=(who,),
        legal_authenticator=who,
        patient=a_patient(),
        category=DocumentCategory.BIOLOGY,
        notes=(DocumentNote.PDF_SCRIPT,),
    )
    assert entry_from_json(entry_to_json(entry)) == entry


def test_fields_at_their_default_are_not_written() -> None:
    assert set(orjson.loads(entry_to_json(DocumentEntry(unique_id="1.2")))) == {"unique_id"}


def test_numbers_keep_their_last_zero() -> None:
    (read,) = results_from_json(results_to_json([a_result(number="75.0")]))
    assert str(read.value.number) == "75.0"


def test_field_of_a_later_version_is_ignored() -> None:
    assert entry_from_json(b'{"unique_id":"1.2","hologram":"x"}') == DocumentEntry(unique_id="1.2")


def test_values_that_a_later_version_added_read_as_neutral_ones() -> None:
    entry = entry_from_json(
        b'{"unique_id":"1.2","category":"nowhere","notes":["hologram","pdf_script"],'
        b'"patient":{"identifiers":[],"birth_name":"A","given_names":[],"sex":"X","birth_date":null}}'
    )
    assert (entry.category, entry.notes) == (DocumentCategory.OTHER, (DocumentNote.PDF_SCRIPT,))
    assert entry.patient.sex is Sex.UNKNOWN
    (result,) = results_from_json(b'[{"label":"x","value":{"kind":"HOLOGRAM","text":"5"}}]')
    assert (result.value.kind, result.value.text) == (ValueKind.TEXT, "5")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"unique_id":"1","patient":{"identifiers":3}}',
        b'{"unique_id":"1","patient":"someone"}',
    ],
)
def test_anything_else_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedContent):
        entry_from_json(data)


def test_number_that_is_none_is_malformed() -> None:
    with pytest.raises(MalformedContent):
        results_from_json(b'[{"label":"x","value":{"kind":"PQ","number":"many"}}]')


def test_decimal_is_not_confused_with_text() -> None:
    (read,) = results_from_json(results_to_json([a_result(number="5")]))
    assert read.value.number == Decimal(5)
    assert read.value.text == "5"
