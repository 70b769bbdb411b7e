"""A way out for each channel."""

from collections.abc import Collection, Mapping

from gateway.domain.notices import Channel, Notice
from gateway.notices.files import FileNotices
from gateway.ports.notices import Notices


class NoticesByChannel:
    """Implements `gateway.ports.notices.Notices`: hands each notice to the way out of its channel, else to files."""

    def __init__(self, files: FileNotices, ways: Mapping[Channel, Notices]) -> None:
        self._files = files
        self._ways = ways

    async def send(self, notice: Notice) -> None:
        """Send by the channel of the notice."""
        await self._ways.get(notice.channel, self._files).send(notice)

    async def forget(self, contacts: Collection[str]) -> None:
        """Remove what is kept of notices to somebody who was erased."""
        await self._files.forget(contacts)
