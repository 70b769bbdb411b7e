"""Names of certificate holders are equal when their attributes are, whatever tool wrote them (STD §1.3)."""

import pytest

from gateway.domain.directory import DistinguishedName
from gateway.domain.errors import InvalidValue

LISTED = "CN=smtps1.example.fr,OU=318003502400041,O=OPERATEUR,ST=Paris (75),C=FR"


@pytest.mark.parametrize(
    "text",
    [
        "C=FR,ST=Paris (75),O=OPERATEUR,OU=318003502400041,CN=smtps1.example.fr",
        "C = FR, ST = Paris (75), O = Operateur, OU = 318003502400041, CN = SMTPS1.example.fr",
        "/C=FR/ST=Paris (75)/O=OPERATEUR/OU=318003502400041/CN=smtps1.example.fr",
        'CN="smtps1.example.fr"; OU=318003502400041 ;O=OPERATEUR;S=Paris \\(75\\);2.5.4.6=fr',
        "commonName=smtps1.example.fr,OU=318003502400041,O=OPERATEUR,OID.2.5.4.8=Paris  (75),C=FR",
    ],
)
def test_spelling_order_and_case_do_not_matter(text: str) -> None:
    assert DistinguishedName.parse(text) == DistinguishedName.parse(LISTED)


@pytest.mark.parametrize(
    "text",
    [
        LISTED.replace("smtps1", "smtps2"),
        LISTED + ",OU=autre",
        LISTED.removesuffix(",C=FR"),
        LISTED.replace("CN=smtps1.example.fr,OU=", "CN=smtps1.example.fr+OU="),
        LISTED.replace("ST=", "L="),
        LISTED.replace("smtps1", "smtрs1"),  # a Cyrillic letter
        "CN=smtps1.example.fr\\,OU=318003502400041,O=OPERATEUR,ST=Paris (75),C=FR",
    ],
)
def test_any_attribute_more_less_or_other_is_another_holder(text: str) -> None:
    assert DistinguishedName.parse(text) != DistinguishedName.parse(LISTED)


def test_escaped_quoted_and_plain_commas_read_the_same() -> None:
    texts = ["O=Lilas\\, SA,CN=a", 'O="Lilas, SA",CN=a', "O=Lilas, SA,CN=a", "O=Lilas\\2C SA,CN=a"]

    assert len({DistinguishedName.parse(text) for text in texts}) == 1


def test_accents_read_the_same_escaped_or_composed_otherwise() -> None:
    texts = ["O=Hôpital", "O=H\\C3\\B4pital", "O=Ho\u0302pital", "O=#0C0848c3b4706974616c"]

    assert len({DistinguishedName.parse(text) for text in texts}) == 1


def test_multi_valued_rdn_keeps_no_order() -> None:
    assert DistinguishedName.parse("CN=a+OU=b,C=FR") == DistinguishedName.parse("C=FR,OU=b+CN=a")


def test_text_form_reads_back_as_the_same_name() -> None:
    name = DistinguishedName.parse('O="a, b + c; d\\"e",CN=\\#x,2.5.4.97=NTRFR-1,1.2.3=y')

    assert DistinguishedName.parse(str(name)) == name


@pytest.mark.parametrize(
    "text",
    ["", "  ", "abc", "=a", "CN=a\\", ",", "/", "CN=a\u202eb", "CN=a\u200bb", "CN=a\x00.evil.example", "CN=\\FF",
     "CN=#0C", "CN=#0C05616263", "CN=#zz", "CN=" + "a" * 2_000],
)  # fmt: skip
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="not a distinguished name"):
        DistinguishedName.parse(text)
