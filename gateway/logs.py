"""Logs: one JSON object a line on stderr; ids, reasons, counts and durations, never content (house rule)."""

import logging
import sys

import structlog

# These print addresses, queries or whole exchanges at INFO or DEBUG.
_SILENCED = ("mail.log", "aiohttp.access", "asyncio", "aiosmtplib", "sqlalchemy", "alembic")


def set_up_logs(*, verbose: bool = False) -> None:
    """Send structured lines to stderr and keep libraries' own logging off."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s")
    for name in _SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
