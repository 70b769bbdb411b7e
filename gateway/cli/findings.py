"""What ``pli doctor`` finds: one line each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `bad` findings make the command fail, advice on others can wait."""

    what: str
    bad: bool
    advice: str = ""

    def __str__(self) -> str:
        """Give one line for people."""
        mark = "✗" if self.bad else "!" if self.advice else "✓"
        return f"{mark} {self.what}{': ' + self.advice if self.advice else ''}"
