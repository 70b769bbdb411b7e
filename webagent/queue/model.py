"""What waits, as the list and an entry show it."""

from dataclasses import dataclass
from datetime import datetime

from gateway.services.agents.desk_queue import DeskEntry
from webmail.references import reference_of


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownEntry:
    """One thing that waits.

    Attributes:
        kind: as addresses of pages have it.
        reference: whose space, empty for nobody's; `number` names it in there.
        lines: what is said of it, label and words.
        decisions: name, button and explanation of each thing that may be decided.
    """

    kind: str
    reference: str
    number: str
    since: datetime
    times: int
    lines: tuple[tuple[str, str], ...]
    decisions: tuple[tuple[str, str, str], ...] = ()

    @property
    def path(self) -> str:
        """Give the address of its page, below the list's."""
        return f"{self.kind}/{self.reference}/{self.number}"


def shown_entry(
    kind: str,
    entry: DeskEntry,
    lines: tuple[tuple[str, str], ...],
    decisions: tuple[tuple[str, str, str], ...] = (),
) -> ShownEntry:
    """Show an entry."""
    return ShownEntry(
        kind=kind,
        reference=reference_of(entry.vault) if entry.vault is not None else "",
        number=f"{entry.number:x}",
        since=entry.since,
        times=entry.times,
        lines=lines,
        decisions=decisions,
    )
