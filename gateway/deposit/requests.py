"""What a request to deposit says in its head: the depositor's mailbox, the patient's address, the title. Pure."""

from urllib.parse import unquote_to_bytes

from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue

_LONGEST_TITLE = 200


def depositor_named(text: str | None) -> MailAddress | None:
    """Read the field From (RFC 9110 §10.1.2), a mailbox; None without one. Raises `InvalidValue`."""
    return MailAddress.parse(text.strip()) if text else None


def title_given(text: str | None) -> str:
    """Read the field Slug, a title in percent-encoded UTF-8 (RFC 5023 §9.7); empty without one.

    Raises:
        InvalidValue: it is no UTF-8, too long, or not one line of text.
    """
    try:
        title = unquote_to_bytes((text or "").strip()).decode()
    except UnicodeError as error:
        raise InvalidValue("a title is percent-encoded UTF-8") from error
    if len(title) > _LONGEST_TITLE or not title.isprintable():
        raise InvalidValue(f"a title is one line of at most {_LONGEST_TITLE} characters")
    return title.strip()
