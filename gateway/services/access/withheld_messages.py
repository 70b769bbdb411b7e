"""Names, as traces have them, of messages and conversations that are not there for whoever reads (STD §4.5)."""

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound, SealBroken
from gateway.ports.store import Tx


def withheld_messages(tx: Tx, actor: Actor) -> frozenset[str]:
    """Name the messages withheld from an actor, and the conversations of which nothing is left for them."""
    names = set[str]()
    for mid in tx.mail.withheld(actor.vault, actor.audience):
        names.add(f"message:{mid:x}")
        try:
            thread = tx.mail.content(actor.vault, mid).thread
        except (NotFound, SealBroken):  # deleted, or damaged: its conversation cannot be told
            continue
        if not tx.mail.thread_entries(actor.vault, thread, 1, who=actor.audience):
            names.add(f"thread:{thread:x}")
    return frozenset(names)
