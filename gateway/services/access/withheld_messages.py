"""What is not there for whoever reads (STD §4.5): messages, conversations, and who is known by such messages alone."""

from gateway.domain.access import Actor
from gateway.domain.card import Card
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import Folder, MessageId
from gateway.ports.store import Tx

_AT_ONCE = 500


def withheld_messages(tx: Tx, actor: Actor) -> frozenset[str]:
    """Name, as traces do, messages withheld from an actor, their entries, conversations of which nothing is left."""
    names, withheld = set[str](), tx.mail.withheld(actor.vault, actor.audience)
    for mid in withheld:
        names.add(f"message:{mid:x}")
        names |= {f"event:{number:x}" for number in _entries_of(tx, actor, mid, withheld)}
        try:
            thread = tx.mail.content(actor.vault, mid).thread
        except (NotFound, SealBroken):  # deleted, or damaged: its conversation cannot be told
            continue
        if not tx.mail.thread_entries(actor.vault, thread, 1, who=actor.audience):
            names.add(f"thread:{thread:x}")
    return frozenset(names)


def _entries_of(tx: Tx, actor: Actor, mid: MessageId, withheld: frozenset[MessageId]) -> list[int]:
    """Give the entries of the agenda that a message made, but those that a later one, not withheld, has changed."""
    try:
        noted = tx.agendas.invitation(actor.vault, mid)
        events = [(number, tx.agendas.get(actor.vault, number)) for number in (noted.events if noted else ())]
    except SealBroken:  # pli verify names it
        return []
    return [number for number, event in events if event is None or event.message in withheld]


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
