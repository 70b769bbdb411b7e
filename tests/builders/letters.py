"""Messages of professionals, written by the standard library's composer: another hand than the one under test."""

from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

from gateway.domain.directory import DirectoryEntry

_TYPES = {"pdf": "application/pdf", "png": "image/png"}
_numbers = count(1)


def a_letter(
    sender: DirectoryEntry,
    text: str = "Bonjour, comment allez-vous ?\n",
    *,
    subject: str = "Votre bilan",
    html: str = "",
    pictures: tuple[tuple[str, bytes], ...] = (),
    files: tuple[tuple[str, bytes], ...] = (),
    answers: str = "",
    **headers: str,
) -> bytes:
    """Write a letter; `pictures` are (Content-ID, PNG octets), `headers` have ``_`` for ``-``."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Prétendu <{sender.address}>"
    message["To"] = "patient@patient.mssante.fr"
    message["Subject"] = subject
    message["Message-ID"] = f"<{next(_numbers)}@{sender.address.domain}>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html") if text else message.set_content(html, subtype="html")
        body = message.get_body(("html",))
        for content_id, data in pictures:
            assert isinstance(body, EmailMessage)
            body.add_related(data, "image", "png", cid=f"<{content_id}>")
    for name, data in files:
        main, _, sub = _TYPES.get(name.rpartition(".")[2], "text/plain").partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def message_id_of(raw: bytes) -> str:
    """Read a letter's Message-ID."""
    line = next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"message-id:"))
    return line.partition(b":")[2].strip().decode()
