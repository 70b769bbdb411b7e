"""ACC-04 to ACC-10: own space, mandates, consents, emergencies, grants, offices and blocks."""

from dataclasses import replace

import pytest

from gateway.domain.access import Action, Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.domain.document import DocumentCategory
from gateway.domain.mandates import MandateKind
from gateway.policy.access import reasons
from gateway.policy.access.facts import CodeAccess, Consent, Emergency, EmergencyKind, Office, Title
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.an_access import (
    CARDIOLOGY,
    CARER,
    CODE,
    CONSENT,
    EARLIER,
    EMERGENCY,
    EMERGENCY_ROOM,
    GRANT,
    LATER,
    MINOR,
    NOW,
    OFFICE,
    OWN,
    TITLES,
    asked,
    document,
    is_unsure,
    refuses,
    said,
)

SERVICE = [Role.AGENT, Role.OPERATOR, Role.SYSTEM]


@pytest.mark.parametrize("role", Role)
def test_acc_04_permits_patients_in_their_own_space_and_judges_nobody_else(role: Role) -> None:
    assert said("ACC-04", asked(role)) is None


@pytest.mark.parametrize("title", [None, MINOR, CARER, CONSENT, OFFICE, GRANT])
def test_acc_04_refuses_patients_another_space(title: Title | None) -> None:
    assert refuses(said("ACC-04", asked(Role.PATIENT, title=title)), reasons.NOT_YOUR_SPACE)


def test_acc_04_defers_when_the_owner_is_not_known() -> None:
    assert is_unsure(said("ACC-04", asked(Role.PATIENT, title=UNKNOWN)), "ACC-04")


@pytest.mark.parametrize(
    ("role", "title"),
    [
        (Role.GUARDIAN, MINOR),
        (Role.GUARDIAN, replace(MINOR, kind=MandateKind.TUTELLE, ends=None)),
        (Role.CARER, CARER),
    ],
)
def test_acc_05_permits_a_mandate_in_effect(role: Role, title: Title) -> None:
    assert said("ACC-05", asked(role, title=title)) is None


@pytest.mark.parametrize(
    ("role", "title"),
    [
        (Role.GUARDIAN, None),
        (Role.GUARDIAN, CARER),
        (Role.GUARDIAN, OWN),
        (Role.GUARDIAN, replace(MINOR, ends=NOW)),
        (Role.GUARDIAN, replace(MINOR, accepted=False)),
        (Role.CARER, MINOR),
        (Role.CARER, replace(CARER, accepted=False)),
        (Role.CARER, replace(CARER, ends=EARLIER)),
        (Role.CARER, replace(CARER, ends=None)),
    ],
)
def test_acc_05_refuses_a_mandate_that_is_not_there_or_over(role: Role, title: Title | None) -> None:
    assert refuses(said("ACC-05", asked(role, title=title)), reasons.NO_MANDATE)


@pytest.mark.parametrize("role", [Role.GUARDIAN, Role.CARER])
def test_acc_05_defers_when_the_mandate_is_not_known(role: Role) -> None:
    assert is_unsure(said("ACC-05", asked(role, title=UNKNOWN)), "ACC-05")


@pytest.mark.parametrize("title", [CONSENT, Consent(LATER), Consent(LATER, CARDIOLOGY), CODE, EMERGENCY, OWN])
def test_acc_06_permits_standing_consent_code_emergency_and_one_s_own_mailbox(title: Title) -> None:
    assert said("ACC-06", asked(Role.PROFESSIONAL, title=title)) is None


@pytest.mark.parametrize(
    "title",
    [None, Consent(NOW), Consent(LATER, EMERGENCY_ROOM), CodeAccess(EARLIER), MINOR, CARER, GRANT, OFFICE],
)
def test_acc_06_refuses_professionals_without_consent(title: Title | None) -> None:
    assert refuses(said("ACC-06", asked(Role.PROFESSIONAL, title=title)), reasons.NO_CONSENT)


def test_acc_06_defers_when_consents_are_not_known() -> None:
    assert is_unsure(said("ACC-06", asked(Role.PROFESSIONAL, title=UNKNOWN)), "ACC-06")


RESCUE = AccessSettings(emergency_organisations=frozenset({EMERGENCY_ROOM}))


@pytest.mark.parametrize(
    ("kind", "acts_for"), [(EmergencyKind.SERVICES, EMERGENCY_ROOM), (EmergencyKind.BREAK_GLASS, CARDIOLOGY)]
)
def test_acc_07_permits_an_emergency_of_ones_own_kind_and_refuses_the_other(kind: EmergencyKind, acts_for: str) -> None:
    for title in (replace(EMERGENCY, kind=one) for one in EmergencyKind):
        answer = said("ACC-07", asked(Role.PROFESSIONAL, who={"organisation_id": acts_for}, title=title), RESCUE)
        assert answer is None if title.kind is kind else refuses(answer, reasons.NO_EMERGENCY)


@pytest.mark.parametrize(
    "title", [replace(EMERGENCY, consented=False), replace(EMERGENCY, reason=" "), replace(EMERGENCY, ends=NOW)]
)
def test_acc_07_refuses_an_emergency_without_consent_reason_or_time_left(title: Emergency) -> None:
    assert refuses(said("ACC-07", asked(Role.PROFESSIONAL, title=title)), reasons.NO_EMERGENCY)


def test_acc_07_defers_when_emergency_consents_are_not_known() -> None:
    unknown = replace(EMERGENCY, consented=UNKNOWN)
    assert is_unsure(said("ACC-07", asked(Role.PROFESSIONAL, title=unknown)), "ACC-07")


ONLY_BIOLOGY = replace(GRANT, categories=frozenset({DocumentCategory.BIOLOGY}))


@pytest.mark.parametrize("title", [GRANT, ONLY_BIOLOGY])
def test_acc_08_permits_an_application_within_its_grant(title: Title) -> None:
    assert said("ACC-08", asked(Role.APPLICATION, title=title)) is None
    assert said("ACC-08", asked(Role.APPLICATION, Action.LIST, title=title, document=None)) is None


@pytest.mark.parametrize(
    "title", [None, OWN, replace(GRANT, ends=NOW), replace(GRANT, categories=frozenset({DocumentCategory.IMAGING}))]
)
def test_acc_08_refuses_an_application_beyond_its_grant(title: Title | None) -> None:
    assert refuses(said("ACC-08", asked(Role.APPLICATION, title=title)), reasons.NOT_GRANTED)


def test_acc_08_defers_when_grant_or_document_are_not_known() -> None:
    assert is_unsure(said("ACC-08", asked(Role.APPLICATION, title=UNKNOWN)), "ACC-08")
    assert is_unsure(said("ACC-08", asked(Role.APPLICATION, title=ONLY_BIOLOGY, document=UNKNOWN)), "ACC-08")


@pytest.mark.parametrize("role", Role)
def test_acc_09_permits_acts_of_service_with_a_reason_and_judges_nobody_else(role: Role) -> None:
    assert said("ACC-09", asked(role, Action.CHANGE, part=SpacePart.SPACE)) is None


@pytest.mark.parametrize(
    ("role", "title"),
    [(role, title) for role in SERVICE for title in (None, OWN, CONSENT, EMERGENCY)]
    + [(Role.AGENT, Office(" ")), (Role.OPERATOR, Office())],
)
def test_acc_09_refuses_acts_of_service_without_office_or_reason(role: Role, title: Title | None) -> None:
    assert refuses(said("ACC-09", asked(role, title=title)), reasons.NO_OFFICE)


@pytest.mark.parametrize("role", SERVICE)
def test_acc_09_defers_when_the_office_is_not_known(role: Role) -> None:
    assert is_unsure(said("ACC-09", asked(role, title=UNKNOWN)), "ACC-09")


@pytest.mark.parametrize("role", Role)
def test_acc_10_permits_whom_nobody_blocked(role: Role) -> None:
    assert said("ACC-10", asked(role)) is None


def test_acc_10_permits_professionals_their_own_mailbox_without_looking_for_blocks() -> None:
    assert said("ACC-10", asked(Role.PROFESSIONAL, title=OWN, blocked=UNKNOWN)) is None


@pytest.mark.parametrize("title", [CONSENT, CODE, EMERGENCY])
def test_acc_10_refuses_who_is_blocked_even_author_consented_or_in_an_emergency(title: Title) -> None:
    ask = asked(Role.PROFESSIONAL, title=title, blocked=True, document=document(is_author=True))
    assert refuses(said("ACC-10", ask), reasons.BLOCKED)


def test_acc_10_defers_when_blocks_are_not_known() -> None:
    assert is_unsure(said("ACC-10", asked(Role.PROFESSIONAL, blocked=UNKNOWN)), "ACC-10")


def test_a_block_reads_like_a_missing_consent() -> None:
    blocked, missing = reasons.BLOCKED, reasons.NO_CONSENT
    assert (blocked.status, blocked.french, blocked.english) == (missing.status, missing.french, missing.english)


def test_every_role_has_a_title_in_these_tables() -> None:
    assert set(TITLES) == set(Role)
