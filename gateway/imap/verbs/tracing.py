"""The trace of what a client reads: written before the answer, and never in the way of it."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from gateway.domain.errors import StoreUnavailable
from gateway.imap.session.session import ImapSession

T = TypeVar("T")
_log = structlog.get_logger("pli.imap")


async def traced(session: ImapSession, writing: Awaitable[T]) -> T | None:
    """Write a line of the trace; a store that takes no writes keeps nobody from their mail, and the log says so."""
    try:
        return await writing
    except StoreUnavailable:
        _log.error("imap.untraced", connection=session.id)
        return None
