"""Letters and documents that cost what reads them far more than they weigh: all burned a core of an earlier build."""

import itertools
from email.message import EmailMessage

_numbers = itertools.count(1)

HTML = {
    "nested": "<div>" * 180_000,
    "ampersands": "&" * 400_000,
    "attributes": "<p " + " ".join(f'a{n}="1"' for n in range(50_000)) + ">Bonjour",
    "bold": "<b>" * 100_000,
    "lists": "<ul><li>" * 60_000,
    "misnested": "<b>" * 60_000 + "</i>" * 60_000,
    "fonts": "".join(f"<font size={n}>" for n in range(60_000)),
}
"""HTML bodies by what they are made of."""

TEXTS = {"quotations": "> a\n" * 60_000, "empty quotations": ">\n" * 60_000, "turns": "> a\nb\n" * 40_000}
"""Plain bodies that would make a large page."""

DECLARATION = b"<?xml " + b'encoding="a" ' * 50_000
"""A declaration of XML that does not end."""


def html_letter(sender: str, recipient: str, markup: str) -> bytes:
    """Write a letter of HTML alone."""
    return _letter(sender, recipient, markup, "html")


def text_letter(sender: str, recipient: str, text: str) -> bytes:
    """Write a letter of plain text."""
    return _letter(sender, recipient, text, "plain")


def xml_letter(sender: str, recipient: str, document: bytes) -> bytes:
    """Write a letter that bears a file of XML."""
    message = _begun(sender, recipient)
    message.set_content("Ci-joint.\n")
    message.add_attachment(document, "text", "xml", filename="resultat.xml")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _letter(sender: str, recipient: str, text: str, subtype: str) -> bytes:
    message = _begun(sender, recipient)
    message.set_content(text, subtype=subtype, cte="base64")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _begun(sender: str, recipient: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, "Courrier"
    message["Date"] = "Mon, 05 Jan 2026 09:30:00 +0100"
    message["Message-ID"] = f"<hostile.{next(_numbers)}@letters.example>"
    return message
