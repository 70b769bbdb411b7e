"""A command that is refused before anything has come of it, and how refusals are worded."""

from gateway.domain.errors import MalformedContent
from gateway.domain.plain_ascii import plain_ascii
from gateway.imap.wire.codes import Condition

_ADVICE = "have the mail client checked / commande IMAP mal formée : faites vérifier le logiciel de messagerie"


class CommandRefused(MalformedContent):
    """A framed command has no meaning; carries the answer, in words that hold nothing of the client's."""

    def __init__(self, text: str, condition: Condition = Condition.BAD, code: bytes | None = None) -> None:
        """Keep the three parts of the tagged answer."""
        super().__init__(text)
        self.text = text
        self.condition = condition
        self.response_code = code


def told(english: str, french: str) -> str:
    """Word a refusal that a person may have to read: reason, limit and advice, in both languages."""
    return plain_ascii(f"{english} / {french}")


def beyond(limit: int, english: str, french: str) -> str:
    """Word the refusal of what is more numerous or longer than a limit; the words name what is counted."""
    return told(f"more than {limit} {english}: ask for less at once", f"plus de {limit} {french} : demandez moins")


def message_too_big(limit: int) -> str:
    """Word the refusal of a message that is larger than a mailbox takes (RFC 7889 §4)."""
    return told(
        f"message larger than {limit} octets: reduce or split its attachments",
        f"message de plus de {limit} octets : allégez ou séparez les pièces jointes",
    )


def advised(text: str) -> str:
    """Add to the refusal of octets that are no command what to do, unless it says so itself."""
    return text if " / " in text else plain_ascii(f"{text}: {_ADVICE}")
