"""A command that is refused before anything has come of it."""

from gateway.domain.errors import MalformedContent
from gateway.imap.wire.codes import Condition


class CommandRefused(MalformedContent):
    """A framed command has no meaning; carries the answer, in words that hold nothing of the client's."""

    def __init__(self, text: str, condition: Condition = Condition.BAD, code: bytes | None = None) -> None:
        """Keep the three parts of the tagged answer."""
        super().__init__(text)
        self.text = text
        self.condition = condition
        self.response_code = code
