"""What a directory's entry says of a mailbox."""

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"profession": "Médecin", "organisation": "CHU", "city": "Lille"}, "Médecin · Lille"),
        ({"organisation": "CHU", "city": "Lille"}, "CHU · Lille"),
        ({"city": "Lille"}, "Lille"),
        ({}, ""),
    ],
)
def test_detail_names_profession_or_organisation_and_place(given: dict[str, str], detail: str) -> None:
    address = MailAddress.parse("a@medecin.test")
    entry = DirectoryEntry(address=address, kind=MailboxKind.PERSON, identifier="1", name="Dr A", **given)  # type: ignore[arg-type]  # texts only
    assert entry.detail == detail
