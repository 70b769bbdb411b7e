"""The one table from errors to what the terminal is told: a code, a sentence, an exit code (docs/operations.md)."""

import sys
import traceback
from dataclasses import dataclass
from enum import IntEnum

from gateway.domain.errors import (
    ConfigurationError,
    DatabaseDamaged,
    DirectoryUnavailable,
    KeyUnavailable,
    PliError,
    StoreUnavailable,
)


class Exit(IntEnum):
    """How a command ends; 2 is wrong use of the command line, which the parser of arguments says itself."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CONFIGURATION = 3
    UNAVAILABLE = 4
    FAULT = 5
    INTERRUPTED = 130


_EXITS: tuple[tuple[type[PliError], Exit], ...] = (
    (ConfigurationError, Exit.CONFIGURATION),
    (DatabaseDamaged, Exit.CONFIGURATION),
    (KeyUnavailable, Exit.CONFIGURATION),
    (StoreUnavailable, Exit.UNAVAILABLE),
    (DirectoryUnavailable, Exit.UNAVAILABLE),
    (PliError, Exit.REFUSED),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a failure looks like from outside."""

    text: str
    exit: Exit


def told(error: BaseException) -> Told:
    """Say what an error means to whoever typed the command."""
    cause = _cause(error)
    for kind, code in _EXITS:
        if isinstance(cause, kind):
            return Told(f"[{cause.code}] {cause}", code)
    if isinstance(cause, KeyboardInterrupt):
        return Told("interrupted", Exit.INTERRUPTED)
    # Only the type: the text of a library's exception may quote what it was working on.
    return Told(
        f"[{PliError.code}] unexpected failure ({type(cause).__name__}), a fault of this program: what was committed "
        "is safe; report it with the lines above, which quote no content",
        Exit.FAULT,
    )


def report(error: BaseException) -> int:
    """Tell an error on stderr, with the path through the code when nobody foresaw it; gives the exit code."""
    found = told(error)
    if found.exit is Exit.FAULT:
        sys.stderr.write("".join(traceback.format_tb(_cause(error).__traceback__)))
    sys.stderr.write(f"pli: {found.text}\n")
    return found.exit


def _cause(error: BaseException) -> BaseException:
    """Give the error that a group of tasks wraps; one raised on purpose before one that nobody foresaw."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    causes = [_cause(inner) for inner in error.exceptions]
    return next((cause for cause in causes if isinstance(cause, PliError)), causes[0])
