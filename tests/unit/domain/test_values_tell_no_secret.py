"""Values that hold keys, secrets or persons show none of it when they are printed, in a trace of calls for instance."""

from datetime import UTC, datetime

import pytest

from gateway.domain.account import Account, Code, SecretKind, Session, Space
from gateway.domain.address import PatientAddress
from gateway.domain.identity import INS_DEMO, BirthDate, PatientIdentity, Sex, Traits
from gateway.domain.mailbox import BlobKey, BlobRef, VaultId
from gateway.domain.space import SpaceState
from tests.builders.store import PATIENT_DOMAIN, an_ins

VAULT, NOON, SECRET = VaultId(0xA1), datetime(2026, 11, 26, 12, tzinfo=UTC), b"never shown"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (BlobKey(BlobRef(b"\x01" * 16), SECRET, 5), f"BlobKey({'01' * 16})"),
        (Account("claire@cabinet.example", VAULT, SecretKind.APP, SECRET), "Account(a1, app)"),
        (
            Code(vault=VAULT, purpose="sign-in", digest=SECRET, issued=NOON, expires=NOON, tries_left=5),
            "Code(a1, sign-in)",
        ),
        (Session(digest=SECRET, vault=VAULT, kind="web", created=NOON, used=NOON, expires=NOON), "Session(a1, web)"),
    ],
)
def test_secret_is_not_shown(value: object, shown: str) -> None:
    assert repr(value) == shown


def test_space_shows_nothing_of_its_patient() -> None:
    ins = an_ins(7)
    patient = PatientIdentity(
        ins,
        INS_DEMO,
        Traits(birth_name="Modèle", given_names=("Camille",), sex=Sex.FEMALE, birth_date=BirthDate(1980, 1, 15)),
    )
    space = Space(
        vault=VAULT,
        address=PatientAddress(ins, PATIENT_DOMAIN),
        identity=patient,
        state=SpaceState.ACTIVE,
        email="c@courriel.example",
    )
    assert repr(space) == "Space(a1, active)"
