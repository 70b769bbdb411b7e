"""Whom a header addresses, shows or may hide: tricks that hide a second patient, and ordinary mail that does not."""

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.mime import Addressees, Headers, addressees_of, authorship_of, has_folded_name

DOMAIN = "patient.mssante.fr"
ONE = MailAddress.parse(f"295109912611193@{DOMAIN}")
OTHER = MailAddress.parse(f"279035121518989@{DOMAIN}")
CLAIRE = MailAddress.parse("claire.martin@medecin.mssante.fr")
N = "279035121518989"


def read(fields: str, *recipients: MailAddress) -> Addressees:
    block = fields.replace("\n", "\r\n").encode("utf-8") + b"\r\n\r\n"
    return addressees_of(Headers.parse(block), recipients or (ONE,), DOMAIN)


@pytest.mark.parametrize(
    "value",
    [
        f"{N}@{DOMAIN}.",
        f"<{N}@{DOMAIN}",
        f"{N}@{DOMAIN}>",
        f"Ami <{N}@{DOMAIN}> ami",
        f"({N}@{DOMAIN}",
        f'"{N}@{DOMAIN}',
        f'"{N} "@{DOMAIN}',
        f'"{N}@{DOMAIN}"@medecin.mssante.fr',
        f"{N}@[{DOMAIN}]",
        f"{N}@{DOMAIN}@medecin.mssante.fr",
        f"<@{DOMAIN}:claire.martin@medecin.mssante.fr>",
        f"<@relais.example,{N}@{DOMAIN}:claire.martin@medecin.mssante.fr>",
        f"{N}%{DOMAIN}@medecin.mssante.fr",
        f"{DOMAIN}!{N}@medecin.mssante.fr",
        f"claire+{N}={DOMAIN}@medecin.mssante.fr",
        f"{N}%{DOMAIN}",
        f"{DOMAIN}!{N}",
        f"{N}%40{DOMAIN}",
        f"{N}%40{DOMAIN}@medecin.mssante.fr",
        f"=?utf-8?q?{N}=40{DOMAIN}?=",
        f"=?utf-8?q?{N}=40{DOMAIN}?=@medecin.mssante.fr",
        "=?utf-8?b?Mjc5MDM1MTIxNTE4OTg5QHBhdGllbnQubXNzYW50ZS5mcg==?=",
        f"{N}\uff20{DOMAIN}",
        f"{N}\ufe6b{DOMAIN}",
        f"{N}@patient\u3002mssante\u3002fr",
        f"{N}@p\u0430tient.mssante.fr",
        f"{N}@pat\u00edent.mssante.fr",
        f"{N}@{DOMAIN}\u200b",
        f"ami {N}@{DOMAIN} <claire.martin@medecin.mssante.fr>",
        "médecin@medecin.mssante.fr",
        "quelqu_un@hote_local.fr",
        "quelqu.un@hote",
        f"{'a' * 65}@medecin.mssante.fr",
        f"Famille: {N}@{DOMAIN}.;",
        f"{N}@{DOMAIN}:;",
    ],
)
@pytest.mark.parametrize("field", ["To", "Cc", "Bcc"])
def test_what_a_client_would_use_and_nobody_can_judge_is_seen(field: str, value: str) -> None:
    found = read(f"{field}: {value}")
    assert found.unclear or OTHER in found.addressed


@pytest.mark.parametrize(
    "name",
    [
        f"{N}@p\u0430tient.mssante.fr",
        f"{N}@\uff50atient.mssante.fr",
        f"{N}%{DOMAIN}",
        f"{N}%40{DOMAIN}",
        f"{DOMAIN}!{N}",
        f"=?utf-8?q?{N}=40?= =?utf-8?q?{DOMAIN}?=",
        f"{N} @ patient . mssante . fr",
        f"{N}@pati\u00adent.mssante.fr",
        f"{N}@pati\u00e9nt.mssante.fr",
        f"{N}@patient\u0301.mssante.fr",
        f"{N}@pa\u20ddtient.mssante.fr",
        f"\uff12{N[1:]}@{DOMAIN}",
        f"27903512151898\u0669@{DOMAIN}",
        f"@{DOMAIN}",
        f".@{DOMAIN}",
    ],
)
def test_patient_shown_in_a_name_a_comment_or_a_group_is_seen(name: str) -> None:
    for field in (
        f'To: "{name}" <claire.martin@medecin.mssante.fr>',
        f"To: claire.martin@medecin.mssante.fr ({name})",
        f"To: claire.martin@medecin.mssante.fr (Claire) ((bis) {name})",
        f'To: "{name}":;',
        f'From: "{name}" <claire.martin@medecin.mssante.fr>',
        f'Resent-To: "{name}" <claire.martin@medecin.mssante.fr>',
        f"Apparently-To: ({name}",
    ):
        found = read(field)
        assert found.unclear or OTHER in found.addressed, field


@pytest.mark.parametrize(
    "field",
    [
        f"To: \"{N}@{DOMAIN.upper()}\" <{CLAIRE}>",
        f"To: {N}(une note)@{DOMAIN}",
        f'To: "{N}"@{DOMAIN}',
        f"To: Famille: {ONE}, =?utf-8?q?x?= <{N}@{DOMAIN}>;",
        f"Reply-To: <{N}@{DOMAIN}>",
        f"Resent-Cc: Ami <{N}@{DOMAIN}>",
        f"Mail-Followup-To: {N}@{DOMAIN}",
        f"To: Claire (ouvert\nTo: {N}@{DOMAIN}",
    ],
)
def test_second_patient_that_can_be_read_is_among_the_addressed(field: str) -> None:
    assert OTHER in read(field).addressed


@pytest.mark.parametrize(
    "field",
    [
        "To: undisclosed-recipients:;",
        "To: Destinataires non communiqués:;",
        "To: ",
        "To: , ,",
        "To: <>",
        "To: Destinataires inconnus",
        f"To: {ONE}",
        f'To: "{ONE}" <{ONE}>',
        f"To: {ONE} <{ONE}>",
        f'To: "M. {ONE}. Merci" <{ONE}>',
        f"To: \"'{ONE}'\" <{ONE}>",
        f"To: =?utf-8?q?=C2=AB_{ONE.local}=40{DOMAIN}_=C2=BB?= <{ONE}>",
        f'To: "mailto:{ONE}" <{ONE}>',
        f"To: \"'{CLAIRE}'\" <{CLAIRE}>",
        f"To: {ONE} ('{ONE}')",
        "To: <undisclosed-recipients:;>",
        'To: "Undisclosed recipients" <>',
        f"To: =?utf-8?q?L=C3=A9a_=40_l'h=C3=B4pital?= <{CLAIRE}>",
        f'To: "Équipe @domicile 100% 2=2 !" <{CLAIRE}>',
        f'To: "Martin, Claire (cardiologie) 🫀" <{CLAIRE}>',
        f'To: "claire@cabinet.example" <{CLAIRE}>',
        f'To: "Notes {DOMAIN} et @{DOMAIN}.example" <{CLAIRE}>',
        f"To: Martin, Claire <{CLAIRE}>",
        f"To: Dr. Claire Martin [cardiologie] <{CLAIRE}>",
        f"To: {CLAIRE} (Claire (bis) 50% \\) :-)",
        "To: prenom.nom+50%@medecin.mssante.fr, o'brien!x@medecin.mssante.fr, a=b@medecin.mssante.fr",
        f"Reply-To: n'importe quoi @ ailleurs\nTo: {CLAIRE}",
        f"Sender: <{ONE}>",
    ],
)
def test_ordinary_mail_is_clear_and_names_no_other_patient(field: str) -> None:
    found = read(field)
    assert not found.unclear
    assert {address for address in found.addressed if address.domain == DOMAIN} == {ONE}


def test_long_folded_list_is_clear() -> None:
    people = [MailAddress.parse(f"prenom.nom{n}@medecin.mssante.fr") for n in range(600)]
    found = read("To: " + ",\n ".join(f'"Dr Nom, n° {n}" <{people[n]}>' for n in range(600)))
    assert not found.unclear
    assert found.addressed == {ONE, *people}


def test_recipient_of_the_envelope_that_leads_on_is_unclear() -> None:
    assert read("Subject: x", MailAddress.parse(f"{N}%{DOMAIN}@hopital.example")).unclear
    assert read(f"To: {CLAIRE}", MailAddress.parse(f"relais.example!{N}@hopital.example")).unclear


def test_comment_that_one_field_leaves_open_does_not_hide_the_next() -> None:
    found = read("To: claire.martin@medecin.mssante.fr (\nTo: espion@ailleurs.example\nTo: )")
    assert MailAddress.parse("espion@ailleurs.example") in found.addressed


def test_representation_says_nothing() -> None:
    assert N not in repr(read(f"To: {N}@{DOMAIN}"))


@pytest.mark.parametrize(
    ("head", "others", "beside"),
    [
        ("From: a@b.fr", [], []),
        ("From: Anne <a@b.fr>\nSender: s@b.fr", ["s@b.fr"], []),
        ("From: a@b.fr\nResent-From: r@b.fr, t@b.fr\nResent-Sender: s@b.fr", ["r@b.fr", "t@b.fr", "s@b.fr"], []),
        ("From: a@b.fr\nSender: personne", [None], []),
        ('From: "Paul@C.fr" <a@b.fr>', [], ["paul@c.fr"]),
        ("From: =?utf-8?q?paul=40c=2Efr?= <a@b.fr>", [], ["paul@c.fr"]),
        ("From: a@b.fr (de paul @ c.fr)", [], ["paul@c.fr"]),
        ("From: paul\uff20c.fr <a@b.fr>", [], ["paul@c.fr"]),
        ('From: "paul@c.fr": a@b.fr;', [], ["paul@c.fr"]),
        ('From: a@b.fr\nSender: "paul@c.fr" <a@b.fr>', ["a@b.fr"], ["paul@c.fr"]),
    ],
)
def test_authors_beside_from_are_read_as_people_read_them(
    head: str, others: list[str | None], beside: list[str]
) -> None:
    found = authorship_of(Headers.parse(head.replace("\n", "\r\n").encode()))
    assert [other and str(other) for other in found.others] == others
    assert sorted(found.beside) == beside


def test_name_folded_before_its_colon_is_noticed() -> None:
    assert has_folded_name(b"Subject: a\r\nFrom\r\n : a@b.fr\r\n\r\n")
    assert has_folded_name(b"From\r\n\t: a@b.fr\r\n")
    assert not has_folded_name(b"From : a@b.fr\r\nSubject:\r\n a\r\nX: b\r\n c\r\nno field\r\n\r\n")
