"""As many open files as the settings allow connections: a crowd of clients is to leave some for storing mail."""

import resource

import structlog

from gateway.config import Settings

_log = structlog.get_logger("pli.serve")
_OF_THE_GATEWAY = 1_024
"""Store, octets being written, lists, readers, connections to other operators."""


def make_room_for_connections(settings: Settings) -> None:
    """Raise this process's limit as far as it may and needs to be; warn when that is not far enough."""
    connections = settings.smtp.max_connections, settings.imap.max_connections, settings.web.max_connections
    wanted = sum(connections) + _OF_THE_GATEWAY
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    raised = raised_limit(wanted, soft, hard)
    if raised != soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    if raised != resource.RLIM_INFINITY and raised < wanted:
        _log.warning("serve.few_open_files", allowed=raised, wanted=wanted)


def raised_limit(wanted: int, soft: int, hard: int) -> int:
    """Give the new soft limit: never lower than it was, never above the hard one."""
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
