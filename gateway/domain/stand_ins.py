"""What is shown in the place of what does not open, or of the rest of a text: its own line, no more."""

from quopri import encodestring

from gateway.domain.card import Card
from gateway.domain.document import DocumentCategory, DocumentEntry
from gateway.domain.mailbox import SpecialUse, Summary
from gateway.domain.mime import Layout
from gateway.domain.readable import ReadableText

REST_OF_TEXT = "\n\n[Ce message est très long\N{NO-BREAK SPACE}: la suite n’est pas affichée.]"
"""Stands at the end of a text that is longer than is shown."""
DAMAGED_MESSAGE = "Ce message ne peut pas être affiché\u00a0; nous avons été prévenus."
DAMAGED_DOCUMENT = "Ce document ne peut pas être affiché\u00a0; nous avons été prévenus."
DAMAGED_TEXT = ReadableText(("Le texte de ce document ne peut pas être affiché\u00a0; nous avons été prévenus.",))
_SUBJECT = b"=?utf-8?q?" + encodestring(DAMAGED_MESSAGE.encode(), header=True).replace(b"=\n", b"") + b"?="
_BODY = b'("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "8BIT" 0 0'
ENVELOPE = b'(NIL "' + _SUBJECT + b'" NIL NIL NIL NIL NIL NIL NIL NIL)'
BODYSTRUCTURE = _BODY + b" NIL NIL NIL NIL)"
HEADER_BLOCK = b"Subject: " + _SUBJECT + b"\r\n\r\n"
_CARD = Card(
    sender="",
    sender_name="Expéditeur illisible",
    kind="",
    detail="",
    correspondent="",
    correspondent_name="",
    to=(),
    subject=DAMAGED_MESSAGE,
    preview=DAMAGED_MESSAGE,
    message_id="",
    references=(),
    receipt_to="",
    text_section="",
    html_section="",
    attachments=(),
)
SUMMARY = Summary(
    envelope=ENVELOPE,
    bodystructure=BODYSTRUCTURE,
    body=_BODY + b")",
    layout=Layout(0, 0, ()).to_bytes(),
    card=_CARD.to_json(),
)


def damaged_entry(category: str) -> DocumentEntry:
    """Stand in for what a document says of itself; its folder is known beside it."""
    return DocumentEntry(unique_id="", title=DAMAGED_DOCUMENT, category=DocumentCategory.stored(category))


def damaged_folder_name(number: int, use: SpecialUse) -> str:
    """Stand in for a folder's name; renaming the folder gives it one again."""
    return "INBOX" if use is SpecialUse.INBOX else f"Dossier {number} (nom illisible)"
