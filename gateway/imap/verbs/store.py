"""STORE and EXPUNGE (RFC 3501 §6.4.3, §6.4.6; RFC 4315 §2.1)."""

from collections.abc import Callable

from gateway.domain.mailbox import SYSTEM_FLAGS, Flags
from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.store import Expunge, StoreFlags, StoreMode
from gateway.imap.wire.refusal import CommandRefused, beyond
from gateway.imap.wire.responses import fetch_flags
from gateway.services.mailbox.changes import EVERY
from gateway.services.mailbox.owner import CHUNK

MAX_KEYWORDS = 60
MAX_KEYWORD_BYTES = 100


async def store(session: ImapSession, command: StoreFlags) -> Answer:
    """Change flags, one transaction for each chunk; what somebody else had changed is told even when silent.

    OK says when numbers named messages that are gone (RFC 2180 §4.2.1); the others are changed.
    """
    if command.unchanged_since is not None:
        return replies.NO_CONDSTORE
    view = session.selected
    if view.read_only:
        return replies.READ_ONLY
    if not (command.uid or command.numbers.fits(len(view.uids))):
        return replies.NO_MESSAGE
    places = command.numbers.uid_positions(view.uids) if command.uid else command.numbers.positions(len(view.uids))
    alter, missing = _alteration(command), 0
    for chunk in view.chunks(places, CHUNK):
        messages = session.mailbox.messages
        change = await session.flagged(messages.change_flags(view.folder, chunk.spans, alter, view.seen))
        missing += chunk.count - len(change.messages)
        session.write(view.learnt({message.flags for message in change.messages}))
        session.write(
            b"".join(
                fetch_flags(
                    view.number_of(message.uid),
                    view.rendered(message.uid, message.flags),
                    uid=message.uid if command.uid else None,
                )
                for message in change.messages
                if message.changed_before or not command.silent
            )
        )
        await session.channel.drain()
    if missing:
        session.expect_news()
    return replies.WITHOUT_THE_GONE if missing and not command.uid else replies.DONE


async def expunge(session: ImapSession, command: Expunge) -> Answer:
    r"""Remove what bears \Deleted, all of it or among some UIDs; the numbers are told as news."""
    view = session.selected
    if view.read_only:
        return replies.READ_ONLY
    spans = [EVERY]
    if command.uids is not None:
        places = command.uids.uid_positions(view.uids)
        spans = [span for chunk in view.chunks(places, len(view.uids) or 1) for span in chunk.spans]
    await session.mailbox.messages.expunge(view.folder, spans)
    session.expect_news()
    return replies.DONE


def check_keywords(flags: Flags) -> Flags:
    """Give flags back when they are few and short. Raises `CommandRefused`."""
    if len(flags) > MAX_KEYWORDS + len(SYSTEM_FLAGS) or any(len(flag) > MAX_KEYWORD_BYTES for flag in flags):
        raise CommandRefused(
            beyond(
                MAX_KEYWORDS, f"keywords, or {MAX_KEYWORD_BYTES} octets of one",
                f"mots-clés, ou {MAX_KEYWORD_BYTES} octets dans l'un d'eux",
            ),
            Condition.NO, ResponseCode.LIMIT,
        )
    return flags


def _alteration(command: StoreFlags) -> Callable[[Flags], Flags]:
    named = check_keywords(frozenset(command.flags))
    folded = {flag.lower() for flag in named}
    match command.mode:
        case StoreMode.REPLACE:
            return lambda flags: _spelled_as_before(flags, named)
        case StoreMode.ADD:
            return lambda flags: check_keywords(flags | _spelled_as_before(flags, named))
        case StoreMode.REMOVE:
            return lambda flags: frozenset(flag for flag in flags if flag.lower() not in folded)


def _spelled_as_before(before: Flags, named: Flags) -> Flags:
    """Keep the spelling of a keyword that the message has: keywords differ by more than case."""
    if named <= before:
        return named
    known = {flag.lower(): flag for flag in before}
    return frozenset(known.get(flag.lower(), flag) for flag in named)


HANDLERS: Handlers = {Expunge: expunge, StoreFlags: store}
