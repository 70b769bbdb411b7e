"""Agents: those who help by telephone or at a desk, in the name of the operator (F11, A21, A26, E74).

An agent has no mailbox and reads no content. They come in by a certificate alone. What they do in a space stands in its
trace under their name, with the reason that they wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import VaultId

FACE = "agent"
"""What an agent's sign-in and sessions are called."""
LONGEST_REASON = 300
"""Characters of what an agent writes for one act."""
LOOK_LASTS = timedelta(minutes=30)
"""How long an agent sees the page of a person whom they looked for."""


@dataclass(frozen=True, slots=True)
class AgentKey:
    """The key of a certificate by which an agent comes in (SHA-256 of its SPKI), and when the certificate ends."""

    spki_sha256: bytes
    not_after: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """Give it in hexadecimal digits."""
        return self.spki_sha256.hex()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Agent:
    """An agent as the operator keeps them.

    Attributes:
        number: names the agent; it is never given again.
        name: as patients read it in their trace.
        keys: certificates by which they come in, the one that ends last first.
        removed: when the operator took them away; None while they may come in.
    """

    number: int
    name: str
    added: datetime
    keys: tuple[AgentKey, ...] = ()
    removed: datetime | None = None

    def has_key(self, spki_sha256: bytes, now: datetime) -> bool:
        """Say whether they come in by a key at an instant: it is bound to them, its end is not over, nor are they."""
        if self.removed is not None:
            return False
        return any(
            key.spki_sha256 == spki_sha256 and (key.not_after is None or now < key.not_after) for key in self.keys
        )

    def bound(self, key: AgentKey) -> "Agent":
        """Give the agent with one more key, or with the new end of one that they had."""
        others = [one for one in self.keys if one.spki_sha256 != key.spki_sha256]
        return replace(self, keys=tuple(sorted([*others, key], key=_end, reverse=True)))

    def unbound(self, key: AgentKey) -> "Agent":
        """Give the agent without a key."""
        return replace(self, keys=tuple(one for one in self.keys if one.spki_sha256 != key.spki_sha256))

    def __repr__(self) -> str:
        """Hide the person."""
        return f"Agent({self.number:x})"


def _end(key: AgentKey) -> tuple[bool, str]:
    return (key.not_after is None, key.not_after.isoformat() if key.not_after else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnservedWait:
    """Somebody waits for an agent: of which space (None for nobody's), why, since when, last heard of, how often."""

    space: VaultId | None
    why: str
    since: datetime
    last: datetime
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AgentEntry:
    """How an agent came in: who they are, and by which key (hexadecimal digits); sessions keep it as words."""

    number: int
    name: str
    key: str

    @property
    def words(self) -> dict[str, str]:
        """Give it as words by their names."""
        return {"agent": f"{self.number:x}", "name": self.name, "key": self.key}

    def __repr__(self) -> str:
        """Hide the person."""
        return f"AgentEntry({self.number:x})"


def agent_entry_of_words(words: Mapping[str, str]) -> AgentEntry:
    """Read what `AgentEntry.words` gave. Raises `InvalidValue`."""
    try:
        return AgentEntry(number=int(words["agent"], 16), name=words["name"], key=words["key"])
    except (KeyError, ValueError) as error:
        raise InvalidValue("no entry of an agent") from error


def reason_typed(text: str) -> str:
    """Give what somebody wrote as the reason of an act, in one line; empty when they wrote none."""
    return " ".join(text.split())[:LONGEST_REASON]
