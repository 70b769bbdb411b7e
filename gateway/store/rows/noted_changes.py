"""What a transaction did to messages, folders' lines and steps, noted to be sealed with its trace.

The trace says what happened, in words and by number; this says what became of the rows by it, so that `pli verify`
can tell a row that was taken away, moved, changed or put back from one that the program left so. It costs no statement:
the notes go into the last event that a transaction writes for a vault (`gateway.store.rows.audit`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.mailbox import Entry, FolderId, MessageId, Uid, VaultId
from gateway.domain.outbox import Step, StepKind
from gateway.store.seal.audit_records import ChangesRecord

NOTED_STEPS = frozenset(StepKind) - {StepKind.UNLINK}
"""Steps that are missed when they go. What those that unlink octets would have done, the sweeper does."""
MARK = 8
"""Octets that are noted of a digest or a sealed record: enough to tell it from others, and small."""
CHANGED, STEP_DONE = "mailbox.changed", "step.done"
"""What events say that are only there for their notes."""


@dataclass(slots=True)
class VaultNotes:
    """What was done in one vault: messages that came and went, lines shown, gone and flagged, claims, steps."""

    came: list[int] = field(default_factory=list)
    went: list[int] = field(default_factory=list)
    shown: list[tuple[int, int, int, str, int]] = field(default_factory=list)
    gone: list[tuple[int, int]] = field(default_factory=list)
    flagged: list[tuple[int, str, list[int]]] = field(default_factory=list)
    claimed: list[tuple[bytes, int]] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    outcomes: list[tuple[int, bytes]] = field(default_factory=list)
    set_aside: list[int] = field(default_factory=list)
    holds: list[tuple[bytes, bool]] = field(default_factory=list)
    referred: list[bytes] = field(default_factory=list)

    def record(self) -> ChangesRecord:
        """Give what is sealed."""
        return ChangesRecord(
            came=tuple(self.came),
            went=tuple(self.went),
            shown=tuple(self.shown),
            gone=tuple(self.gone),
            flagged=tuple((folder, flags, tuple(uids)) for folder, flags, uids in self.flagged),
            claimed=tuple(self.claimed),
            begun=tuple(self.begun),
            ended=tuple(self.ended),
            outcomes=tuple(self.outcomes),
            set_aside=tuple(self.set_aside),
            holds=tuple(self.holds),
            referred=tuple(self.referred),
        )


_NOTHING = VaultNotes()


class NotedChanges:
    """The notes of a transaction, by vault."""

    def __init__(self) -> None:
        self._notes: dict[VaultId, VaultNotes] = {}

    def forget(self) -> None:
        """Drop the notes of an earlier transaction."""
        self._notes.clear()

    def of(self, vault: VaultId) -> VaultNotes:
        """Give the notes of a vault, to add to."""
        found = self._notes.get(vault)
        if found is None:
            found = self._notes[vault] = VaultNotes()
        return found

    def actions(self) -> list[tuple[VaultId, str]]:
        """List the vaults that something was noted of, each with what an event of its own is called."""
        noted = [(vault, notes) for vault, notes in self._notes.items() if notes != _NOTHING]
        return [(vault, STEP_DONE if notes == VaultNotes(ended=notes.ended) else CHANGED) for vault, notes in noted]

    def taken(self, vault: VaultId) -> ChangesRecord | None:
        """Give what was noted of a vault, once."""
        notes = self._notes.pop(vault, None)
        return notes.record() if notes else None

    def came(self, vault: VaultId, mid: MessageId) -> None:
        """Note that a message was added."""
        self.of(vault).came.append(mid)

    def went(self, vault: VaultId, mid: MessageId) -> None:
        """Note that a message was deleted."""
        self.of(vault).went.append(mid)

    def shown(self, vault: VaultId, folder: FolderId, entry: Entry) -> None:
        """Note a new line of a folder."""
        self.of(vault).shown.append((folder, entry.uid, entry.mid, entry.flags, entry.internal_micros))

    def gone(self, vault: VaultId, folder: FolderId, uid: Uid) -> None:
        """Note that a line of a folder was removed."""
        self.of(vault).gone.append((folder, uid))

    def flagged(self, vault: VaultId, folder: FolderId, changes: Mapping[str, list[int]]) -> None:
        """Note which lines have which flags now."""
        self.of(vault).flagged += [(folder, flags, uids) for flags, uids in changes.items()]

    def claimed(self, vault: VaultId, dedupe: bytes, mid: MessageId) -> None:
        """Note that a delivery was new."""
        self.of(vault).claimed.append((dedupe, mid))

    def decided(self, vault: VaultId, mid: MessageId, sealed: bytes) -> None:
        """Note which record says what became of a message."""
        self.of(vault).outcomes.append((mid, sealed[-MARK:]))

    def set_aside(self, vault: VaultId, mid: MessageId) -> None:
        """Note that a message was put into quarantine."""
        self.of(vault).set_aside.append(mid)

    def held(self, vault: VaultId, blob: bytes, *, is_held: bool) -> None:
        """Note that a vault took hold of octets, or let them go."""
        self.of(vault).holds.append((blob, is_held))

    def referred(self, vault: VaultId, digest: bytes) -> None:
        """Note that a `Message-ID` was noted."""
        self.of(vault).referred.append(digest[:MARK])

    def begun(self, step: Step) -> None:
        """Note a step that is to be done."""
        if step.kind in NOTED_STEPS:
            self.of(step.vault).begun.append(step.id)

    def ended(self, step: Step) -> None:
        """Note a step that was done; one that this transaction began leaves no note."""
        if step.kind in NOTED_STEPS:
            notes = self.of(step.vault)
            if step.id in notes.begun:
                notes.begun.remove(step.id)
            else:
                notes.ended.append(step.id)
