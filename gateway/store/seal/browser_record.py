"""What is sealed of a session: in which browser it was opened, and what else its sign-in showed."""

import msgspec

from gateway.store.seal.record_forms import Record


class BrowserRecord(Record, frozen=True):
    """In which browser, on what, a session was opened, in words; what else its sign-in showed, by names.

    `acts_for` is the space in which it acts, 0 for its holder's own.
    """

    device: str
    about: dict[str, str] = msgspec.field(default_factory=dict)
    acts_for: int = 0
