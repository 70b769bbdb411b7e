"""The sealed records of a trace: one event, and what its transaction did to the rows of a vault."""

from gateway.store.seal.record_forms import Record


class ChangesRecord(Record, frozen=True):
    """What a transaction did to a vault's messages and steps, by number.

    Attributes:
        came: messages that were added.
        went: messages that were deleted.
        shown: new lines: folder, UID, message, flags, INTERNALDATE in microseconds.
        gone: lines removed: folder and UID.
        flagged: folder, flags, and the UIDs that have them now.
        claimed: digests of deliveries, and the message that stands for each.
        begun: steps that are to be done.
        ended: steps that were done.
        decided: messages whose outcome was noted; before form 3 of the event only.
        set_aside: messages that were put into quarantine.
        holds: names of octets, and whether they were taken hold of or let go, in order.
        referred: first octets of the digests of `Message-ID`s that were noted.
        outcomes: messages whose outcome was noted, and the last octets of its sealed record, which no other has.
    """

    came: tuple[int, ...] = ()
    went: tuple[int, ...] = ()
    shown: tuple[tuple[int, int, int, str, int], ...] = ()
    gone: tuple[tuple[int, int], ...] = ()
    flagged: tuple[tuple[int, str, tuple[int, ...]], ...] = ()
    claimed: tuple[tuple[bytes, int], ...] = ()
    begun: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()
    decided: tuple[int, ...] = ()
    set_aside: tuple[int, ...] = ()
    holds: tuple[tuple[bytes, bool], ...] = ()
    referred: tuple[bytes, ...] = ()
    outcomes: tuple[tuple[int, bytes], ...] = ()


class AuditRecord(Record, frozen=True):
    """One event of a trace; the last one that a transaction wrote for a vault has what it did to its rows.

    `epoch` is that of the vault's head, 0 where it was not looked at.
    """

    actor: str
    action: str
    outcome: str = "ok"
    objects: tuple[str, ...] = ()
    detail: str = ""
    role: str = ""
    person: str = ""
    organisation: str = ""
    purpose: str = ""
    epoch: int = 0
    changes: ChangesRecord | None = None
    reason: str = ""
    data: tuple[str, ...] = ()
    face: str = ""
    profession: str = ""
    responsible: str = ""
