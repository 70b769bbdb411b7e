"""Professionals in contact with a patient: found, authorised, blocked (F76 to F78, A3).

Who has an exchange, sent a document or opened the space is in contact; nobody else can be acted on. Mailboxes of one
holder are one line. A choice counts from its commit on, for every face: each asks in its own transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.care_contact import CareContact, ContactWay, main_of
from gateway.domain.care_party import mailbox_name, mailboxes_of, names_of, person_names
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import MAX_PARTIES, EmergencyConsent, PartyChoice, PartyStanding, PatientChoices
from gateway.ports.clock import Clock
from gateway.ports.directory import EntryOf
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.withheld_messages import withheld_addresses
from gateway.services.random_numbers import random_number

_ACTIONS = {
    PartyStanding.ALLOWED: "access.allowed",
    PartyStanding.BLOCKED: "access.blocked",
    PartyStanding.NEUTRAL: "access.choice-withdrawn",
}
_ENTRUSTED, _TAKEN_BACK = "profile.administrator-chosen", "profile.administrator-withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KnownParty:
    """A professional or an organisation in contact, and what was chosen for them.

    Attributes:
        reference: by which pages name them; another one in each space.
        ways: how they came into contact.
        choice: None when nothing was chosen.
    """

    reference: str
    names: frozenset[str]
    label: str
    detail: str
    ways: frozenset[ContactWay]
    choice: PartyChoice | None = None

    @property
    def standing(self) -> PartyStanding:
        """Say what was chosen for them."""
        return self.choice.standing if self.choice else PartyStanding.NEUTRAL

    @property
    def may_administer(self) -> bool:
        """Say whether the profile may be entrusted to them: a person who is authorised."""
        return self.standing is PartyStanding.ALLOWED and bool(person_names(self.names))

    @property
    def administers(self) -> datetime | None:
        """Say since when they keep the profile; None when they do not."""
        return self.choice.administers if self.choice else None


class CareCircle:
    """Lists who is in contact with the holder of a space, and keeps what they choose for each."""

    def __init__(self, store: Store, clock: Clock, entry_of: EntryOf) -> None:
        self._store = store
        self._clock = clock
        self.entry_of = entry_of

    @traces_refusals
    async def known(self, actor: Actor) -> tuple[KnownParty, ...]:
        """List them by name, those with a choice among them."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[KnownParty, ...]:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            return self.parties(tx, actor)

        return await self._store.read(look)

    @traces_refusals
    async def choose(self, actor: Actor, reference: str, standing: PartyStanding) -> KnownParty:
        """Authorise or block somebody in contact, or take that back.

        Raises:
            NotFound: nobody in contact has this reference.
            Conflict: something was chosen for as many as may be.
        """
        now = self._clock.now()

        def change(party: PartyChoice) -> PartyChoice:
            kept = party.administers if standing is PartyStanding.ALLOWED else None
            return (
                party if party.standing is standing
                else replace(party, standing=standing, since=now, administers=kept)
            )  # fmt: skip

        return await self.change(actor, reference, _ACTIONS[standing], change)

    @traces_refusals
    async def entrust(self, actor: Actor, reference: str, *, with_profile: bool) -> KnownParty:
        """Entrust the profile to one person who is authorised (E15), in the place of any other; or take that back.

        Raises:
            NotFound: nobody in contact has this reference.
            Conflict: they are no person who is authorised.
        """
        now = self._clock.now()

        def change(party: PartyChoice) -> PartyChoice:
            if not with_profile:
                return replace(party, administers=None)
            if party.standing is not PartyStanding.ALLOWED or not party.is_person:
                raise Conflict("a profile is entrusted to a person who is authorised")
            return party if party.administers else replace(party, administers=now)

        return await self.change(actor, reference, _ENTRUSTED if with_profile else _TAKEN_BACK, change)

    def _entrusted_to_nobody(self, tx: Tx, actor: Actor, choices: PatientChoices, at: datetime) -> PatientChoices:
        for one in choices.parties:
            if one.administers:
                told = actor.event(at, _TAKEN_BACK, objects=(f"party:{one.number:x}",), detail=one.label)
                tx.audit.append(actor.vault, told)
        return replace(choices, parties=tuple(replace(one, administers=None) for one in choices.parties))

    @traces_refusals
    async def emergency(self, actor: Actor) -> frozenset[EmergencyConsent]:
        """Give the consents for emergencies that stand (A5)."""
        now = self._clock.now()

        def look(tx: Tx) -> frozenset[EmergencyConsent]:
            allow(tx, actor, Action.READ, SpacePart.RIGHTS, now)
            return tx.patient_choices.get(actor.vault).emergency

        return await self._store.read(look)

    @traces_refusals
    async def consent_in_emergencies(self, actor: Actor, consents: frozenset[EmergencyConsent]) -> None:
        """Give these consents for emergencies, and withdraw the others."""
        await self._consent(actor, lambda _: consents)

    @traces_refusals
    async def accept_emergency(self, actor: Actor, consent: EmergencyConsent) -> None:
        """Give one consent for emergencies, beside those that stand."""
        await self._consent(actor, lambda given: given | {consent})

    async def _consent(
        self, actor: Actor, wanted: Callable[[frozenset[EmergencyConsent]], frozenset[EmergencyConsent]]
    ) -> None:
        now, vault = self._clock.now(), actor.vault

        def change(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            choices = tx.patient_choices.get(vault)
            consents = wanted(choices.emergency)
            if choices.emergency != consents:
                tx.patient_choices.put(vault, replace(choices, emergency=consents))
                said = ", ".join(sorted(one.value for one in consents)) or "none"
                tx.audit.append(vault, actor.event(now, "access.emergency-consents", detail=said))

        await self._store.write(change)

    def parties(self, tx: Tx, actor: Actor) -> tuple[KnownParty, ...]:
        """Give who is in contact with the holder of the space, as far as `actor` may know. Raises `SealBroken`."""
        vault, apart = actor.vault, withheld_addresses(tx, actor)
        choices = tx.patient_choices.get(vault)
        found = [self._of_exchange(one) for one in tx.exchanges.all_of(vault)]
        found += [self._of_contact(one) for one in tx.patient_choices.contacts(vault, MAX_PARTIES)]
        found += [
            KnownParty(
                reference="", names=one.names, label=one.label, detail=one.detail, ways=frozenset(), choice=one
            )
            for one in choices.parties
        ]
        groups = [self._named(vault, group) for group in _grouped(found) if not _is_apart(group, apart)]
        return tuple(sorted(groups, key=lambda one: (one.label.casefold(), one.reference)))

    @traces_refusals
    async def change(
        self,
        actor: Actor,
        reference: str,
        action: str,
        change: Callable[[PartyChoice], PartyChoice],
        objects: tuple[str, ...] = (),
    ) -> KnownParty:
        """Find somebody in contact, change what is chosen for them, and leave its line, in one transaction.

        Raises as `choose` does, and what `change` raises.
        """
        now, vault, number = self._clock.now(), actor.vault, random_number()

        def changed(tx: Tx) -> KnownParty:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            party = next((one for one in self.parties(tx, actor) if one.reference == reference), None)
            if party is None:
                raise NotFound("nobody in contact has this reference")
            choices = tx.patient_choices.get(vault)
            before = replace(
                party.choice or PartyChoice(number=number, names=party.names, label=party.label),
                names=party.names,
                label=party.label,
                detail=party.detail,
            )
            after = change(before)
            if after != before:
                if after.administers and not before.administers:
                    choices = self._entrusted_to_nobody(tx, actor, choices, now)
                tx.patient_choices.put(vault, _with(choices, after))
                about = (*objects, f"party:{after.number:x}")
                tx.audit.append(vault, actor.event(now, action, objects=about, detail=party.label))
                tx.changed(vault)
            return replace(party, choice=after)

        return await self._store.write(changed)

    def _of_exchange(self, exchange: Exchange) -> KnownParty:
        entry = self.entry_of(exchange.correspondent)
        return KnownParty(
            reference="",
            names=names_of(entry) if entry else frozenset({mailbox_name(exchange.correspondent)}),
            label=(entry.name if entry else "") or exchange.name or str(exchange.correspondent),
            detail=entry.detail if entry else "",
            ways=frozenset({ContactWay.MESSAGE}),
        )

    def _of_contact(self, contact: CareContact) -> KnownParty:
        return KnownParty(
            reference="",
            names=contact.names,
            label=contact.label,
            detail=contact.detail,
            ways=frozenset({contact.way}),
        )

    def _named(self, vault: VaultId, party: KnownParty) -> KnownParty:
        digest = self._store.digest("care party", vault.to_bytes(8, "big"), main_of(party.names).encode())
        return replace(party, reference=digest[:16].hex())


def _is_apart(party: KnownParty, apart: frozenset[str]) -> bool:
    """Say whether somebody is known by messages alone, and by none that may be known of."""
    if not apart or ContactWay.ACCESS in party.ways:
        return False
    mailboxes = mailboxes_of(party.names)
    return bool(mailboxes) and mailboxes <= apart


def _grouped(found: Iterable[KnownParty]) -> Sequence[KnownParty]:
    """Make one of those that share a name; whoever comes first says how they are called."""
    groups: dict[int, KnownParty] = {}
    place: dict[str, int] = {}
    for number, one in enumerate(found):
        merged = one
        for at in sorted({place[name] for name in one.names if name in place}):
            before = groups.pop(at)
            merged = replace(
                before,
                names=before.names | merged.names,
                detail=before.detail or merged.detail,
                ways=before.ways | merged.ways,
                choice=_stricter(before.choice, merged.choice),
            )
        groups[number] = merged
        place.update(dict.fromkeys(merged.names, number))
    return list(groups.values())


def _stricter(one: PartyChoice | None, other: PartyChoice | None) -> PartyChoice | None:
    if one is None or other is None:
        return one or other
    block = PartyStanding.BLOCKED
    first, second = (other, one) if other.standing is block and one.standing is not block else (one, other)
    return replace(
        first,
        names=first.names | second.names,
        shown=first.shown | second.shown,
        hidden=first.hidden | second.hidden,
        administers=first.administers or (second.administers if first.standing is PartyStanding.ALLOWED else None),
    )


def _with(choices: PatientChoices, party: PartyChoice) -> PatientChoices:
    """Put a choice in the place of those that concern the same holder; one that says nothing any more goes."""
    others = tuple(one for one in choices.parties if one.names.isdisjoint(party.names))
    kept = (*others, party) if party.says_something else others
    if len(kept) > MAX_PARTIES:
        raise Conflict("as many choices are kept as may be")
    return replace(choices, parties=kept)
