"""The white list is read whole or refused whole; a domain that cannot be read is not trusted (STD §1.3)."""

from datetime import UTC, datetime

import pytest

from gateway.directory.whitelist import MAX_BYTES, NAMESPACE, parse_whitelist
from gateway.domain.directory import DistinguishedName
from gateway.domain.errors import LimitExceeded, MalformedContent

DN = "CN=smtps1.example.fr,OU=318003502400041,O=OPERATEUR,ST=Paris (75),C=FR"
OTHER_DN = DN.replace("smtps1", "smtps2")


def domaine(name: str = "lilas.example", *names: str, updated: str = "2026-01-10T08:00:00Z") -> str:
    holders = "".join(f"<DNCertificatOperateur>{dn}</DNCertificatOperateur>" for dn in names or (DN,))
    return (
        f"<Domaine><Nom>{name}</Nom><Description>Lilas</Description>{holders}<ResponsableContact/>"
        f"<SupportContact/><DateMAJ>{updated}</DateMAJ></Domaine>"
    )


def liste(*domaines: str, date: str = "2026-01-15T04:00:00+01:00") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListeBlancheMSSante xmlns="{NAMESPACE}">\n'
        f"<DateDeGeneration>{date}</DateDeGeneration>\n<ListeDomaines>\n" + "\n".join(domaines) + "\n"
        "</ListeDomaines></ListeBlancheMSSante>"
    ).encode()


def test_domain_is_bound_to_its_holder() -> None:
    domain = parse_whitelist(liste(domaine())).domains["lilas.example"]

    assert domain.binds(DistinguishedName.parse(DN))
    assert not domain.binds(DistinguishedName.parse(OTHER_DN))
    assert (domain.description, domain.updated) == ("Lilas", datetime(2026, 1, 10, 8, tzinfo=UTC))


def test_date_of_the_list_is_an_instant() -> None:
    assert parse_whitelist(liste(domaine())).generated_at == datetime(2026, 1, 15, 3, tzinfo=UTC)


def test_mixed_case_names_are_one_domain() -> None:
    assert set(parse_whitelist(liste(domaine("LILAS.Example"))).domains) == {"lilas.example"}


def test_internationalised_name_becomes_ascii() -> None:
    assert set(parse_whitelist(liste(domaine("hôpital.example"))).domains) == {"xn--hpital-ixa.example"}


@pytest.mark.parametrize(
    "xml",
    [
        liste(domaine("lilas.example", DN, OTHER_DN)),
        liste(domaine("lilas.example", DN), domaine("Lilas.Example", OTHER_DN, updated="2026-01-12")),
    ],
)
def test_several_certificates_of_a_domain_all_count(xml: bytes) -> None:
    (domain,) = parse_whitelist(xml).domains.values()

    assert domain.holders == {DistinguishedName.parse(DN), DistinguishedName.parse(OTHER_DN)}


def test_latest_change_of_a_domain_is_kept() -> None:
    xml = liste(domaine(updated="2026-01-12T00:00:00Z"), domaine(updated="2026-01-10"), domaine(updated="hier"))

    assert parse_whitelist(xml).domains["lilas.example"].updated == datetime(2026, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("faulty", "reason"),
    [
        (domaine("not a domain"), "Nom is not a mail domain"),
        (domaine("", DN), "Nom is not a mail domain"),
        (domaine("roses.example", "smtps1"), "not a distinguished name"),
        (domaine("roses.example", ""), "not a distinguished name"),
        (domaine("roses.example", "CN=smtps1\u202e.example"), "control or invisible"),
        ("<Domaine><Nom>roses.example</Nom></Domaine>", "DNCertificatOperateur is missing"),
    ],
)
def test_unreadable_domain_is_left_out_and_told_by_line(faulty: str, reason: str) -> None:
    whitelist = parse_whitelist(liste(domaine(), faulty))

    assert set(whitelist.domains) == {"lilas.example"}
    assert whitelist.fault_count == 1
    assert (whitelist.faults[0].line, reason in whitelist.faults[0].reason) == (6, True)


def test_one_unreadable_holder_leaves_the_domain_out() -> None:
    whitelist = parse_whitelist(liste(domaine(), domaine("roses.example", DN, "smtps1")))

    assert "roses.example" not in whitelist.domains


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (b"", "not well-formed"),
        (b"pas du XML", "line 1: not well-formed"),
        (liste(domaine())[:-30], "not well-formed"),
        (liste(domaine(), date=""), "line 2: DateDeGeneration"),
        (liste(domaine(), date="hier"), "DateDeGeneration"),
        (liste(), "no usable Domaine"),
        (liste(domaine("x y")), "no usable Domaine"),
        (liste(domaine()).replace(NAMESPACE.encode(), b"urn:example"), "the root is not"),
        (b"<ListeBlancheMSSante/>", "the root is not"),
    ],
)
def test_broken_list_is_refused_saying_where_and_what(xml: bytes, message: str) -> None:
    with pytest.raises(MalformedContent, match=message):
        parse_whitelist(xml)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_doctype_is_refused_without_reading_its_entities(encoding: str) -> None:
    text = liste(domaine("&nom;.example")).decode().replace("UTF-8", encoding)
    text = text.replace("<Liste", '<!DOCTYPE x [<!ENTITY nom SYSTEM "file:///etc/hostname">]>\n<Liste', 1)

    with pytest.raises(MalformedContent, match="DOCTYPE"):
        parse_whitelist(text.encode(encoding))


def test_entities_that_multiply_are_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "x" * 10}">' for i in range(10))
    text = liste(domaine("&a9;")).decode().replace("<Liste", f"<!DOCTYPE x [{entities}]>\n<Liste", 1)

    with pytest.raises(MalformedContent):
        parse_whitelist(text.encode())


def test_oversize_list_is_refused_unread() -> None:
    with pytest.raises(LimitExceeded, match="larger"):
        parse_whitelist(b" " * (MAX_BYTES + 1))


def test_error_does_not_quote_the_file() -> None:
    with pytest.raises(MalformedContent) as caught:
        parse_whitelist(b"<secret-token></autre>")

    assert "secret" not in str(caught.value)
