"""One attempt of a mail client to sign in: counted, and answered when it is time whatever it was wrong about.

An unknown login and a wrong password read the same, after the same time. What is said is for the edge.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import TypeVar

import structlog

from gateway.services.sign_in.throttle import SignInThrottle

T = TypeVar("T")
_log = structlog.get_logger("pli.sign_in")


class Refused(Enum):
    """Why nobody is signed in."""

    WRONG = auto()
    LOCKED = auto()


async def attempt(
    throttle: SignInThrottle,
    account: str,
    connection: tuple[str, str],
    ask: Callable[[], Awaitable[T | None]],
    pause_until: Callable[[float], Awaitable[None]],
) -> T | Refused:
    """Ask the service, unless there were too many failures; what either callable raises is not caught.

    Args:
        throttle: counts failures.
        account: the login given.
        connection: its id, for the log, and the address of the client.
        ask: gives None when login and password do not fit.
        pause_until: lets time (of the loop) pass, no longer than the client stays.
    """
    name, source = connection
    started = asyncio.get_running_loop().time()
    if throttle.is_locked(account, source):
        return Refused.LOCKED
    found = await ask()
    if throttle.is_locked(account, source):
        # Guesses sent all at once pass the first check together: each counts before the next is answered.
        return Refused.LOCKED
    if found is not None:
        throttle.succeeded(account, source)
        return found
    _log.info("sign_in.failed", connection=name)
    # The answer leaves at a time of ours, whatever the service took to find nothing.
    await pause_until(started + throttle.failed(account, source))
    return Refused.WRONG
