"""What is read of a payer's bundle, and what is refused with its place."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.deposit.explanations import MOST_EXPLANATIONS, CareFeed, FeedUnreadable, read_feed
from gateway.domain.care_history import CareAct, CareKind, CareLine, first_day, one_line
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from tests.builders.care_feeds import ISSUER, bundle, dispensing, explanation

NOW, TODAY = datetime(2026, 11, 29, 12, tzinfo=UTC), date(2026, 11, 29)
_STEM = "2790351215189"
CAMILLE = PatientIdentity(
    Ins.parse(f"{_STEM}{ins_key(_STEM):02}"),
    INS_DEMO,
    Traits(birth_name="DUPRÉ", given_names=("Camille",), sex=Sex.FEMALE, birth_date=BirthDate(1979, 3, 12)),
)

BACKWARDS = {"start": "2026-11-02", "end": "2026-11-01"}
TOO_MUCH = {"productOrService": {}, "quantity": {"value": 1e300}}


def read(data: bytes) -> CareFeed:
    return read_feed(data, NOW, TODAY)


def act(**changes: Any) -> CareAct:
    (told,) = read(bundle(CAMILLE, explanation(**changes))).acts
    assert told.act is not None
    return told.act


def test_bundle_says_who_what_when_where_and_how_much() -> None:
    feed = read(bundle(CAMILLE, explanation(), dispensing()))
    assert (feed.patient.birth_name, feed.patient.sex) == ("DUPRÉ", Sex.FEMALE)
    visit, handed_out = feed.acts
    assert visit.name == f"{ISSUER}|1"
    assert visit.act == CareAct(
        id=0, kind=CareKind.VISIT, day=date(2026, 11, 2), lines=(CareLine("Consultation de médecine générale"),),
        performer="Dr Claire Lenoir", place="Cabinet des Lilas", told_at=NOW,
    )  # fmt: skip
    assert handed_out.act is not None
    assert handed_out.act.kind is CareKind.DISPENSING
    assert handed_out.act.lines == (
        CareLine("Paracétamol 1 g, comprimé", "2 boîtes"), CareLine("Amoxicilline 500 mg"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"subType": {"coding": [{"code": "vaccination"}]}}, CareKind.VACCINATION),
        ({"type": {"coding": [{"code": "institutional"}]}}, CareKind.STAY),
        ({"type": {"coding": [{"code": "oral"}]}}, CareKind.DENTAL),
        ({"type": {"text": "Divers"}}, CareKind.OTHER),
    ],
)
def test_kind_is_that_of_the_subtype_or_type(changes: dict[str, Any], kind: CareKind) -> None:
    assert act(**changes).kind is kind


def test_day_is_that_of_the_period_or_of_the_service() -> None:
    stay = act(billablePeriod={"start": "2026-10-01T08:00:00+02:00", "end": "2026-10-04"})
    assert (stay.day, stay.until) == (date(2026, 10, 1), date(2026, 10, 4))
    served = [{"productOrService": {"text": "Soin"}, "servicedDate": "2026-09-30"}]
    assert act(billablePeriod={}, item=served).day == date(2026, 9, 30)


def test_what_is_called_off_has_no_act_and_the_last_word_of_a_name_counts() -> None:
    off = explanation(status="cancelled")
    assert [told.act for told in read(bundle(CAMILLE, explanation(), off)).acts] == [None]


def test_texts_become_one_line_without_what_would_turn_or_hide_them() -> None:
    item = [{"productOrService": {"text": "Soin\u202e\n\0 de\tpied " + "x" * 900}}]
    label = act(item=item).lines[0].label
    assert label.startswith("Soin de pied x")
    assert len(label) == 200
    assert one_line("\u200b \u2066") == ""


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "not JSON"),
        (b"\xff{", "not JSON"),
        (b"[" * 100_000, "at $"),
        (b'{"resourceType": "Patient"}', "at $.resourceType"),
        (bundle(CAMILLE, {"resourceType": "Claim"}), "at $.entry[1].resource.resourceType"),
        (bundle(CAMILLE, *[explanation()] * (MOST_EXPLANATIONS + 1)), "at $.entry"),
        (bundle(CAMILLE, {"resourceType": "Patient", "id": "2"}, explanation()), "one Patient"),
        (json.dumps({"resourceType": "Bundle", "entry": [{"resource": explanation()}]}).encode(), "one Patient"),
        (bundle(CAMILLE, explanation(patient={"reference": "Patient/2"})), "entry[1]: patient"),
        (bundle(CAMILLE, explanation(identifier=[])), "at $.entry[1].resource.identifier"),
        (bundle(CAMILLE, explanation(identifier=[{"system": "x"}])), "entry[1]: an identifier"),
        (bundle(CAMILLE, explanation(status="draft")), "entry[1]: status"),
        (bundle(CAMILLE, explanation(day="2026-02-30")), "entry[1]: a day"),
        (bundle(CAMILLE, explanation(day="")), "entry[1]: a day"),
        (bundle(CAMILLE, explanation(day="2026-11-30")), "entry[1]: the day of care"),
        (bundle(CAMILLE, explanation(billablePeriod={"start": "2026-11-02", "end": "2026"})), "entry[1]: a day"),
        (bundle(CAMILLE, explanation(billablePeriod=BACKWARDS)), "entry[1]: the period"),
        (bundle(CAMILLE, explanation(item=[], type={})), "entry[1]: nothing says"),
        (bundle(CAMILLE, explanation(item=[{"productOrService": {"text": "x"}}] * 31)), ".item"),
        (bundle(CAMILLE, explanation(provider={"display": "x" * 1001})), ".provider.display"),
        (bundle(CAMILLE, explanation(item=[TOO_MUCH])), ".quantity.value"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(data: bytes, where: str) -> None:
    with pytest.raises(FeedUnreadable) as refused:
        read(data)
    assert where in str(refused.value)


def test_refusal_repeats_no_value() -> None:
    with pytest.raises(FeedUnreadable) as refused:
        read(bundle(CAMILLE, {"resourceType": "Secret de Camille"}))
    assert "Camille" not in str(refused.value)


def test_first_of_the_24_months_is_the_same_day() -> None:
    assert first_day(TODAY) == date(2024, 11, 29)
    assert first_day(date(2028, 2, 29)) == date(2026, 2, 28)


_json = st.recursive(
    st.none() | st.integers() | st.floats() | st.text("aé.-_=0\0{\"", max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = [*explanation(), "subType"]
_entries = st.dictionaries(st.sampled_from(_FIELDS), _json, max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=120) | _entries.map(lambda said: bundle(CAMILLE, {**explanation(), **said})))
def test_any_octets_are_a_feed_or_refused(data: bytes) -> None:
    try:
        read(data)
    except FeedUnreadable:
        return


