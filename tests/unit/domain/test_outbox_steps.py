"""Steps of the outbox: how urgent, how often, how long between two tries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.outbox import (
    MAX_ATTEMPTS,
    MAX_MAIL_ATTEMPTS,
    NOTICES,
    Step,
    StepKind,
    Urgency,
    max_attempts,
    retry_delay,
    urgency_of,
)
from gateway.domain.step_payloads import FileDocuments
from tests.builders.outbox import PAYLOADS

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MAIL = (StepKind.DELIVER, StepKind.RECEIPT, StepKind.REPORT, StepKind.DISPLAYED, StepKind.TELL_SENDER, StepKind.ASK)


def a_step(kind: StepKind) -> Step:
    return Step(vault=VaultId(1), id=1, payload=PAYLOADS[kind], due=NOON)


@pytest.mark.parametrize("kind", StepKind)
def test_kind_of_a_step_is_that_of_what_it_is_told(kind: StepKind) -> None:
    assert a_step(kind).kind is kind


def test_representation_of_what_a_step_is_told_names_nobody() -> None:
    assert "example" not in "".join(map(repr, PAYLOADS.values()))


def test_only_filing_holds_many_octets() -> None:
    large = replace(a_step(StepKind.FILE), payload=FileDocuments(mid=MessageId(1), octets=9))
    assert (large.octets, a_step(StepKind.CODE).octets) == (9, 0)


@pytest.mark.parametrize("kind", StepKind)
def test_codes_mail_notices_and_filing_have_places_of_their_own(kind: StepKind) -> None:
    own = {
        StepKind.FILE: Urgency.AT_LEISURE,
        StepKind.NOTIFY: Urgency.NOTICE,
        StepKind.NOTIFY_DOCUMENT: Urgency.NOTICE,
        StepKind.NOTIFY_APART: Urgency.NOTICE,
        StepKind.TELL: Urgency.NOTICE, StepKind.OPENING: Urgency.CAMPAIGN,
        StepKind.EXPORT: Urgency.SLOW,
    }
    assert urgency_of(a_step(kind)) is own.get(kind, Urgency.POST if kind in MAIL else Urgency.SOON)


@pytest.mark.parametrize("kind", MAIL)
def test_mail_that_waits_for_another_server_has_places_of_its_own(kind: StepKind) -> None:
    assert urgency_of(replace(a_step(kind), relays=True)) is Urgency.RELAY


@pytest.mark.parametrize("kind", StepKind)
def test_mail_and_notices_are_tried_for_five_days_and_the_rest_for_eight_hours(kind: StepKind) -> None:
    lasting = sum((retry_delay(tried) for tried in range(1, max_attempts(kind))), timedelta(0))
    outside = (*MAIL, *NOTICES)
    longest, tries = (timedelta(days=5), MAX_MAIL_ATTEMPTS) if kind in outside else (timedelta(hours=8), MAX_ATTEMPTS)
    assert max_attempts(kind) == tries
    assert 0.95 < lasting / longest < 1.05


def test_pause_doubles_from_a_second_to_an_hour() -> None:
    assert [retry_delay(tried) // timedelta(seconds=1) for tried in (0, 1, 2, 3, 12, 13, 1_000)] == [
        1, 1, 2, 4, 2_048, 3_600, 3_600,
    ]  # fmt: skip
