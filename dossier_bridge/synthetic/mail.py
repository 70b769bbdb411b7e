"""A synthetic message that brings a result: IHE_XDM.zip and its PDF, as STD §1.4 to §1.6 have it."""

import base64
from dataclasses import dataclass, field
from email.header import Header

_BOUNDARY = "=_pli-exemple"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultMail:
    """What a result's message says; `attachments` are ``(file name, media type, octets)``."""

    sender: str
    recipient: str
    message_id: str
    date: str
    subject: str
    attachments: tuple[tuple[str, str, bytes], ...] = field(repr=False)
    text: str = "Bonjour,\n\nVous trouverez ci-joint votre compte rendu d'examens.\n"
    headers: tuple[tuple[str, str], ...] = ()


def result_mail(mail: ResultMail) -> bytes:
    """Write the message with CRLF line ends, ready for DATA before dot-stuffing."""
    head = [
        ("From", f"<{mail.sender}>"),
        ("To", f"<{mail.recipient}>"),
        ("Subject", Header(mail.subject, "utf-8").encode(linesep="\r\n")),
        ("Date", mail.date),
        ("Message-ID", mail.message_id),
        ("MIME-Version", "1.0"),
        *mail.headers,
        ("Content-Type", f'multipart/mixed; boundary="{_BOUNDARY}"'),
    ]
    text = mail.text.replace("\n", "\r\n").encode()
    parts = [
        _part("text/plain; charset=utf-8", "", text),
        *(_part(f'{kind}; name="{name}"', name, data) for name, kind, data in mail.attachments),
    ]
    written = "".join(f"{name}: {value}\r\n" for name, value in head).encode("ascii")
    return written + b"\r\n" + b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode("ascii")


def _part(content_type: str, name: str, data: bytes) -> bytes:
    disposition = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
    head = (
        f"--{_BOUNDARY}\r\nContent-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: base64\r\n{disposition}\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(data).replace(b"\n", b"\r\n") + b"\r\n"
