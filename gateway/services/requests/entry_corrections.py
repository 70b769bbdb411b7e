"""A patient asks whoever confirmed an entry of the profile to put it right (E52): the entry stays, with the answer.

Whoever confirmed it answers by mail, at the console beside the entry, or by taking the confirmation back
(`gateway.services.profile.vaccination_confirmations`). Both versions stand: no entry loses what it said before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.care_party import mailbox_name
from gateway.domain.errors import InvalidValue, NotFound
from gateway.domain.profile import EntryState, ProfileEntry
from gateway.domain.profile_checks import heading_of
from gateway.domain.profile_links import EntryName
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.rights_requests import (
    WARNED_BEFORE,
    RequestKind,
    RequestState,
    RightsRequest,
    correction_clocks,
)
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.annotations import entry_annotations_of
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.profile.profile_reading import object_name
from gateway.services.profile.source_documents import stands
from gateway.services.random_numbers import random_number
from gateway.services.requests.own_requests import RequestFault, allow_asking, begun, fault_among, fault_of

_UNNAMED = "Le professionnel qui l’a confirmé"
"""Who is asked when the entry does not say who confirmed it: the operator sees to it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EntryRequests:
    """An entry with the corrections that were asked for, the newest first; `heading` is what it is called."""

    entry: ProfileEntry
    heading: str
    requests: Sequence[RightsRequest]


class EntryCorrections:
    """Asks for corrections of entries that a professional confirmed, and takes their answers."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def of(self, actor: Actor, name: EntryName) -> EntryRequests:
        """Give a confirmed entry with what was asked of it. Raises `NotFound`: also one that nobody confirmed."""
        now = self._clock.now()

        def look(tx: Tx) -> EntryRequests:
            keep_from_visitors(actor)
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            entry = self._confirmed(tx, actor, name)
            kept = [one for one in tx.rights_requests.all_of(actor.vault) if one.entry == str(name)]
            return EntryRequests(
                entry=entry,
                heading=heading_of(SECTIONS[name.section], entry.fields),
                requests=[one for one in kept if one.is_known_to(actor)],
            )

        return await self._store.read(look)

    @traces_refusals
    async def standing(self, actor: Actor, name: EntryName) -> Sequence[RightsRequest]:
        """Give the corrections that stand beside an entry, for its page. Raises `AccessRefused`."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[RightsRequest]:
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            return entry_annotations_of(tx, actor).get(str(name), ())

        return await self._store.read(look)

    @traces_refusals
    async def ask(self, actor: Actor, name: EntryName, words: str) -> RightsRequest | RequestFault:
        """Ask whoever confirmed an entry, or say why not; nothing is asked twice at a time. Raises `NotFound`."""
        now, number, words = self._clock.now(), random_number(), words.strip()
        if (fault := fault_of(words)) is not None:
            return fault

        def act(tx: Tx) -> RightsRequest | RequestFault:
            keep_from_visitors(actor)
            allow_asking(tx, actor, Action.ADD, now)
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            entry, kept = self._confirmed(tx, actor, name), tx.rights_requests.all_of(actor.vault)
            fault = fault_among(kept, actor, lambda one: one.entry == str(name))
            if fault is not None:
                return fault
            author, clocks = entry.author, correction_clocks(now)
            address = author.address if author else ""
            request = RightsRequest(
                number=number, kind=RequestKind.CORRECTION, state=RequestState.WAITING, asked_at=now,
                asked_by=actor.person, asker=actor.home, to=author.answers_for_it if author else _UNNAMED,
                to_detail=author.detail if author else "", to_address=address, undelivered=not address, words=words,
                clocks=clocks, next=clocks.latest - WARNED_BEFORE, entry=str(name),
                title=heading_of(SECTIONS[name.section], entry.fields),
            )  # fmt: skip
            begun(tx, actor, request, now)
            return request

        return await self._store.write(act)

    @traces_refusals
    async def answer(self, actor: Actor, number: int, words: str) -> RequestFault | None:
        """Answer a correction at the console, by whoever was asked; the entry stays, and the answer beside it.

        Raises:
            NotFound: no such correction waits, or somebody else was asked.
        """
        now, words = self._clock.now(), words.strip()

        def act(tx: Tx) -> RequestFault | None:
            allow(tx, actor, Action.ADD, SpacePart.PROFILE, now)
            request = tx.rights_requests.get(actor.vault, number)
            if request is None or not request.waits or not request.entry or not is_asked(actor, request):
                raise NotFound(f"no correction {number:x} waits for them")
            if (fault := fault_of(words)) is not None:
                return fault
            ended = replace(
                request, state=RequestState.ANSWERED, ended_at=now, next=None, answer=words, answered_by=actor.named
            )
            tx.rights_requests.save(actor.vault, ended)
            section, _, entry = request.entry.partition(":")
            objects = (request.name, f"profile:{section}/{entry}")
            tx.audit.append(actor.vault, actor.event(now, "correction.answered", objects=objects))
            tx.changed(actor.vault)
            return None

        return await self._store.write(act)

    def _confirmed(self, tx: Tx, actor: Actor, name: EntryName) -> ProfileEntry:
        found = tx.profile.get(actor.vault, name.section, name.id) if name.section in SECTIONS else None
        is_there = found is not None and found.is_locked and found.state is EntryState.KEPT
        if found is None or not is_there or not stands(tx, actor, found, self._clock.now()):
            raise NotFound(f"there is no confirmed entry {object_name(name.section, name.id)}")
        return found


def is_asked(actor: Actor, request: RightsRequest) -> bool:
    """Say whether a correction was asked of this professional, by the mailbox that it was sent to."""
    try:
        return mailbox_name(MailAddress.parse(request.to_address)) in actor.identifiers
    except InvalidValue:
        return False
