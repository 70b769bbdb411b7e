"""No way in for insurers, employers and banks (F83): no role, no right, no consent, no export."""

import re

from gateway.domain.access import Action, PurposeOfUse, Role, SpacePart
from gateway.domain.mailbox import VaultKind
from gateway.domain.patient_choices import EmergencyConsent, PartyStanding
from gateway.policy.access.standing import BELONGS
from gateway.services.export.exported import SUBJECTS

THEIRS = re.compile(r"insur|payer|employ|bank|assur|mutuel|banque", re.IGNORECASE)


def test_no_role_purpose_mailbox_consent_or_export_is_for_insurers_employers_or_banks() -> None:
    tables = (Role, PurposeOfUse, SpacePart, VaultKind, EmergencyConsent, PartyStanding)
    named = [f"{one.name} {one.value}" for table in tables for one in table]
    assert [name for name in named if THEIRS.search(name)] == []
    assert [subject.title for subject in SUBJECTS if THEIRS.search(subject.title)] == []


def test_only_those_of_the_table_have_a_right_on_content_and_no_service_has() -> None:
    content = {SpacePart.DOCUMENTS, SpacePart.MESSAGES, SpacePart.PROFILE, SpacePart.CARE_HISTORY, SpacePart.AGENDA}
    readers = {
        role
        for role in Role
        for right in BELONGS.get(role, ())
        if right.part in content and right.action in {Action.LIST, Action.READ, Action.EXPORT}
    }
    assert readers == {Role.PATIENT, Role.GUARDIAN, Role.CARER, Role.PROFESSIONAL, Role.APPLICATION}


def test_whoever_exports_a_whole_space_is_its_patient_or_acts_for_them() -> None:
    exporting = {role for role, rights in BELONGS.items() for right in rights if right.action is Action.EXPORT}
    assert exporting == {Role.PATIENT, Role.GUARDIAN}
