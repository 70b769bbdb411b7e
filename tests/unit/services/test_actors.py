"""Actors as edges recognise them."""

from datetime import UTC, datetime

import pytest

from gateway.domain.access import Role
from gateway.domain.account import Session
from gateway.domain.address import MailAddress
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.services.access.actors import owner_of, program_with

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ADDRESS = MailAddress.parse("cardiologie@hopital.example")


@pytest.mark.parametrize(
    ("kind", "person", "organisation"),
    [(VaultKind.PER, "Nom", ""), (VaultKind.ORG, "", "Nom"), (VaultKind.CAB, "", "Nom"), (VaultKind.APP, "", "Nom")],
)
def test_owner_of_a_mailbox_is_a_person_or_an_organisation(kind: VaultKind, person: str, organisation: str) -> None:
    owner = owner_of(VaultId(1), ADDRESS, kind, "Nom", "imap")
    assert (owner.person, owner.organisation, owner.home) == (person, organisation, owner.vault)


def test_program_is_named_by_its_token_and_ends_with_it() -> None:
    program = program_with(
        Session(
            digest=bytes.fromhex("0123456789ab" + "ff" * 26),
            vault=VaultId(1),
            kind="fhir",
            created=NOW,
            used=NOW,
            expires=NOW,
        )
    )
    assert (program.account, program.role, program.until, program.home) == (
        "fhir:0123456789ab", Role.APPLICATION, NOW, None,
    )  # fmt: skip
