"""IDLE and NOOP: what is new, pushed or asked for (RFC 2177, RFC 3501 §6.1.2)."""

from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.session_ended import SessionEnded
from gateway.imap.wire.commands.idle import Idle, Noop
from gateway.imap.wire.events import Done, Rejected
from gateway.imap.wire.refusal import advised
from gateway.imap.wire.responses import continuation


async def noop(session: ImapSession, _command: Noop) -> Answer:
    """Tell what is new."""
    session.expect_news()
    return replies.DONE


async def idle(session: ImapSession, _command: Idle) -> Answer:
    """Tell what is new the moment it is committed, until the client says DONE.

    The session has been subscribed since the sign-in, and looks once before it waits: what landed just before
    IDLE is told, whichever came first.
    """
    channel = session.channel
    channel.stream.expect_done()
    session.write(continuation("idling"))
    session.expect_news()
    deadline = session.deadline()
    while True:
        event = channel.stream.next_event()
        match event:
            case Done():
                return replies.DONE
            case Rejected():
                if event.fatal:
                    raise SessionEnded("broken framing", advised(event.text))
                return Answer(event.condition, advised(event.text), event.code)
            case None:
                if session.has_news:
                    await session.tell_news()
                    await channel.drain()
                else:
                    await channel.wait(deadline)
            case _:
                raise RuntimeError("the stream was asked for DONE only")


HANDLERS: Handlers = {Noop: noop, Idle: idle}
