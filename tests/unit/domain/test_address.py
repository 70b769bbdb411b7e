"""Mail addresses in one canonical form, and patients' addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.identity import Ins

PATIENT_DOMAIN = "patient.mssante.fr"


def patient(text: str) -> PatientAddress:
    return PatientAddress.of(MailAddress.parse(text), PATIENT_DOMAIN)


def test_two_spellings_are_one_mailbox() -> None:
    assert MailAddress.parse("Claire.Martin@HOPITAL.example") == MailAddress.parse("claire.martin@hopital.example")


def test_an_internationalised_domain_is_compared_in_ascii() -> None:
    assert MailAddress.parse("a@Hôpital.example") == MailAddress.parse("a@xn--hpital-ixa.example")


def test_an_address_prints_in_canonical_form() -> None:
    assert str(MailAddress.parse("Claire.Martin@Medecin.MSSante.fr")) == "claire.martin@medecin.mssante.fr"


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "a", "a@", "@b.example", "a@b", "a b@c.example", "a@b..example", "a@.example", "a@b.example.",
        ".a@b.example", "a.@b.example", "a..b@c.example", '"a"@b.example', "a@[192.0.2.1]", "a@b@c.example",
        "a@-b.example", "a@b-.example", "é@b.example", "a@b.example\r\n", "a@b.example\0", "<a@b.example>",
        "alice@good.example)<bob@evil.example>", f"{'a' * 65}@b.example", f"a@{'b' * 64}.example",
        f"a@{'b.' * 126}ab", f"a@{'é' * 64}.example", "a@é..example", "a" * 400 + "@b.example",
    ],
)  # fmt: skip
def test_what_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        MailAddress.parse(text)


def test_the_longest_parts_are_read() -> None:
    assert MailAddress.parse(f"{'a' * 64}@{'b' * 63}.example").domain == f"{'b' * 63}.example"


@given(st.text(max_size=80))
def test_any_text_is_a_canonical_address_or_refused(text: str) -> None:
    try:
        address = MailAddress.parse(text)
    except InvalidValue:
        return
    assert str(address).isascii()
    assert MailAddress.parse(str(address)) == address


def test_an_address_does_not_show_in_its_representation() -> None:
    assert repr(MailAddress.parse("a@b.example")) == "MailAddress(…)"


def test_a_patient_address_is_an_ins_at_the_patient_domain() -> None:
    address = patient("295109912611193@patient.mssante.fr")
    assert address.ins == Ins.parse("295109912611193")
    assert str(address) == "295109912611193@patient.mssante.fr"


def test_a_corsican_patient_address_is_mailed_in_lower_case_and_printed_in_upper_case() -> None:
    address = patient("253072b07300470@patient.mssante.fr")
    assert str(address) == "253072B07300470@patient.mssante.fr"
    assert address.mail == MailAddress.parse("253072B07300470@patient.mssante.fr")


def test_the_patient_domain_is_compared_without_case() -> None:
    address = MailAddress.parse("295109912611193@patient.mssante.fr")
    assert PatientAddress.of(address, "Patient.MSSante.fr").domain == PATIENT_DOMAIN


@pytest.mark.parametrize(
    "text",
    [
        "295109912611194@patient.mssante.fr",
        "29510991261119@patient.mssante.fr",
        "claire.martin@patient.mssante.fr",
        "295109912611193@medecin.mssante.fr",
        "295109912611193@patient.mssante.fr.example",
    ],
)
def test_a_wrong_key_form_or_domain_is_no_patient_address(text: str) -> None:
    with pytest.raises(InvalidValue):
        patient(text)


def test_a_patient_address_does_not_show_in_its_representation() -> None:
    assert repr(patient("295109912611193@patient.mssante.fr")) == "PatientAddress(…)"
