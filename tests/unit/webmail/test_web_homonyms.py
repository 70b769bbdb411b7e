"""Homonyms are told apart wherever a correspondent is chosen (F65)."""

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.exchange import Exchange
from gateway.services.conversation.contacts import KnownContact
from webmail.correspondents import contacts_of


def _known(local: str, city: str, name: str = "Dr Claire Martin") -> KnownContact:
    address = MailAddress(local, "medecin.mssante.fr")
    entry = DirectoryEntry(
        address=address, kind=MailboxKind.PERSON, identifier="8", name=name, profession="Médecin", city=city
    )
    return KnownContact(local, Exchange(address, name=name), entry)


def test_homonyms_are_told_apart_by_place_then_by_address() -> None:
    known = [_known("a", "Lyon"), _known("b", "Rennes"), _known("c", "Rennes"), _known("d", "Rennes", "Dr Paul Nguyen")]
    assert [one.correspondent.detail for one in contacts_of(known)] == [
        "Médecin · Lyon", "Médecin · Rennes · b@medecin.mssante.fr", "Médecin · Rennes · c@medecin.mssante.fr",
        "Médecin · Rennes",
    ]  # fmt: skip
