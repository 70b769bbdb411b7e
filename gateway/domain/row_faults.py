"""What may be wrong with a row that decides something; see `gateway.ports.integrity`."""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.mailbox import VaultId


class RowFaultKind(Enum):
    """How a row is not as the program left it."""

    BENT = "bent"
    """Its code is wrong: it was changed, or made by somebody without the keys."""
    OLDER = "older"
    """Its code is right, but its vault does not list it: it was put back after it had changed or gone."""
    MISSING = "missing"
    """Its vault lists it, and it is not there."""
    HEAD = "head"
    """The vault's own list does not open, or is not there."""
    TRACE = "trace"
    """The vault's trace is shorter than it was when its list was last changed."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault; `row` names it within its table, in hexadecimal, as far as that is known."""

    vault: VaultId
    table: str
    kind: RowFaultKind
    row: str = ""

    @property
    def sentence(self) -> str:
        """Say what is wrong."""
        return _SENTENCES[self.kind]


_SENTENCES = {
    RowFaultKind.BENT: "was changed or made by somebody without the keys: it has no effect",
    RowFaultKind.OLDER: "is an older one that was put back, or one too many: it has no effect",
    RowFaultKind.MISSING: "was taken away",
    RowFaultKind.TRACE: "is an older trace that was put back: events are gone",
    RowFaultKind.HEAD: "the list of what this vault decides by does not open or is gone: all of it is closed",
}
