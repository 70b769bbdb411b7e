"""ACC-11 to ACC-13: flags, holds, exceptions, authorship and professions, in tables."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.access import Action, Audience, Role
from gateway.domain.access_settings import AccessSettings
from gateway.domain.document import DocumentCategory
from gateway.policy.access import reasons
from gateway.policy.access.facts import PersonChoice
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.an_access import (
    CONSENT,
    DOCTOR,
    EARLIER,
    EMERGENCY,
    LATER,
    NOW,
    NURSE,
    OWN,
    asked,
    document,
    is_unsure,
    refuses,
    said,
)

NOBODY, PATIENT = Audience.NOBODY, Audience.PATIENT
REPRESENTATIVES, PROFESSIONALS = Audience.REPRESENTATIVES, Audience.PROFESSIONALS
PATIENT_SIDE = [Role.PATIENT, Role.APPLICATION, Role.GUARDIAN, Role.CARER]
REPRESENTING = [Role.GUARDIAN, Role.CARER]
SHOWN, HIDDEN = PersonChoice.SHOWN, PersonChoice.HIDDEN
BREAKING_ALL = replace(EMERGENCY, hidden_too=True)


@pytest.mark.parametrize("role", PATIENT_SIDE)
@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_from": NOBODY},
        {"hidden_from": PROFESSIONALS},
        {"hidden_from": PATIENT, "held_until": NOW},
        {"hidden_from": PATIENT, "held_until": EARLIER},
    ],
)
def test_acc_11_permits_what_is_hidden_from_others_or_held_no_longer(role: Role, changes: dict[str, Any]) -> None:
    assert said("ACC-11", asked(role, document=document(**changes))) is None


@pytest.mark.parametrize("role", [Role.PATIENT, Role.APPLICATION])
def test_acc_11_permits_patients_what_is_hidden_from_representatives(role: Role) -> None:
    assert said("ACC-11", asked(role, document=document(hidden_from=REPRESENTATIVES))) is None


@pytest.mark.parametrize("role", [role for role in Role if role not in PATIENT_SIDE])
def test_acc_11_permits_others_what_is_withheld_from_the_patient(role: Role) -> None:
    assert said("ACC-11", asked(role, document=document(hidden_from=PATIENT | REPRESENTATIVES))) is None


@pytest.mark.parametrize("role", PATIENT_SIDE)
def test_acc_11_permits_lists_which_the_store_filters(role: Role) -> None:
    assert said("ACC-11", asked(role, Action.LIST, document=None)) is None


@pytest.mark.parametrize(
    ("role", "changes"),
    [(role, {"hidden_from": PATIENT}) for role in PATIENT_SIDE]
    + [(role, {"hidden_from": PATIENT, "held_until": LATER}) for role in PATIENT_SIDE]
    + [(role, {"hidden_from": REPRESENTATIVES}) for role in REPRESENTING]
    + [(role, {"hidden_from": PATIENT | REPRESENTATIVES, "held_until": EARLIER}) for role in REPRESENTING],
)
def test_acc_11_refuses_what_is_withheld_from_whoever_reads(role: Role, changes: dict[str, Any]) -> None:
    assert refuses(said("ACC-11", asked(role, document=document(**changes))), reasons.WITHHELD)


@pytest.mark.parametrize("unknown", [UNKNOWN, document(hidden_from=UNKNOWN)])
def test_acc_11_defers_when_flags_are_not_known(unknown: Any) -> None:
    assert is_unsure(said("ACC-11", asked(Role.PATIENT, document=unknown)), "ACC-11")


@pytest.mark.parametrize(
    ("title", "hidden_from", "is_author", "choice"),
    [
        (CONSENT, NOBODY, False, None),
        (CONSENT, PATIENT | REPRESENTATIVES, False, None),
        (CONSENT, PROFESSIONALS, True, None),
        (CONSENT, PROFESSIONALS, False, SHOWN),
        (EMERGENCY, NOBODY, False, None),
        (EMERGENCY, PROFESSIONALS, True, None),
        (BREAKING_ALL, PROFESSIONALS, False, None),
    ],
)
def test_acc_12_permits_what_is_shown_written_or_excepted(
    title: Any, hidden_from: Audience, is_author: bool, choice: PersonChoice | None
) -> None:
    shown = document(hidden_from=hidden_from, is_author=is_author, choice=choice)
    assert said("ACC-12", asked(Role.PROFESSIONAL, title=title, document=shown)) is None


@pytest.mark.parametrize(
    ("title", "hidden_from", "is_author", "choice"),
    [
        (CONSENT, PROFESSIONALS, False, None),
        (EMERGENCY, PROFESSIONALS, False, None),
        (CONSENT, NOBODY, False, HIDDEN),
        (CONSENT, NOBODY, True, HIDDEN),
        (BREAKING_ALL, PROFESSIONALS, False, HIDDEN),
        (BREAKING_ALL, Audience.EVERYBODY, True, SHOWN),
        (BREAKING_ALL, Audience.BEFORE_ACTIVATION, True, SHOWN),
    ],
)
def test_acc_12_refuses_what_the_patient_hides(
    title: Any, hidden_from: Audience, is_author: bool, choice: PersonChoice | None
) -> None:
    hidden = document(hidden_from=hidden_from, is_author=is_author, choice=choice)
    assert refuses(said("ACC-12", asked(Role.PROFESSIONAL, title=title, document=hidden)), reasons.HIDDEN)


@pytest.mark.parametrize(
    ("title", "unknown"),
    [
        (CONSENT, UNKNOWN),
        (CONSENT, document(choice=UNKNOWN)),
        (CONSENT, document(hidden_from=UNKNOWN)),
        (CONSENT, document(hidden_from=PROFESSIONALS, is_author=UNKNOWN)),
        (replace(EMERGENCY, hidden_too=UNKNOWN), document(hidden_from=PROFESSIONALS)),
    ],
)
def test_acc_12_defers_when_the_patient_s_choice_is_not_known(title: Any, unknown: Any) -> None:
    assert is_unsure(said("ACC-12", asked(Role.PROFESSIONAL, title=title, document=unknown)), "ACC-12")


def test_a_professional_s_own_mailbox_is_not_filtered_by_documents() -> None:
    ask = asked(Role.PROFESSIONAL, title=OWN, document=UNKNOWN)
    assert said("ACC-12", ask) is None


MATRIX = AccessSettings(
    readable={DOCTOR: frozenset(DocumentCategory), NURSE: frozenset({DocumentCategory.PRESCRIPTIONS})}
)


def test_acc_13_permits_everything_without_a_matrix() -> None:
    assert said("ACC-13", asked(Role.PROFESSIONAL, who={"profession": ""})) is None


@pytest.mark.parametrize(
    ("profession", "changes"),
    [
        (DOCTOR, {"category": DocumentCategory.BIOLOGY}),
        (NURSE, {"category": DocumentCategory.PRESCRIPTIONS}),
        (NURSE, {"category": DocumentCategory.BIOLOGY, "is_author": True}),
        (NURSE, {"category": DocumentCategory.PRESCRIPTIONS, "is_author": UNKNOWN}),
    ],
)
def test_acc_13_permits_what_is_for_the_profession(profession: str, changes: dict[str, Any]) -> None:
    ask = asked(Role.PROFESSIONAL, who={"profession": profession}, document=document(**changes))
    assert said("ACC-13", ask, MATRIX) is None


@pytest.mark.parametrize("profession", [NURSE, "99"])
def test_acc_13_refuses_what_is_not_for_the_profession(profession: str) -> None:
    ask = asked(Role.PROFESSIONAL, who={"profession": profession})
    assert refuses(said("ACC-13", ask, MATRIX), reasons.NOT_YOUR_PROFESSION)


@pytest.mark.parametrize(
    ("profession", "unknown"), [("", document()), (NURSE, UNKNOWN), (NURSE, document(is_author=UNKNOWN))]
)
def test_acc_13_defers_when_profession_or_document_are_not_known(profession: str, unknown: Any) -> None:
    ask = asked(Role.PROFESSIONAL, who={"profession": profession}, document=unknown)
    assert is_unsure(said("ACC-13", ask, MATRIX), "ACC-13")
