"""Where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A browser that is signed in.

    Attributes:
        id: what the session is called in forms; it opens nothing.
        device: the browser, in words.
        is_this: whether the page is read in it.
    """

    id: str
    device: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPasskey:
    """A passkey of one's own; `id` is what it is called in forms."""

    id: str
    name: str
    added_at: datetime
    used_at: datetime | None
