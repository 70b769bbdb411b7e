"""Passwords of patients: long, not personal, not soon guessed, and the reason is told (F18)."""

import time

import pytest

from gateway.domain.account import PostalAddress, Space
from gateway.domain.address import PatientAddress
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.services.sign_in.password_rules import PasswordFault, password_fault, personal_words

NUMBER = "2840375116042"
INS = Ins(f"{NUMBER}{ins_key(NUMBER):02}")


def somebody(born: str = "1984-03-12") -> Space:
    """Give Camille, with all that is known of her."""
    traits = Traits(
        birth_name="MOREAU",
        given_names=("Camille", "Anne-Zélie"),
        sex=Sex.FEMALE,
        birth_date=BirthDate.parse(born),
        used_name="LEFÈVRE",
    )
    return Space(
        vault=VaultId(1),
        address=PatientAddress(INS, "patient.example"),
        identity=PatientIdentity(INS, INS_DEMO, traits),
        state=SpaceState.NOTIFIED,
        email="cmoreau84@courriel.example",
        phone="+33600000042",
        postal=PostalAddress(("1 rue du Port",), "35000", "Concarneau", "FR"),
        card_serials=("80250000116042",),
        identifier="rivage.clair",
    )


@pytest.mark.parametrize(
    "password",
    ["Sentier-Mousse-84", "brouette violon tulipe", "xK4@(3[9!tQ7|0$%+p", "Jéz&9vq§Tuli", "9éà-Vr_tulipQ" * 70],
)
def test_long_and_odd_password_is_taken(password: str) -> None:
    assert password_fault(password, personal_words(somebody())) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Vx9-tulipe!", PasswordFault.TOO_SHORT),
        ("xK4-tulipe-" * 100, PasswordFault.TOO_LONG),
        ("azertyuiopqsdf", PasswordFault.COMMON),
        ("motdepasse2026", PasswordFault.COMMON),
        ("jetaimedoudou", PasswordFault.COMMON),
        ("M0td3p@sse2026!", PasswordFault.COMMON),
        ("MotdepasseMotdepasse", PasswordFault.REPEATED),
        ("aaaaaaaaaaaaaaaa", PasswordFault.REPEATED),
        ("abcdefghijklmnop", PasswordFault.SEQUENCE),
        ("qwertyuiop[]", PasswordFault.KEYBOARD),
        ("14/07/1989..", PasswordFault.DATE),
    ],
)
def test_easy_password_is_refused_with_its_reason(password: str, fault: PasswordFault) -> None:
    assert password_fault(password, personal_words(somebody())) is fault


@pytest.mark.parametrize(
    "password",
    [
        "Tulipe-CAMILLE-violon", "violon-moreau-tulipe", "violon lefevre tulipe", "violon Zelie tulipe brouette",
        "violon.12031984.tulipe", "violon-12/03/84-tulipe", "violon-19840312-tulipe",
        "tulipe 2 84 03 75 116 042 violon",
        "tulipe-80250000116042-violon", "violon-06 00 00 00 42-tulipe", "violon-cmoreau84-tulipe",
        "tulipe Concarneau violon",
        "Rivage.Clair-tulipe-violon",
    ],
)  # fmt: skip
def test_personal_data_is_refused(password: str) -> None:
    assert password_fault(password, personal_words(somebody())) is PasswordFault.PERSONAL


def test_birth_date_without_a_day_is_no_word() -> None:
    assert not {"12031984", "120384"} & set(personal_words(somebody("1984-03")))


def test_what_one_person_may_not_choose_another_may() -> None:
    password = "violon-moreau-tulipe"
    assert password_fault(password, ["Bernard"]) is None
    assert password_fault(password, ["Moreau"]) is PasswordFault.PERSONAL
    assert password_fault(password, []) is None


@pytest.mark.parametrize(
    "password", ["4@8({[<3691!|0$5+7%2" * 9, "1|!" * 300, "a@4" * 300, "é" * 900, "0123456789" * 90]
)
def test_no_password_keeps_the_processor_busy(password: str) -> None:
    password_fault("violon-moreau-tulipe", [])
    began = time.process_time()
    password_fault(password, [])
    assert time.process_time() - began < 5
