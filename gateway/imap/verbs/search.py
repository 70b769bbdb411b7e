"""SEARCH and UID SEARCH, plain and extended (RFC 3501 §6.4.4, RFC 4731)."""

from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.verbs.search_sieve import matching
from gateway.imap.wire import responses
from gateway.imap.wire.commands.search import Search
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.search import Return


async def search(session: ImapSession, command: Search) -> Answer:
    """Find messages among those the client knows."""
    if command.returns is not None and Return.SAVE in command.returns:
        raise CommandRefused("SEARCHRES is not offered")
    view = session.selected
    uids = await matching(session, view, command.key)
    numbers = uids if command.uid else view.numbers_of(uids)
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


HANDLERS: Handlers = {Search: search}
