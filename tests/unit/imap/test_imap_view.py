"""What a client is told of a mailbox that changes, and what it is not told yet."""

from array import array

import pytest

from gateway.domain.mailbox import (
    Entry,
    Folder,
    FolderId,
    MessageId,
    ModSeq,
    SpecialUse,
    ThreadId,
    Uid,
    UidValidity,
)
from gateway.imap.session.view import View
from gateway.services.mailbox.mailbox import FolderChanges, OpenFolder


def a_view(*uids: int, modseq: int = 10) -> View:
    following = max(uids, default=0) + 1
    folder = Folder(
        id=FolderId(1),
        name="INBOX",
        special_use=SpecialUse.INBOX,
        uid_validity=UidValidity(7),
        uid_next=Uid(following),
        highest_modseq=ModSeq(modseq),
        recent_from=Uid(following),
    )
    claimed = [following]

    def claim(end: int) -> int:
        claimed.append(end)
        return claimed[-2]

    return View(OpenFolder(folder, array("I", uids), None), read_only=False, claim=claim)


def an_entry(uid: int, modseq: int, flags: str = "") -> Entry:
    return Entry(Uid(uid), MessageId(uid), ModSeq(modseq), flags, 0, 100, ThreadId(uid))


def changes(highest: int, *changed: Entry, vanished: tuple[int, ...] = ()) -> FolderChanges:
    return FolderChanges(ModSeq(highest), list(changed), [Uid(uid) for uid in vanished])


def test_expunges_are_told_from_the_highest_number_down() -> None:
    view = a_view(2, 4, 6, 8)
    assert view.apply(changes(11, vanished=(2, 6)), expunge=True) == b"* 3 EXPUNGE\r\n* 1 EXPUNGE\r\n"
    assert list(view.uids) == [4, 8]
    assert view.gone == 11


def test_expunges_wait_while_numbers_stand() -> None:
    view = a_view(2, 4)
    assert view.apply(changes(11), expunge=False) == b""
    assert (view.seen, view.gone) == (11, 10)
    assert list(view.uids) == [2, 4]


def test_arrivals_come_after_expunges_and_are_recent() -> None:
    view = a_view(2, 4)
    told = view.apply(changes(12, an_entry(5, 11), an_entry(6, 12), vanished=(2,)), expunge=True)
    assert told == b"* 1 EXPUNGE\r\n* 3 EXISTS\r\n* 2 RECENT\r\n"
    assert view.rendered(4, "\\Seen") == b"(\\Seen)"
    assert view.rendered(5, "\\Seen") == b"(\\Seen \\Recent)"
    assert view.rendered(6, "") == b"(\\Recent)"


def test_the_highest_message_gone_does_not_make_the_next_one_old() -> None:
    view = a_view(2, 4)
    view.apply(changes(11, vanished=(4,)), expunge=True)
    assert view.apply(changes(12, an_entry(5, 12)), expunge=True) == b"* 2 EXISTS\r\n* 1 RECENT\r\n"


def test_flags_changed_elsewhere_are_told_and_own_changes_are_not() -> None:
    view = a_view(2, 4)
    view.note_own(ModSeq(11))
    told = view.apply(changes(12, an_entry(2, 11, "\\Seen"), an_entry(4, 12, "\\Seen")), expunge=True)
    assert told == b"* 2 FETCH (UID 4 FLAGS (\\Seen))\r\n"
    # An own change is forgotten once it lies behind the mark.
    assert view.apply(changes(13, an_entry(2, 13)), expunge=True) == b"* 1 FETCH (UID 2 FLAGS ())\r\n"


def test_what_came_and_went_unheard_is_not_told() -> None:
    view = a_view(2)
    assert view.apply(changes(13, vanished=(3, 4)), expunge=True) == b""


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (10, [([(1, 3), (9, 11)], 5)]),
        (3, [([(1, 3)], 3), ([(9, 11)], 2)]),
        (2, [([(1, 2)], 2), ([(3, 3), (9, 9)], 2), ([(11, 11)], 1)]),
    ],
)
def test_chunks_are_spans_of_uids_of_at_most_so_many_messages(
    size: int, expected: list[tuple[list[tuple[int, int]], int]]
) -> None:
    view = a_view(1, 2, 3, 5, 9, 11)
    assert [(chunk.spans, chunk.count) for chunk in view.chunks([range(3), range(4, 6)], size)] == expected


@pytest.mark.parametrize("flags", ["\ufffd", "a) BODY (", "a\r\n* BYE", "a  b", "\\", '"a"'])
def test_flags_that_no_client_gave_add_nothing_to_an_answer(flags: str) -> None:
    assert a_view(2).rendered(2, flags) == b"()"
