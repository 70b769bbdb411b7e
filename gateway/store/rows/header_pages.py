"""Pages of headers: sealed, made by whoever searches, gone with the first of their messages that goes.

They decide nothing: lines of folders say which messages there are, and a page that is missing or does not open is made
again from the headers.
"""

import struct
from collections.abc import Iterable

from sqlalchemy import delete, select

from gateway.domain.errors import SealBroken
from gateway.domain.header_page import SPAN, HeaderPage
from gateway.domain.mailbox import FolderId, VaultId
from gateway.domain.mime.header_search import SEARCHED_FIELDS
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.seal.packed_records import packed, unpacked
from gateway.store.seal.sealer import RecordKind, Sealer

_P = schema.header_page
_vault = parameter("vault")
_put = insert(_P)
_PUT = _put.on_conflict_do_update(index_elements=[_P.c.vault, _P.c.page], set_={"record": _put.excluded.record})
_SOME = (
    select(_P.c.page, _P.c.record)
    .where(_P.c.vault == _vault, _P.c.page.between(parameter("low"), parameter("high")))
    .order_by(_P.c.page)
)
_DROP = delete(_P).where(_P.c.vault == _vault, _P.c.page == parameter("page"))
_BITS = 26
"""Of the number of a page within its folder: UIDs have 32, of which a page takes 6."""


class HeaderPageRows:
    """Pages of one vault at a time."""

    _runner: Runner
    _sealer: Sealer

    def header_pages(self, vault: VaultId, folder: FolderId, low: int, high: int) -> list[HeaderPage]:
        """List the pages with low ≤ number ≤ high that there are; one that does not open is passed over."""
        found, opened = [], self._sealer.opener(vault, RecordKind.HEADER_PAGE)
        for number, sealed in self._runner.rows(
            _SOME, vault=vault, low=place_of_page(folder, low), high=place_of_page(folder, high)
        ):
            try:
                uids, days, *columns = unpacked(opened(number, sealed), 2 + len(SEARCHED_FIELDS))
                form = f">{len(uids) // 4}I"
                found.append(HeaderPage(struct.unpack(form, uids), struct.unpack(form, days), tuple(columns)))
            except (SealBroken, struct.error):
                continue
        return found

    def keep_header_page(self, vault: VaultId, folder: FolderId, page: HeaderPage) -> None:
        """Keep a page, in place of one of the same messages."""
        form = f">{len(page.uids)}I"
        numbers = (struct.pack(form, *page.uids), struct.pack(form, *page.days))
        record, place = packed(RecordKind.HEADER_PAGE, *numbers, *page.columns), place_of_page(folder, page.number)
        sealed = self._sealer.seal(vault, RecordKind.HEADER_PAGE, place, record)
        self._runner.run(_PUT, vault=vault, page=place, record=sealed)

    def drop_header_pages(self, vault: VaultId, folder: FolderId, uids: Iterable[int]) -> None:
        """Take away the pages of messages that go."""
        for number in {uid // SPAN for uid in uids}:
            self._runner.run(_DROP, vault=vault, page=place_of_page(folder, number))


def place_of_page(folder: FolderId, number: int) -> int:
    """Give the number of a page within its vault, which it is sealed for."""
    return folder << _BITS | number
