"""SEARCH and UID SEARCH, plain and extended (RFC 3501 §6.4.4, RFC 4731)."""

from collections.abc import Iterator

from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.session.view import View
from gateway.imap.verbs.search_keys import Test, compiled, is_partly_cheap, want_of
from gateway.imap.verbs.tracing import traced
from gateway.imap.wire import responses
from gateway.imap.wire.commands.search import Search
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.search import Return, SearchKey
from gateway.services.mailbox.message_rows import Row, Want

_CHUNK = 1_000


async def search(session: ImapSession, command: Search) -> Answer:
    """Find messages among those the client knows."""
    if command.returns is not None and Return.SAVE in command.returns:
        raise CommandRefused("SEARCHRES is not offered")
    view = session.selected
    uids = await _matching(session, view, command.key)
    numbers = uids if command.uid else [view.number_of(uid) for uid in uids]
    if command.returns is None:
        session.write(responses.search(numbers))
    else:
        session.write(_extended(session.tag, command, numbers))
    return replies.DONE


def _extended(tag: bytes, command: Search, numbers: list[int]) -> bytes:
    wanted = command.returns or frozenset({Return.ALL})
    return responses.extended_search(
        tag,
        uid=command.uid,
        minimum=numbers[0] if numbers and Return.MIN in wanted else None,
        maximum=numbers[-1] if numbers and Return.MAX in wanted else None,
        count=len(numbers) if Return.COUNT in wanted else None,
        every=numbers if Return.ALL in wanted else (),
    )


async def _matching(session: ImapSession, view: View, key: SearchKey) -> list[int]:
    """Give the UIDs that match, ascending: by entries alone as far as that goes, then by what they leave open."""
    test, want = compiled(key, view), want_of(key)
    everything = [range(len(view.uids))]
    if want is Want.NOTHING:
        return (await _pass(session, view, everything, test, want))[0]
    await traced(session, session.mailbox.looked_at("messages.searched", view.folder))
    if not is_partly_cheap(key):
        return (await _pass(session, view, everything, test, want))[0]
    found, undecided = await _pass(session, view, everything, test, Want.NOTHING)
    if undecided:
        more, _ = await _pass(session, view, _runs(view, undecided), test, want)
        found = sorted([*found, *more])
    return found


async def _pass(
    session: ImapSession, view: View, places: list[range], test: Test, want: Want
) -> tuple[list[int], list[int]]:
    """Give the UIDs that match and those that are still open."""
    found: list[int] = []
    undecided: list[int] = []

    def look(rows: Iterator[Row]) -> None:
        for row in rows:
            judged = test(row)
            if judged:
                found.append(row.entry.uid)
            elif judged is None:
                undecided.append(row.entry.uid)

    for chunk in view.chunks(places, _CHUNK):
        await session.mailbox.rows(view.folder, chunk.spans, want, look)
    return found, undecided


def _runs(view: View, uids: list[int]) -> list[range]:
    """Give the places of UIDs of the view, neighbours joined."""
    runs: list[range] = []
    for uid in uids:
        place = view.number_of(uid) - 1
        if runs and runs[-1].stop == place:
            runs[-1] = range(runs[-1].start, place + 1)
        else:
            runs.append(range(place, place + 1))
    return runs


HANDLERS: Handlers = {Search: search}
