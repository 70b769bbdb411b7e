"""Commands that need no mailbox: CAPABILITY, ID, ENABLE, NAMESPACE, LOGOUT."""

from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.wire import responses
from gateway.imap.wire.codes import Condition
from gateway.imap.wire.commands.capability import Capability, Enable, Id, Logout, Namespace


async def capability(session: ImapSession, _command: Capability) -> Answer:
    """Say what is offered."""
    session.write(responses.capability(session.capabilities))
    return replies.DONE


async def identify(session: ImapSession, _command: Id) -> Answer:
    """Say what we are (RFC 2971); what the client says is neither kept nor logged."""
    session.write(responses.identification({"name": "Pli"}))
    return replies.DONE


async def enable(session: ImapSession, _command: Enable) -> Answer:
    """Enable nothing: no extension offered changes the protocol, and unknown ones are passed over (RFC 5161)."""
    session.write(responses.enabled(()))
    return replies.DONE


async def namespace(session: ImapSession, _command: Namespace) -> Answer:
    """Say where mailboxes are (RFC 2342)."""
    session.write(responses.namespace())
    return replies.DONE


async def logout(session: ImapSession, _command: Logout) -> Answer:
    """Say goodbye."""
    session.write(responses.untagged(Condition.BYE, "goodbye"))
    return replies.DONE


HANDLERS: Handlers = {Capability: capability, Logout: logout, Id: identify, Enable: enable, Namespace: namespace}
