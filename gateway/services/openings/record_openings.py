"""A professional opens a patient's record: by standing consent, by a patient's code, or in an emergency (A1, A5).

Each opening is decided and counted in the professional's vault, then written, told and traced in the patient's. What a
crash leaves between both was counted and opened nothing. A code is spent first: who gave it has let somebody in.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from gateway.domain.access import Action, Actor, PurposeOfUse, SpacePart
from gateway.domain.care_contact import CareContact, ContactWay
from gateway.domain.care_party import own_names
from gateway.domain.errors import AccessRefused, AccessUndecided, SealBroken
from gateway.domain.identity import Traits
from gateway.domain.local_days import local_day
from gateway.domain.notices import NoticeKind
from gateway.domain.record_openings import (
    LONGEST_EMERGENCY,
    LONGEST_REASON,
    OpenedBy,
    code_as_typed,
    end_of_day,
)
from gateway.domain.space import SpaceState
from gateway.policy.access import reasons
from gateway.policy.access.facts import CodeAccess, Consent, Emergency, EmergencyKind, Title
from gateway.policy.access.titles import emergency_kind
from gateway.policy.access.verdict import AccessReason, AccessVerdict, Permit, Unsure
from gateway.policy.facts import Unknown
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.patient_choices import is_blocked
from gateway.services.access.permission import allow, is_permitted, traces_refusals
from gateway.services.access.permitted import tells_hidden
from gateway.services.access.professional_titles import (
    emergency_title,
    openings_of,
    professional_title_of,
    reading_in_force,
)
from gateway.services.openings.access_codes import opened, spend
from gateway.services.openings.reading_budget import Reservation, count_wrong_code, is_stopped, reserved
from gateway.services.random_numbers import random_number
from gateway.services.space.telling import tell_holder


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AskedOpening:
    """What a professional asks for.

    Attributes:
        how: by which access; `CONSENT` for whatever stands already, a code that was used among them. Of emergencies
            it is the one that is the professional's, whichever is named.
        code: as typed; for `CODE` alone.
        reason: what they wrote; required in an emergency, and beyond the day's number.
        lasts: how long an emergency lasts, at most `LONGEST_EMERGENCY`.
        proved_at: when they last showed who they are by two factors; None when the face does not know.
    """

    how: OpenedBy
    code: str = ""
    reason: str = ""
    lasts: timedelta | None = None
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecord:
    """A record that is open to somebody now: by what, and until when at the latest."""

    how: OpenedBy
    ends: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class EnteredSpace:
    """A record that somebody reads in: by what, who its patient is, and whether they keep the profile too (E15).

    `hides` says that the patient hides documents from them, where they may be told so.
    """

    opened: OpenRecord
    traits: Traits
    administers: bool = False
    hides: bool = False


class RecordOpenings:
    """Opens records, and says what is open."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def open(self, actor: Actor, asked: AskedOpening) -> OpenRecord | AccessReason:
        """Open the record of the space that `actor` acts in, or say why not.

        Raises:
            AccessUndecided: something could not be established now.
        """
        now, reason = self._clock.now(), " ".join(asked.reason.split())[:LONGEST_REASON]
        asked = await self._as_theirs(actor, replace(asked, reason=reason))
        by_code = asked.how is OpenedBy.CODE
        # Whoever is stopped uses no code up, and is told so of nobody as well.
        if by_code and await self._is_stopped(actor, now):
            return reasons.STOPPED
        if not await self._is_anybody(actor):
            if by_code and code_as_typed(asked.code):
                await self._count_wrong(actor, now)
            return reasons.NO_EMERGENCY if asked.how.is_emergency else reasons.NO_CONSENT
        acting = replace(actor, reason=reason, purpose=_purpose(asked.how))
        try:
            return await self._open(acting, asked, now)
        except _Refused as refused:
            return refused.why

    async def what_is_open(self, actor: Actor) -> OpenRecord | None:
        """Say by what the record is open to them now, None when they must open it first; decides nothing."""
        now = self._clock.now()
        return await self._store.read(lambda tx: _standing(tx, actor, now))

    @traces_refusals
    async def enter(self, actor: Actor) -> EnteredSpace | None:
        """Go on in a record that is open: say whose it is, and by what it is open; None when it must be opened first.

        Raises `AccessRefused` or `AccessUndecided`.
        """
        now = self._clock.now()

        def look(tx: Tx) -> EnteredSpace | None:
            opened = _standing(tx, actor, now)
            if opened is None:
                return None
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            administers = is_permitted(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            traits, hides = tx.spaces.space(actor.vault).identity.traits, tells_hidden(tx, actor, now)
            return EnteredSpace(opened, traits, administers, hides)

        return await self._store.read(look)

    async def was_emergency(self, actor: Actor) -> bool:
        """Say whether they opened the record in an emergency today, as their own mailbox has it."""
        home, today = actor.counted_in, local_day(self._clock.now())
        if home is None:
            return False
        reading = await self._store.read(lambda tx: tx.record_openings.reading(home, today, actor.vault))
        return reading is not None and reading.how.is_emergency

    async def end_emergency(self, actor: Actor) -> None:
        """End their emergency access to the record, which nobody needs any longer; ended already, it stays so."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            for one in openings_of(tx, actor, now):
                if one.how.is_emergency:
                    tx.record_openings.drop_opening(actor.vault, one.number)
                    event = actor.event(now, "opening.ended", objects=(f"opening:{one.number:x}",), detail=one.who)
                    tx.audit.append(actor.vault, event)
                    tx.changed(actor.vault)

        await self._store.write(end)

    async def _as_theirs(self, actor: Actor, asked: AskedOpening) -> AskedOpening:
        if not asked.how.is_emergency:
            return asked
        kind = await self._store.read(lambda tx: emergency_kind(actor, tx.access_settings))
        return replace(asked, how=OpenedBy(kind.value))

    async def _is_anybody(self, actor: Actor) -> bool:
        return await self._store.read(lambda tx: tx.spaces.state(actor.vault)) not in (None, SpaceState.ERASED)

    async def _is_stopped(self, actor: Actor, now: datetime) -> bool:
        try:
            return await self._store.read(lambda tx: is_stopped(tx, actor, now))
        except SealBroken as error:
            raise AccessUndecided(f"ACC-14: {error}") from error

    async def _count_wrong(self, actor: Actor, now: datetime) -> None:
        step = random_number()
        await self._store.write(lambda tx: count_wrong_code(tx, actor, step, now))

    @traces_refusals
    async def _open(self, actor: Actor, asked: AskedOpening, now: datetime) -> OpenRecord:
        if asked.how is OpenedBy.CODE:
            await self._spend(actor, asked.code, now)
        step = random_number()
        try:
            verdict = await self._store.write(partial(self._reserve, actor=actor, asked=asked, step=step, now=now))
        except SealBroken as error:
            raise AccessUndecided(f"ACC-14: {error}") from error
        if isinstance(verdict, Unsure):
            raise AccessUndecided(f"{verdict.reason.rule}: {verdict.detail}")
        if not isinstance(verdict, Permit):
            raise _Refused(verdict.reason, verdict.detail)
        return await self._store.write(partial(self._enter, actor=actor, asked=asked, now=now))

    async def _spend(self, actor: Actor, typed: str, now: datetime) -> None:
        digits = code_as_typed(typed)

        def use(tx: Tx) -> bool:
            blocked = is_blocked(tx, actor)
            # Nobody who is blocked learns that a code was right; the code stays for whom it was meant.
            found = spend(tx, actor, digits, now) if digits and blocked is False else None
            if found is None:
                tx.audit.append(actor.vault, actor.event(now, "access-code.refused", "failed"))
                return False
            event = actor.event(now, "access-code.used", objects=(f"opening:{found.number:x}",))
            tx.audit.append(actor.vault, event)
            tx.changed(actor.vault)
            return True

        if not await self._store.write(use):
            if digits:
                await self._count_wrong(actor, now)
            raise _Refused(reasons.NO_CONSENT, "no such code")

    def _reserve(self, tx: Tx, *, actor: Actor, asked: AskedOpening, step: int, now: datetime) -> AccessVerdict:
        title = _title(tx, actor, asked, now)
        shown = _shown(title, now)
        how = shown.how if shown else asked.how
        wanted = Reservation(title=title, how=how, reason=asked.reason, proved_at=asked.proved_at, step=step)
        return reserved(tx, actor, wanted, now)

    def _enter(self, tx: Tx, *, actor: Actor, asked: AskedOpening, now: datetime) -> OpenRecord:
        """Write in the patient's vault what was decided in the other."""
        if asked.how.is_emergency:
            opened(tx, actor, asked.how, now, now + _lasts(asked), asked.reason)
        shown = _shown(professional_title_of(tx, actor, now), now)
        if shown is None:
            raise _Refused(reasons.NO_CONSENT, "taken back meanwhile")
        tx.audit.append(actor.vault, actor.event(now, "record.opened", detail=shown.how.value))
        contact = CareContact(
            names=own_names(actor.identifiers), label=actor.responsible or actor.person, detail=actor.organisation,
            since=now, way=ContactWay.ACCESS,
        )  # fmt: skip
        tx.patient_choices.note_contact(actor.vault, contact)
        kind = NoticeKind.EMERGENCY_OPENING if shown.how.is_emergency else NoticeKind.RECORD_OPENED
        tell_holder(tx, actor.vault, kind, now)
        tx.changed(actor.vault)
        return shown


class _Refused(AccessRefused):
    """A refusal with its sentence."""

    def __init__(self, why: AccessReason, detail: str) -> None:
        super().__init__(why.rule, detail)
        self.why = why


def _standing(tx: Tx, actor: Actor, now: datetime) -> OpenRecord | None:
    if reading_in_force(tx, actor, now) is None:
        return None
    return _shown(professional_title_of(tx, actor, now), now)


def _purpose(how: OpenedBy) -> PurposeOfUse:
    return PurposeOfUse.EMERGENCY_TREATMENT if how.is_emergency else PurposeOfUse.TREATMENT


def _lasts(asked: AskedOpening) -> timedelta:
    return min(asked.lasts or timedelta(0), LONGEST_EMERGENCY)


def _title(tx: Tx, actor: Actor, asked: AskedOpening, now: datetime) -> Title | Unknown | None:
    if not asked.how.is_emergency:
        return professional_title_of(tx, actor, now)
    return emergency_title(tx, actor, EmergencyKind(asked.how.value), now + _lasts(asked), asked.reason)


def _shown(title: Title | Unknown | None, now: datetime) -> OpenRecord | None:
    match title:
        case Emergency():
            return OpenRecord(how=OpenedBy(title.kind.value), ends=title.ends, reason=title.reason)
        case CodeAccess():
            return OpenRecord(how=OpenedBy.CODE, ends=title.ends)
        case Consent():
            return OpenRecord(how=OpenedBy.CONSENT, ends=end_of_day(now))
        case _:
            return None
