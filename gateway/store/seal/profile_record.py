"""What is sealed of one version of an entry of the profile."""

import msgspec

from gateway.store.seal.record_forms import Record


class ProfileRecord(Record, frozen=True):
    """One version of one entry of the profile, with the fields of its section; `written_at` is ISO 8601.

    `author` is a name, an organisation and a mail address; `responsible` for whom a delegate wrote.
    """

    section: str
    revision: int
    state: str
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    written_by: str = ""
    written_at: str = ""
    is_locked: bool = False
    place: int = 0
    links: tuple[str, ...] = ()
    source: int | None = None
    author: tuple[str, str, str] | None = None
    responsible: str = ""
