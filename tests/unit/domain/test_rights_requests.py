"""The clocks of requests about health data: a floor of 48 hours, a ceiling of 8 days or of 2 months (FACTS a18)."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.access import Actor, PurposeOfUse, Role
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.doctors import may_be_doctor
from gateway.domain.mailbox import VaultId
from gateway.domain.rights_requests import (
    RequestNews,
    RequestState,
    request_clocks,
    request_message_id,
    request_of_message_id,
)
from tests.builders.web_rights import a_request

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_answer_is_due_in_eight_days_and_comes_after_48_hours() -> None:
    clocks = request_clocks(NOON, older=False)
    assert (clocks.earliest - NOON, clocks.latest - NOON) == (timedelta(hours=48), timedelta(days=8))


@pytest.mark.parametrize(
    ("asked", "latest"),
    [
        (NOON, datetime(2027, 1, 30, 12, tzinfo=UTC)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC)),
        (datetime(2027, 12, 31, 12, tzinfo=UTC), datetime(2028, 2, 29, 12, tzinfo=UTC)),
        # Asked at 12 in winter, due at 12 in summer, where patients live.
        (datetime(2026, 2, 28, 11, tzinfo=UTC), datetime(2026, 4, 28, 10, tzinfo=UTC)),
        # The 1st of December already, in France.
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), datetime(2027, 1, 31, 23, 30, tzinfo=UTC)),
    ],
)
def test_what_is_older_than_five_years_is_due_in_two_months_of_the_calendar(asked: datetime, latest: datetime) -> None:
    clocks = request_clocks(asked, older=True)
    assert (clocks.earliest, clocks.latest) == (asked + timedelta(hours=48), latest)


def test_answer_names_its_request_by_the_message_that_asked() -> None:
    for news in RequestNews:
        assert request_of_message_id(request_message_id(0x2A, news, "patient.example")) == 42


@pytest.mark.parametrize(
    "other",
    ["", "<2a.request@patient.example>", "<2a.asked.request@>", "<zz.asked.request@a.example>", "2a.asked.request@a",
     f"<{'a' * 17}.asked.request@a.example>", "<2a.asked.request@a.example> <2b.asked.request@a.example>"],
)  # fmt: skip
def test_other_message_names_no_request(other: str) -> None:
    assert request_of_message_id(other) is None


def test_state_of_a_later_version_waits() -> None:
    assert RequestState.stored("suspended") is RequestState.WAITING


def test_whoever_acts_for_somebody_knows_of_their_own_requests_alone() -> None:
    request, own = a_request(1, NOON), VaultId(77)
    patient = Actor(account="a", role=Role.PATIENT, vault=VaultId(1), purpose=PurposeOfUse.PATIENT_REQUEST)
    guardian = Actor(
        account="b", role=Role.GUARDIAN, vault=VaultId(1), home=own, purpose=PurposeOfUse.FAMILY_REQUEST
    )
    assert request.is_known_to(patient)
    assert not request.is_known_to(guardian)
    assert a_request(1, NOON, asker=own).is_known_to(guardian)
    assert "Camille" not in repr(request)


@pytest.mark.parametrize(
    ("kind", "profession", "expected"),
    [
        (MailboxKind.PERSON, "Médecin", True),
        (MailboxKind.PERSON, "Cardiologue", True),
        (MailboxKind.PERSON, "", True),
        (MailboxKind.PERSON, "Infirmière", False),
        (MailboxKind.PERSON, "Masseur-kinésithérapeute", False),
        (MailboxKind.ORGANISATION, "Médecin", False),
    ],
)
def test_doctor_is_a_person_of_no_other_profession(kind: MailboxKind, profession: str, expected: bool) -> None:
    entry = DirectoryEntry(
        address=MailAddress.parse("a@medecin.example"), kind=kind, identifier="1", name="A", profession=profession
    )
    assert may_be_doctor(entry) is expected
