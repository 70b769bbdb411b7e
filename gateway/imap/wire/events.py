"""What the stream tells the session: requests, and what must be said on the wire meanwhile."""

from dataclasses import dataclass, field
from typing import TypeAlias

from gateway.imap.wire.codes import Condition
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.syntax import Command


@dataclass(frozen=True, slots=True)
class Request:
    """Give a whole, well-formed command.

    Attributes:
        tag: to be repeated in the tagged answer.
        name: the verb in capitals, ``UID FETCH`` included, for "OK … completed" and for metrics.
    """

    tag: bytes
    name: bytes
    command: Command


@dataclass(frozen=True, slots=True)
class NeedContinuation:
    """Ask the session to send ``+``: the client waits with a literal of `size` octets.

    Attributes:
        append: for the message of an APPEND, the command as known so far (its message empty), so that an
            unknown mailbox or a full quota can be answered by `ImapStream.refuse_literal` before 25 MB travel.
    """

    size: int
    append: Append | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Tell that the client ended IDLE."""


@dataclass(frozen=True, slots=True)
class SaslResponse:
    """Give the client's answer to a SASL challenge, decoded; ``None`` when it cancelled with ``*``."""

    data: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Tell what to answer to octets that are no command; `responses.rejection` renders it.

    Attributes:
        tag: ``None`` when there is none to repeat: the answer is untagged.
        fatal: where commands begin is no longer known, or too much was sent: say BYE and close.
    """

    tag: bytes | None
    condition: Condition
    code: bytes | None
    text: str
    fatal: bool = False


Event: TypeAlias = Request | NeedContinuation | Done | SaslResponse | Rejected
