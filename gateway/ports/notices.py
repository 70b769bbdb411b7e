"""Notices outside the gateway."""

from typing import Protocol

from gateway.domain.notices import Notice


class Notices(Protocol):
    """Notices outside the gateway: they say that something waits, never from whom nor about what."""

    async def send(self, notice: Notice) -> None:
        """Send once for each `Notice.id`; a second call with the same id changes nothing.

        Raises:
            NoticeDeferred: whoever takes notices cannot do so now; try again later.
            NoticeRefused: they will never take this one, or it cannot be made; somebody must see to it.
        """
        ...
