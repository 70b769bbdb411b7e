"""Logs: one JSON object a line on stderr; ids, reasons, counts and durations, never content (house rule)."""

import logging
import sys
from contextlib import suppress

import structlog
from structlog.typing import EventDict, WrappedLogger

from gateway.services.incidents import frames_of

# These print addresses, queries or whole exchanges at INFO or DEBUG.
_SILENCED = ("mail.log", "aiohttp.access", "asyncio", "aiosmtplib", "sqlalchemy", "alembic")
_told: dict[str, int] = {}


def set_up_logs(*, verbose: bool = False, quiet: bool = False) -> None:
    """Send structured lines to stderr and keep libraries' own logging off; the last call counts.

    Args:
        verbose: tell what goes well, too.
        quiet: tell failures only, for commands that say themselves what they find.
    """
    level = logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_NamesOnly())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in _SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            _with_process,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )


def tell_process(number: int) -> None:
    """Say in each line from now on which process of a gateway writes it."""
    _told["process"] = number


def _with_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {**_told, **event}


class _Lines:
    """Writes lines to stderr, and loses them when it cannot: what is told of must go on.

    A log on a full disk, or in a pipe that nobody reads any more, would otherwise end the session or the worker that
    has something to tell.
    """

    def __init__(self, *_names: object) -> None:
        self._file = sys.stderr

    def msg(self, line: str) -> None:
        """Write a line, or not."""
        with suppress(OSError):
            self._file.write(line + "\n")
            self._file.flush()

    log = debug = info = warning = error = critical = exception = fatal = msg


class _NamesOnly(logging.Formatter):
    """Tell which library complained; neither its words nor its exceptions, which quote what they choked on."""

    def format(self, record: logging.LogRecord) -> str:
        """Leave out message, exception and stack."""
        return f"{record.levelname} {record.name}"


def _without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Tell an exception by its type and where it was raised: its text may quote what was being worked on."""
    error = sys.exc_info()[1] if event.pop("exc_info", None) else None
    if error is not None:
        event["error"] = type(error).__name__
        event["frames"] = frames_of(error)
    return event
