"""Actors: as whom they read, their lines of the trace, what their representation hides."""

from datetime import UTC, datetime

import pytest

from gateway.domain.access import NOT_YET, Actor, Audience, PurposeOfUse, Role
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CLAIRE = Actor(
    account="claire.martin@medecin.example",
    role=Role.PROFESSIONAL,
    vault=VaultId(31),
    purpose=PurposeOfUse.TREATMENT,
    person="Dr Claire Martin",
    organisation="Hôpital des Lilas",
    profession="10",
    face="console",
    responsible="Dr Anne Martin",
    reason="Malaise",
)
EVERYBODY = NOT_YET | Audience.REPRESENTATIVES | Audience.PROFESSIONALS


@pytest.mark.parametrize(
    ("role", "audience"),
    [
        (Role.PATIENT, NOT_YET),
        (Role.APPLICATION, NOT_YET),
        (Role.GUARDIAN, NOT_YET | Audience.REPRESENTATIVES),
        (Role.CARER, NOT_YET | Audience.REPRESENTATIVES),
        (Role.PROFESSIONAL, Audience.PROFESSIONALS),
        (Role.AGENT, EVERYBODY),
        (Role.OPERATOR, EVERYBODY),
        (Role.SYSTEM, Audience.NOBODY),
    ],
)
def test_every_role_reads_as_somebody_from_whom_things_may_be_withheld(role: Role, audience: Audience) -> None:
    actor = Actor(account="a", role=role, vault=VaultId(1), home=VaultId(1), purpose=PurposeOfUse.OPERATIONS)
    everybody = Audience.NOBODY if role is Role.SYSTEM else Audience.EVERYBODY | Audience.BEFORE_ACTIVATION
    assert actor.audience == audience | everybody


def test_an_actor_makes_lines_of_the_trace_that_say_who_for_whom_and_why() -> None:
    assert CLAIRE.event(NOW, "document.read", "ok", ("document:1",), "pdf", ("profile:allergies",)) == AuditEvent(
        at=NOW,
        actor="claire.martin@medecin.example",
        action="document.read",
        outcome="ok",
        objects=("document:1",),
        detail="pdf",
        role="professional",
        person="Dr Claire Martin",
        organisation="Hôpital des Lilas",
        purpose="TREAT",
        reason="Malaise",
        data=("profile:allergies",),
        face="console",
        profession="10",
        responsible="Dr Anne Martin",
    )


def test_an_actor_s_representation_names_nobody() -> None:
    assert repr(CLAIRE) == "Actor(professional, 1f)"
