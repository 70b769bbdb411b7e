"""What is not there for whoever reads (STD §4.5): messages, conversations, and who is known by such messages alone."""

from gateway.domain.access import Actor
from gateway.domain.card import Card
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import Folder
from gateway.ports.store import Tx

_AT_ONCE = 500


def withheld_messages(tx: Tx, actor: Actor) -> frozenset[str]:
    """Name, as traces do, the messages withheld from an actor, and the conversations of which nothing is left."""
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


def withheld_addresses(tx: Tx, actor: Actor) -> frozenset[str]:
    """Give the addresses that only messages withheld from an actor name: such a doctor is not there for them either.

    Where nothing is withheld, as mostly, nothing is opened.
    """
    found = set[str]()
    for mid in tx.mail.withheld(actor.vault, actor.audience):
        try:
            found |= _named(tx.mail.content(actor.vault, mid).summary.card)
        except (NotFound, SealBroken):
            continue
    for folder in tx.mail.folders(actor.vault) if found else ():
        found -= _shown_in(tx, actor, folder)
    return frozenset(found)


def known_exchanges(tx: Tx, actor: Actor) -> list[Exchange]:
    """Give the exchanges of a space of which an actor may know."""
    apart = withheld_addresses(tx, actor)
    return [one for one in tx.exchanges.all_of(actor.vault) if str(one.correspondent).lower() not in apart]


def _shown_in(tx: Tx, actor: Actor, folder: Folder) -> set[str]:
    found, low = set[str](), 1
    while rows := tx.mail.summaries(actor.vault, folder.id, low, folder.uid_next, _AT_ONCE, actor.audience):
        for _, summary in rows:
            found |= _named(summary.card)
        low = rows[-1][0].uid + 1
    return found


def _named(card: bytes) -> set[str]:
    """Give whom a message came from, went to, and may be answered to; in lower case."""
    read = Card.from_json(card)
    return {address.lower() for address in (read.sender, read.correspondent, *read.to) if address}
