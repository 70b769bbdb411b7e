"""Facts of the directory stay out of logs, and bind only what they name."""

from gateway.domain.address import MailAddress
from gateway.domain.directory import (
    CertificateBinding,
    DirectoryEntry,
    DistinguishedName,
    MailboxKind,
    TrustedDomain,
)

ADDRESS = MailAddress("claire.martin", "medecin.example")


def test_entry_hides_its_holder() -> None:
    entry = DirectoryEntry(address=ADDRESS, kind=MailboxKind.PERSON, identifier="810001234567", name="Dr Claire Martin")

    assert repr(entry) == "DirectoryEntry(PER, …)"


def test_binding_hides_its_mailbox() -> None:
    assert "claire" not in repr(CertificateBinding(ADDRESS, bytes(32)))


def test_domain_binds_its_holders_only() -> None:
    domain = TrustedDomain("lilas.example", frozenset({DistinguishedName.parse("CN=a")}))

    assert domain.binds(DistinguishedName.parse("cn=A"))
    assert not domain.binds(DistinguishedName.parse("CN=b"))
