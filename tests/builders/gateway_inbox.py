"""What arrives in a mailbox of a whole gateway, read as a mail client reads it, by IMAP."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.builders.gateway_site import GatewaySite


@contextmanager
def inbox(site: GatewaySite, user: str) -> Iterator[imaplib.IMAP4_SSL]:
    """Sign in and open INBOX for reading."""
    context = ssl.create_default_context(cafile=str(site.world.authority))
    with imaplib.IMAP4_SSL("localhost", site.ports["imap"], ssl_context=context, timeout=15) as client:
        client.login(user, site.world.passwords[user])
        client.select("INBOX", readonly=True)
        yield client


def mail_with(site: GatewaySite, user: str, field: str, value: str) -> list[EmailMessage]:
    """Give the messages of INBOX one header field of which holds a text, oldest first."""
    with inbox(site, user) as client:
        _, (numbers,) = client.search(None, "HEADER", field, f'"{value}"')
        return [_message(client, number.decode()) for number in numbers.split()]


def receipts(site: GatewaySite, sender: str, message_id: str) -> list[EmailMessage]:
    """Give what the sender was told about one of their messages."""
    return mail_with(site, sender, "In-Reply-To", message_id)


def _message(client: imaplib.IMAP4_SSL, number: str) -> EmailMessage:
    _, data = client.fetch(number, "(BODY.PEEK[])")
    raw = next(item[1] for item in data if isinstance(item, tuple))
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def disposition(receipt: EmailMessage) -> dict[str, str]:
    """Give the fields of a receipt's machine-readable part (RFC 8098 §3.2), names in lower case."""
    part = next(part for part in receipt.walk() if part.get_content_type() == "message/disposition-notification")
    fields = part.get_payload(0)
    assert isinstance(fields, EmailMessage)
    return {name.lower(): str(value) for name, value in fields.items()}
