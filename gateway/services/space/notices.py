"""Tell a patient, outside the gateway, that something waits in their space; nothing of what it is (E10, STD §2.3).

Of a child's space its legal representative is told (A22). What signs in to a space or erases it, a code or a link, goes
to the contact of the space itself: whoever activated it confirmed that one, also for a child.
"""

from datetime import datetime, timedelta

import structlog

from gateway.domain.account import Space
from gateway.domain.notices import Channel, Notice, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import NotifyApart, NotifyOfDocument, SendCode, TellHolder
from gateway.ports.clock import Clock
from gateway.ports.notices import Notices
from gateway.ports.store import Store
from gateway.services.outbox.steps import Finish, nothing, payload_of
from gateway.services.space.addressees import AT_ONCE, Addressee, addressee_of, apart_in
from gateway.services.space.notice_texts import worded

_KEYS = frozenset({
    NoticeKind.CODE, NoticeKind.ERASURE_CODE, NoticeKind.NEW_PASSWORD_LINK, NoticeKind.IDENTIFIER_FOUND,
})  # fmt: skip
_log = structlog.get_logger("pli.notices")


def contact_of(space: Space, wanted: Channel | None = None) -> tuple[Channel, str] | None:
    """Give how a space's holder is reached: by `wanted` only, or by e-mail if there is an address, else by SMS."""
    for channel, to in ((Channel.EMAIL, space.email), (Channel.SMS, space.phone)):
        if to and wanted in (None, channel):
            return channel, to
    return None


class Notifier:
    """Handles `StepKind.NOTIFY`, `NOTIFY_DOCUMENT`, `NOTIFY_APART`, `CODE` and `TELL`."""

    def __init__(self, store: Store, clock: Clock, notices: Notices, code_lifetime: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._notices = notices
        self._code_lifetime = code_lifetime

    async def notify(self, step: Step) -> Finish:
        """Send the notice or the code of one step."""
        if isinstance(step.payload, SendCode) and self._is_over(step, NoticeKind.CODE, step.payload.until):
            return nothing
        addressee = await self._addressee(step)
        space = addressee.space
        # Nobody can sign in before activation: a notice then would only worry.
        if not (space.state is SpaceState.ACTIVE or _comes_back(step, space)):
            return nothing
        if isinstance(step.payload, SendCode):
            values = {"code": step.payload.code, "life": lifetime_in_words(self._code_lifetime)}
            await self._tell(step, addressee, NoticeKind.CODE, values)
            return nothing
        kind = NoticeKind.DOCUMENT if isinstance(step.payload, NotifyOfDocument) else NoticeKind.MESSAGE
        await self._tell(step, addressee, kind, {})
        return nothing

    async def notify_apart(self, step: Step) -> Finish:
        """Tell the holder alone, at a contact that no representative has; nobody, where there is none."""
        kind, now = payload_of(step, NotifyApart).kind, self._clock.now()
        space = await self._store.read(lambda tx: apart_in(tx, step.vault, now))
        own = contact_of(space)
        if space.state is SpaceState.ACTIVE and own is not None and kind.value not in space.muted:
            await self._send(step, own, kind, {})
        return nothing

    async def tell(self, step: Step) -> Finish:
        """Tell the holder of a space of what happened to it, unless they switched off this kind."""
        told = payload_of(step, TellHolder)
        if self._is_over(step, told.kind, told.until):
            return nothing
        if told.to:
            await self._send(step, (told.channel or Channel.EMAIL, told.to), told.kind, told.values)
            return nothing
        await self._tell(step, await self._addressee(step), told.kind, told.values, told.channel)
        return nothing

    def _is_over(self, step: Step, kind: NoticeKind, until: datetime | None) -> bool:
        """Say whether a code or a link is over that no relay took in time: whoever waits for one has another by now."""
        if until is None or self._clock.now() < until:
            return False
        _log.info("notice.over", step=f"{step.id:x}", kind=kind.value)
        return True

    async def _addressee(self, step: Step) -> Addressee:
        now = self._clock.now()
        return await self._store.read(lambda tx: addressee_of(tx, step.vault, now))

    async def _tell(
        self,
        step: Step,
        addressee: Addressee,
        kind: NoticeKind,
        values: dict[str, str],
        wanted: Channel | None = None,
    ) -> None:
        space = addressee.space
        if kind in _KEYS:
            contact = contact_of(space, wanted)
        else:
            contact, values = addressee.reached(wanted, AT_ONCE), {**values, **addressee.named}
        if contact is not None and (kind is NoticeKind.CODE or kind.value not in space.muted):
            await self._send(step, contact, kind, values)

    async def _send(
        self, step: Step, contact: tuple[Channel, str], kind: NoticeKind, values: dict[str, str]
    ) -> None:
        channel, to = contact
        wording = worded(kind, channel, values)
        notice = Notice(
            id=f"{step.id:x}", channel=channel, to=to, kind=kind, wording=wording, code=values.get("code")
        )
        await self._notices.send(notice)


def _comes_back(step: Step, space: Space) -> bool:
    return isinstance(step.payload, SendCode) and space.state is SpaceState.CLOSED


def lifetime_in_words(lifetime: timedelta) -> str:
    """Say how long a code is good."""
    minutes = int(lifetime.total_seconds() // 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
