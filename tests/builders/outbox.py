"""Steps of the outbox, done as the worker does them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from gateway.domain.outbox import NeedsAnotherServer, Step

T = TypeVar("T")


async def in_its_place(handler: Callable[[Step], Awaitable[T]], step: Step) -> T:
    """Do a step, and do it again among those that wait for another server when it needs one."""
    try:
        return await handler(step)
    except NeedsAnotherServer:
        return await handler(replace(step, relays=True))
