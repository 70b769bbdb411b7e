"""« Mes patients »: whom a professional exchanges with, or who has consented; found by number, without an oracle (A8).

The list follows the conversations of the professional's own mailbox, the newest first. What it shows of each is decided
by the rows of that patient's space: no exchange and no consent, or a block, and there is nobody. A search gives a
reference whatever was typed; one that names nobody is told from others by nobody but us.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.card import Card
from gateway.domain.errors import Conflict, InvalidValue, NotFound, SealBroken
from gateway.domain.exchange import Correspondence, ExchangeEvent, ExchangeState
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import THE_END, ThreadPlace, VaultId, VaultKind
from gateway.domain.patient_names import shown_name
from gateway.domain.space import receives_mail
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.patient_choices import is_blocked
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.professional_titles import professional_title_of
from gateway.services.delivery.exchange_moves import move

PAGE = 30
"""Conversations that a page of the list looks at."""
_VAULT_BITS = 61


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OwnPatient:
    """A patient whom a professional knows.

    Attributes:
        exchange: where their exchange stands; `NONE` for one who has only consented.
        last: when they last wrote to each other; None where that was not looked for.
    """

    vault: VaultId
    name: str
    born: BirthDate | None
    exchange: ExchangeState
    last: datetime | None = None

    def __repr__(self) -> str:
        """Hide the person."""
        return f"OwnPatient({self.exchange.value})"


class OwnPatients:
    """Lists and finds the patients of a professional; `actor` always acts in their own mailbox."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def listed(
        self, actor: Actor, before: ThreadPlace = THE_END
    ) -> tuple[list[OwnPatient], ThreadPlace | None]:
        """List those of the newest conversations before a place, and give where the next page begins, if anywhere."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[list[OwnPatient], ThreadPlace | None]:
            allow(tx, actor, Action.LIST, SpacePart.MESSAGES, now)
            places = tx.mail.latest_threads(actor.vault, PAGE + 1, before)
            found = dict[VaultId, OwnPatient]()
            for place in places[:PAGE]:
                for vault, at in _patients_in(tx, actor, place):
                    known = None if vault in found else _own_patient(tx, actor, vault, now)
                    if known is not None:
                        found[vault] = replace(known, last=at)
            return list(found.values()), places[PAGE - 1] if len(places) > PAGE else None

        patients, following = await self._store.read(look)
        event = actor.event(now, "patients.listed", detail=str(len(patients)))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return patients, following

    async def find(self, number: str, born: BirthDate) -> VaultId:
        """Give the space of whoever has this number (INS) and birth date, or a number of nobody that looks the same.

        An unknown day is typed as such, 00. Any other would lead to the same space as a second one, and so say that
        there is somebody: of nobody, two dates never lead to one place.
        """
        decoy = self._store.digest("console-nobody", number.encode("utf-8", "replace"), str(born).encode())
        nobody = VaultId((1 << _VAULT_BITS) | (int.from_bytes(decoy[:8], "big") >> (64 - _VAULT_BITS)))

        def look(tx: Tx) -> VaultId:
            own = [space for space in tx.spaces.with_number(number) if space.identity.ins.value == number]
            agreeing = [space.vault for space in own if space.identity.traits.birth_date == born]
            return agreeing[0] if len(agreeing) == 1 else nobody

        return await self._store.read(look)

    async def patient(self, actor: Actor, vault: VaultId) -> OwnPatient | None:
        """Give a patient of theirs; None for anybody else, and for nobody."""
        now = self._clock.now()
        return await self._store.read(lambda tx: _own_patient(tx, actor, vault, now))

    async def end_exchange(self, actor: Actor, vault: VaultId) -> None:
        """End their exchange with a patient; done twice, it stays ended (A8).

        Raises:
            NotFound: there is no patient of theirs.
            Conflict: they never exchanged.
        """
        now = self._clock.now()

        def end(tx: Tx) -> None:
            known = _own_patient(tx, actor, vault, now)
            if known is None:
                raise NotFound("there is no patient of theirs")
            if known.exchange is ExchangeState.NONE:
                raise Conflict("there is no exchange to end")
            if known.exchange is ExchangeState.ENDED:
                return
            _, _, name = tx.spaces.address_of(actor.vault)
            ending = Correspondence(MailAddress.parse(actor.account), ExchangeEvent.PROFESSIONAL_ENDED, name)
            move(tx, vault, ending, now)
            tx.audit.append(vault, replace(actor, vault=vault).event(now, "exchange.ended"))
            tx.changed(vault)

        await self._store.write(end)


def _own_patient(tx: Tx, actor: Actor, vault: VaultId, now: datetime) -> OwnPatient | None:
    state, acting = tx.spaces.state(vault), replace(actor, vault=vault)
    if state is None or not receives_mail(state) or is_blocked(tx, acting) is not False:
        return None
    exchange = tx.exchanges.get(vault, MailAddress.parse(actor.account))
    stands = exchange.state if exchange else ExchangeState.NONE
    if stands is ExchangeState.NONE and professional_title_of(tx, acting, now) is None:
        return None
    traits = tx.spaces.space(vault).identity.traits
    return OwnPatient(vault=vault, name=shown_name(traits), born=traits.birth_date, exchange=stands)


def _patients_in(tx: Tx, actor: Actor, place: ThreadPlace) -> Iterator[tuple[VaultId, datetime]]:
    """Give the patients of the newest message of a conversation; one that does not open names nobody."""
    try:
        newest = tx.mail.thread_entries(actor.vault, place.thread, newest=1)
        cards = [(entry, Card.from_json(summary.card)) for _, entry, summary in newest]
    except SealBroken:
        return
    for entry, card in cards:
        for address in (card.sender, *card.to):
            vault = _space_at(tx, address)
            if vault is not None:
                yield vault, entry.internal_date


def _space_at(tx: Tx, address: str) -> VaultId | None:
    try:
        found = tx.spaces.resolve(MailAddress.parse(address))
    except InvalidValue:
        return None
    return found[0] if found is not None and found[1] is VaultKind.SPACE else None
