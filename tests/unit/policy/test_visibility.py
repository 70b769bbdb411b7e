"""What confidentiality codes ask for, and from whom they withhold a document."""

import pytest

from gateway.domain.access import Audience
from gateway.domain.confidentiality import Confidentiality, confidentiality_of
from gateway.policy.visibility import withheld_from

C = Confidentiality
PATIENT, REPRESENTATIVES, PROFESSIONALS = Audience.PATIENT, Audience.REPRESENTATIVES, Audience.PROFESSIONALS


@pytest.mark.parametrize(
    ("codes", "asked"),
    [
        ([], C.NORMAL),
        (["N"], C.NORMAL),
        (["", " n "], C.NORMAL),
        (["R"], C.RESTRICTED),
        (["N", "MASQUE_PS"], C.HIDDEN_FROM_PROFESSIONALS),
        (["INVISIBLE_PATIENT"], C.HIDDEN_FROM_PATIENT),
        (["INVISIBLE_REPRESENTANTS_LEGAUX"], C.HIDDEN_FROM_GUARDIANS),
        (["INVISIBLE_REP_LEGAUX"], C.HIDDEN_FROM_GUARDIANS),
        (["V", "MASQUE_PS"], C.VERY_RESTRICTED | C.HIDDEN_FROM_PROFESSIONALS),
        (["TOP-SECRET"], C.NOT_UNDERSTOOD),
    ],
)
def test_codes_ask_for_what_they_say_and_an_unknown_one_is_never_normal(
    codes: list[str], asked: Confidentiality
) -> None:
    assert confidentiality_of(codes) == asked


@pytest.mark.parametrize(
    ("codes", "readers"),
    [
        ((), Audience.NOBODY),
        (("N", "R"), Audience.NOBODY),
        (("N", " invisible_patient "), PATIENT),
        (("INVISIBLE_REP_LEGAUX",), REPRESENTATIVES),
        (("MASQUE_PS",), PROFESSIONALS),
        (("V",), PROFESSIONALS),
        (("TOP-SECRET",), PROFESSIONALS | REPRESENTATIVES),
        (("V", "INVISIBLE_PATIENT", "INVISIBLE_REP_LEGAUX"), PATIENT | REPRESENTATIVES | PROFESSIONALS),
    ],
)
def test_document_is_withheld_from_whom_its_codes_name(codes: tuple[str, ...], readers: Audience) -> None:
    assert withheld_from(codes) == readers
