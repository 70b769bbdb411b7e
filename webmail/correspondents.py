"""Correspondents as the directory named them when the message came, never as it claims (STD §2.2)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from gateway.domain.card import Card
from gateway.domain.exchange import Exchange
from gateway.services.conversation.contacts import KnownContact as Known
from webmail.correspondent import Contact, Correspondent, CorrespondentKind
from webmail.identifiers import ContactId

_KINDS = {kind.value: kind for kind in CorrespondentKind}


def correspondent_of(card: Card) -> Correspondent:
    """Name who sent a message; what the directory does not know is shown as something nobody answers."""
    return Correspondent(card.sender_name, _KINDS.get(card.kind, CorrespondentKind.APPLICATION), card.detail)


def answered_by(card: Card) -> Correspondent:
    """Name whom the patient answers: the sender, or whom the message names instead (A10)."""
    if card.correspondent and card.correspondent != card.sender:
        # The card does not say what kind of mailbox that is; « organisation » is what an application answers for.
        return Correspondent(card.correspondent_name, CorrespondentKind.ORGANISATION, card.sender_name)
    return correspondent_of(card)


def written_to(exchange: Exchange) -> Correspondent:
    """Name whom the patient has written to first, before there is any message that says more."""
    return Correspondent(exchange.name or str(exchange.correspondent), CorrespondentKind.PERSON)


def contact_of(known: Known) -> Contact:
    """Name somebody who may be chosen; who is not in the directory just now keeps the name of the exchange."""
    entry, exchange = known.entry, known.exchange
    kind = _KINDS[entry.kind.value] if entry else CorrespondentKind.ORGANISATION
    name = exchange.name or (entry.name if entry else "") or str(exchange.correspondent)
    return Contact(ContactId(known.reference), Correspondent(name, kind, entry.detail if entry else ""))


def contacts_of(known: Sequence[Known]) -> tuple[Contact, ...]:
    """Name those who may be chosen, homonyms apart: by profession and place, and by address where these agree (F65)."""
    named = [contact_of(one) for one in known]
    shown = Counter((one.correspondent.name, one.correspondent.detail) for one in named)
    return tuple(
        _with_address(one, str(who.exchange.correspondent))
        if shown[(one.correspondent.name, one.correspondent.detail)] > 1 else one
        for one, who in zip(named, known, strict=True)
    )  # fmt: skip


def _with_address(one: Contact, address: str) -> Contact:
    detail = " · ".join(part for part in (one.correspondent.detail, address) if part)
    return replace(one, correspondent=replace(one.correspondent, detail=detail))
