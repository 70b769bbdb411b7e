"""What is wrong with single lines of an imported file: skipped, counted, and told to the operator."""

from dataclasses import dataclass, field

MAX_FAULTS = 1_000


@dataclass(frozen=True, slots=True)
class DirectoryFault:
    """One line or element that was left out; `reason` never quotes what it holds."""

    line: int
    reason: str


@dataclass(slots=True)
class Faults:
    """Collect faults in the order of the file: all are counted, the first `MAX_FAULTS` are kept."""

    count: int = 0
    first: list[DirectoryFault] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Note that a line was left out, and why."""
        self.count += 1
        if len(self.first) < MAX_FAULTS:
            self.first.append(DirectoryFault(line, reason))
