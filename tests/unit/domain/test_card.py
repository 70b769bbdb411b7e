"""The card of a message: written once, read as it was."""

from dataclasses import replace

import orjson

from gateway.domain.card import Card, CardAttachment


def _card() -> Card:
    file = CardAttachment(
        section="2", name="Résultat.pdf", media_type="application/pdf", size=1_024, kind="pdf", content_id="image-1"
    )
    return Card(
        sender="resultats@lilas.example",
        sender_name="Laboratoire des Lilas",
        kind="ORG",
        detail="Lyon",
        correspondent="",
        correspondent_name="",
        to=("camille@patient.example",),
        subject="Vos résultats",
        preview="Bonjour",
        message_id="<1@lilas.example>",
        references=("<0@lilas.example>",),
        receipt_to="resultats@lilas.example",
        text_section="1",
        html_section="",
        attachments=(file,),
        no_reply=True,
    )


def test_card_is_read_as_it_was_written() -> None:
    assert Card.from_json(_card().to_json()) == _card()


def test_field_of_a_later_version_is_passed_over_and_one_of_none_is_filled() -> None:
    written = orjson.loads(_card().to_json()) | {"hologram": 1}
    del written["no_reply"]
    assert Card.from_json(orjson.dumps(written)) == replace(_card(), no_reply=False)
