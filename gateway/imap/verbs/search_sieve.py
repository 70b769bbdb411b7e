r"""A search carried out key by key, each among the messages that the keys before it have left.

What stands in clear is asked first and costs one question to the store a key. What is sealed is opened last, and only
for messages that are still in question. Each question is a read of its own, so that a search of a thousand keys keeps
nobody else from the store for long; sets of UIDs are all that is in memory.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain

from gateway.domain.header_page import HeaderPage
from gateway.domain.line_tests import AnyLine, LineTest
from gateway.imap.session.session import ImapSession
from gateway.imap.session.view import View
from gateway.imap.verbs.search_keys import Sealed, line_test, page_test, row_test
from gateway.imap.verbs.tracing import traced
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.search import (
    And,
    BodyContains,
    ChangedSince,
    HasFlag,
    HeaderContains,
    InMessages,
    InUids,
    Not,
    Or,
    SearchKey,
    SentDay,
    TextContains,
)
from gateway.services.mailbox.message_rows import Row, Want

_CHUNK = 1_000
_PAGED_FROM = 32
"""So many messages at least are looked for in pages: fewer are sooner opened one by one."""


async def matching(session: ImapSession, view: View, key: SearchKey) -> list[int]:
    """Give the UIDs that match, ascending. Raises `CommandRefused` for what is not offered."""
    if not view.uids:
        return []
    if _cost(key):
        await traced(session, session.mailbox.looked_at("messages.searched", view.folder))
    return sorted(await _Sieve(session, view).left(key, None))


def _cost(key: SearchKey) -> int:
    """Say what a key costs: 0 where nothing is opened, 1 where headers are, 2 where texts are."""
    match key:
        case And(keys) | Or(keys):
            return max(map(_cost, keys), default=0)
        case Not(inner):
            return _cost(inner)
        case HeaderContains() | SentDay():
            return 1
        case BodyContains() | TextContains():
            return 2
        case ChangedSince():
            raise CommandRefused("CONDSTORE is not offered")
        case _:
            return 0


class _Sieve:
    """One search in one view."""

    def __init__(self, session: ImapSession, view: View) -> None:
        self._mailbox = session.mailbox
        self._view = view

    async def left(self, key: SearchKey, among: frozenset[int] | None) -> Collection[int]:
        """Give the UIDs of `among`, or of all the folder, that match."""
        if (asked := line_test(key)) is not None:
            return await self._asked(asked, among)
        if isinstance(key, And):
            return await self._through(key.keys, among)
        if among is None:
            among = frozenset(await self._asked(AnyLine(), None))
        match key:
            case Or(keys):
                return await self._any(keys, among)
            case Not(inner):
                return among.difference(await self.left(inner, among))
            case InMessages(numbers):
                return await self._named(numbers.positions(len(self._view.uids)), among)
            case InUids(uids):
                return await self._named(uids.uid_positions(self._view.uids), among)
            case HasFlag():  # of all flags only \Recent is not the store's
                return await self._named(self._view.recent_places(), among)
            case HeaderContains() | SentDay() | BodyContains() | TextContains():
                test = page_test(key) if len(among) >= _PAGED_FROM else None
                return await (self._opened([key], among) if test is None else self._paged(key, test, among))
            case _:
                raise CommandRefused("CONDSTORE is not offered")

    async def _asked(self, test: LineTest, among: frozenset[int] | None) -> Collection[int]:
        uids, last = await self._mailbox.uids(self._view.folder, test), self._view.uids[-1]
        if uids and uids[-1] > last:  # what has arrived since is not the client's yet
            uids = uids[: bisect_right(uids, last)]
        return uids if among is None else among.intersection(uids)

    async def _through(self, keys: Sequence[SearchKey], among: frozenset[int] | None) -> Collection[int]:
        for key in sorted(keys, key=_cost):
            among = frozenset(await self.left(key, among))
            if not among:
                break
        return among or ()

    async def _any(self, keys: Sequence[SearchKey], among: frozenset[int]) -> frozenset[int]:
        found: set[int] = set()
        sealed = [key for key in keys if isinstance(key, Sealed) and page_test(key) is None]
        for key in sorted((key for key in keys if key not in sealed), key=_cost):
            found.update(await self.left(key, among - found))
        if sealed:  # together: what is opened for one serves them all
            found.update(await self._opened(sealed, among - found))
        return frozenset(found)

    async def _named(self, places: Sequence[range], among: frozenset[int]) -> frozenset[int]:
        uids = self._view.uids
        stretches = [uids[place.start : place.stop] for place in places]
        # In a thread: a client may name all its messages a thousand times.
        return await self._mailbox.off_loop(lambda _: among.intersection(chain.from_iterable(stretches)))

    async def _paged(
        self, key: Sealed, test: Callable[[HeaderPage], set[int]], among: frozenset[int]
    ) -> frozenset[int]:
        """Give the UIDs that match by pages of headers; messages in none are opened, and put into some for the next."""
        folder, last, pages = self._view.folder, self._view.uids[-1], self._mailbox.header_pages
        found, known = await pages.asked(folder, test, last)
        missing = among - known
        if missing:
            found.update(await self._opened([key], missing))
            await pages.make(folder, missing, known, last)
        return among.intersection(found)

    async def _opened(self, keys: Sequence[Sealed], among: frozenset[int]) -> frozenset[int]:
        """Give the UIDs of which any key is true."""
        tests, want = [], Want.NOTHING
        found: set[int] = set()
        for key in keys:
            test, needed = row_test(key)
            tests.append(test)
            want |= needed

        def look(rows: Iterator[Row]) -> None:
            found.update(row.entry.uid for row in rows if any(test(row) for test in tests))

        for chunk in self._view.chunks(self._view.runs(sorted(among)), _CHUNK):
            await self._mailbox.rows(self._view.folder, chunk.spans, want, look)
        return frozenset(found)
