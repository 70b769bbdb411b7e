"""What of a trace is withheld from whoever reads it: lines of documents that may not be known of (A27, STD §4.5).

A line that names other things as well keeps these. For a representative, the message that brought such a document
and its conversation do not exist either, nor does a line of mail or filing that names nothing by which one could tell.
"""

from dataclasses import dataclass, replace

from gateway.domain.access import Actor, Audience
from gateway.domain.audit import AuditEvent
from gateway.ports.store import Tx
from gateway.services.access.withheld_messages import withheld_messages

_NAMED = ("document:", "message:", "thread:", "event:")
_OF_MAIL = (
    "message.", "document.", "receipt.", "report.", "mailbox.", "step.", "file.", "deposit.", "sender.",
    "agenda.by-mail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Withheld:
    """What somebody may not know of, by the names that lines of the trace have for it."""

    names: frozenset[str]
    for_another: bool

    def shown(self, event: AuditEvent) -> AuditEvent | None:
        """Give a line as it is shown; None for one that is not there for them."""
        if self.for_another and event.action.startswith(_OF_MAIL) and not event.objects:
            return None
        if self.names.isdisjoint(event.objects):
            return event
        left = tuple(one for one in event.objects if one not in self.names)
        if not any(one.startswith(_NAMED if self.for_another else "document:") for one in left):
            return None
        return replace(event, objects=left)


def withheld_from(tx: Tx, actor: Actor) -> Withheld:
    """Name what is withheld from somebody; counted out by the rows, without opening any that is shown."""
    vault, audience = actor.vault, actor.audience
    there, shown = (tx.documents.numbers(vault, of) for of in (Audience.NOBODY, audience))
    hidden = set(there).difference(shown)
    names = {f"document:{number:x}" for number in hidden}
    for_another = Audience.REPRESENTATIVES in audience
    if for_another and hidden:
        mids = {one.mid for one in tx.documents.numbered(vault, Audience.NOBODY, hidden) if one.mid is not None}
        names |= {f"message:{mid:x}" for mid in mids}
        threads = {entry.thread for mid in mids for _, entry in tx.mail.places_of(vault, mid)}
        names |= {
            f"thread:{thread:x}"
            for thread in threads
            if all(entry.mid in mids for _, entry, _ in tx.mail.thread_entries(vault, thread))
        }
    # A document that came twice names the first message alone: the others are in the rows of what is withheld.
    names |= withheld_messages(tx, actor)
    return Withheld(frozenset(names), for_another)
