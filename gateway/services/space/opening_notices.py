"""Tell people that they have a space, with the code by which they activate or refuse it; and when they were told (A4).

Handles `StepKind.OPENING`. An e-mail or an SMS counts as received on the day on which its relay took it; a letter some
days after somebody has posted it, which `gateway.services.space.campaigns` records. Only then is a space `notified`.
"""

from dataclasses import replace
from datetime import date
from functools import partial

from gateway.domain.errors import NoticeRefused
from gateway.domain.local_days import PLACE, local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel, Notice, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import SendOpening
from gateway.ports.clock import Clock
from gateway.ports.notices import Notices
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.outbox.steps import Finish, nothing, payload_of
from gateway.services.space.activation_codes import received
from gateway.services.space.addressees import Addressee, addressee_of
from gateway.services.space.moves import move
from gateway.services.space.notice_texts import worded
from gateway.services.space.opening_texts import TO_GUARDIAN, TO_HOLDER, without_internet


class OpeningNotices:
    """Sends them, one a step; `place` is the address that people are told to type.

    `telephone` and `postal` are for who has no internet; either may be empty.
    """

    def __init__(
        self, store: Store, clock: Clock, notices: Notices, place: str, telephone: str = "", postal: str = ""
    ) -> None:
        self._store = store
        self._clock = clock
        self._notices = notices
        self._place = place
        self._telephone = telephone
        self._postal = postal

    async def send(self, step: Step) -> Finish:
        """Send the notice of one space; nobody is told who has chosen meanwhile."""
        told, now = payload_of(step, SendOpening), self._clock.now()
        addressee = await self._store.read(lambda tx: addressee_of(tx, step.vault, now))
        if addressee.space.state is not SpaceState.CREATED:
            return nothing
        reached = addressee.reached(told.channel)
        if reached is None:
            raise NoticeRefused("the contact is gone")
        channel, to = reached
        wording = worded(NoticeKind.OPENING, channel, self._values(told, addressee))
        if channel is Channel.LETTER:
            wording = without_internet(wording, self._telephone, self._postal)
        await self._notices.send(
            Notice(
                id=f"{step.id:x}",
                channel=channel,
                to=to,
                kind=NoticeKind.OPENING,
                wording=wording,
                code=told.code,
                issuer=told.issuer,
                batch=told.batch if channel is Channel.LETTER else "",
            )
        )
        return partial(self._sent, vault=step.vault, channel=channel, batch=told.batch)

    def _values(self, told: SendOpening, addressee: Addressee) -> dict[str, str]:
        whom = TO_GUARDIAN if addressee.is_representative else TO_HOLDER
        named = {name: phrase.format(first_name=addressee.first_name) for name, phrase in whom.items()}
        return {"code": told.code, "issuer": told.issuer, "place": self._place, **named}

    def _sent(self, tx: Tx, *, vault: VaultId, channel: Channel, batch: str) -> None:
        now = self._clock.now()
        if tx.spaces.state(vault) is not SpaceState.CREATED:
            return
        if channel is Channel.LETTER:
            tx.spaces.save(replace(tx.spaces.space(vault), letter_on=date.fromisoformat(batch)))
            tx.audit.append(vault, system_in(vault).event(now, "space.letter_printed", detail=batch))
            return
        day = local_day(now)
        move(tx, vault, SpaceEvent.NOTICE_DELIVERED, now, system_in(vault), detail=channel.value, notified_on=day)
        received(tx, vault, day, PLACE)
