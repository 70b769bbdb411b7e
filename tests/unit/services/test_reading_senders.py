"""Who holds places at the readers: an organisation, a domain, or a person of the directory."""

import pytest

from gateway.domain.card import Card
from gateway.services.filing.reading_tries import answers_for


def a_card(kind: str = "", issuer: str = "") -> Card:
    return Card(
        sender="", sender_name="", kind=kind, detail="", correspondent="", correspondent_name="", to=(), subject="",
        preview="", message_id="", references=(), receipt_to="", text_section="", html_section="", attachments=(),
        issuer=issuer,
    )  # fmt: skip


def test_mailboxes_of_one_organisation_are_one_sender() -> None:
    card = a_card("ORG", "finess:750000001")
    assert answers_for(card, "a@labo.example") == answers_for(card, "b@autre.example")


@pytest.mark.parametrize("kind", ["", "ORG", "APP"])
def test_mailboxes_of_one_domain_are_one_sender_when_their_organisation_is_not_known(kind: str) -> None:
    assert {answers_for(a_card(kind), f"{name}@labo.example") for name in "abc"} == {"labo.example"}


def test_colleagues_who_share_a_domain_do_not_wait_for_each_other() -> None:
    assert answers_for(a_card("PER"), "a@medecin.example") != answers_for(a_card("PER"), "b@medecin.example")
