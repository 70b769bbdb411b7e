"""The card of a message: written once, read as it was."""

from gateway.domain.card import Card, CardAttachment


def test_card_is_read_as_it_was_written() -> None:
    file = CardAttachment(
        section="2", name="Résultat.pdf", media_type="application/pdf", size=1_024, kind="pdf", content_id="image-1"
    )
    card = Card(
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
    assert Card.from_json(card.to_json()) == card
