"""Lines listed by column, with pages and without, on both databases: what is listed is the same."""

import asyncio
import threading
from dataclasses import replace

from gateway.domain import stand_ins
from gateway.domain.header_page import SPAN, page_of
from gateway.domain.listed_lines import ListedLines
from gateway.domain.mailbox import SEEN, Entry, FolderId, Uid, VaultId
from gateway.ports.store import Tx
from gateway.store.rows.line_pages import stretches
from tests.builders.store import NOON, StoreAt, a_content, a_mailbox, inbox_of

_MANY = 3 * SPAN + 10
_LONG, _DIVIDED = 70, 80
"""Messages whose lines go into no page."""


async def _mailbox(at: StoreAt) -> tuple[VaultId, FolderId]:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)

    def fill(tx: Tx) -> None:
        for number in range(1, _MANY + 1):
            content = a_content(at=NOON)
            more = {_LONG: b"x" * 9000, _DIVIDED: b"\0"}.get(number, b"")
            summary = replace(content.summary, envelope=b"(%d %b)" % (number, more))
            tx.mail.add_content(replace(content, summary=summary), vault)
            tx.mail.add_entry(vault, inbox, content.mid, frozenset({SEEN, "$a"} if number % 3 else ()), NOON)

    await at.store.write(fill)
    return vault, inbox


def _columns(wires: list[tuple[Entry, bytes, bytes]]) -> list[list[object]]:
    return [
        [entry.uid for entry, _, _ in wires], [entry.flags for entry, _, _ in wires],
        [envelope for _, envelope, _ in wires], [structure for _, _, structure in wires],
    ]  # fmt: skip


def _lists(lines: ListedLines) -> list[list[object]]:
    return [list(lines.uids), list(lines.flags), list(lines.envelopes), list(lines.bodystructures)]


async def _listed_as_opened(at: StoreAt, vault: VaultId, inbox: FolderId) -> ListedLines:
    """List, and compare with lines that were opened one by one."""

    def look(tx: Tx) -> ListedLines:
        for low, high in ((1, 2**32 - 1), (5, 5), (60, 140), (_MANY + 1, _MANY + 200)):
            opened = _columns(tx.mail.wires(vault, inbox, low, high))
            assert _lists(tx.mail.listed(vault, inbox, low, high, wires=True)) == opened
            assert _lists(tx.mail.listed(vault, inbox, low, high, wires=False)) == [*opened[:2], [], []]
        return tx.mail.listed(vault, inbox, 1, 2**32 - 1, wires=True)

    return await at.store.read(look)


async def test_lines_are_listed_alike_with_pages_and_without(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    listed = await _listed_as_opened(at, vault, inbox)
    assert (len(listed.uids), set(listed.unpaged)) == (_MANY, {0, 1, 2, 3})

    async def make(*numbers: int) -> None:
        for number in numbers:
            await at.store.write(lambda tx, number=number: tx.mail.make_line_page(vault, inbox, number))  # type: ignore[misc]  # mypy cannot infer a lambda with a default

    await make(0, 1)
    # What is in no page for good does not ask for it again.
    assert (await _listed_as_opened(at, vault, inbox)).unpaged == {2, 3}
    await make(2)
    at.behind_its_back("UPDATE line_page SET record = substr(record, 1, 40) WHERE (page & 63) = 0")
    assert (await _listed_as_opened(at, vault, inbox)).unpaged == {0, 3}  # one that does not open is made again
    await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(SPAN), Uid(SPAN + 5)]))
    listed = await _listed_as_opened(at, vault, inbox)
    assert (len(listed.uids), set(listed.unpaged)) == (_MANY - 2, {0, 1, 3})  # nothing of what was expunged stays


async def test_line_that_does_not_open_is_in_no_page(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    at.behind_its_back("UPDATE entry_wire SET wire = substr(wire, 1, 40) WHERE uid = 9")
    await at.store.write(lambda tx: tx.mail.make_line_page(vault, inbox, 0))
    assert (await _listed_as_opened(at, vault, inbox)).envelopes[8] == stand_ins.ENVELOPE


async def test_page_of_headers_made_while_one_of_its_messages_goes_goes_with_it(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    made, goes_on = threading.Event(), threading.Event()

    def keep(tx: Tx) -> None:
        page = page_of((entry.uid, block) for entry, block in tx.mail.header_blocks(vault, inbox, 1, 5))
        assert page
        made.set()
        goes_on.wait(5)
        tx.mail.keep_header_page(vault, inbox, page)

    keeping = asyncio.ensure_future(at.store.write(keep))
    await asyncio.to_thread(made.wait, 5)
    expunging = asyncio.ensure_future(at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(3)])))
    await asyncio.wait({expunging}, timeout=0.2)
    goes_on.set()
    await asyncio.gather(keeping, expunging)
    assert await at.store.read(lambda tx: tx.mail.header_pages(vault, inbox, 0, 9)) == []


async def test_flags_that_no_client_gave_are_listed_with_their_own_message(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    at.behind_its_back("UPDATE entry SET flags = 'a\nb' WHERE uid = 2")
    assert (await _listed_as_opened(at, vault, inbox)).flags[1] == "a\nb"


def test_stretches_are_of_neighbours() -> None:
    line = (b"", b"")
    assert stretches([1, 2, 4, 5, 9, 11], {2: line, 9: line}) == [(1, 1), (4, 5), (11, 11)]
