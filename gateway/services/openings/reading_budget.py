"""How many records a professional opens a day: reserved in their vault, in the transaction that decides (A23).

A holder of several mailboxes has one count, in the first of them (`Actor.counted_in`).
Openings at the same time are decided one after another, as their vault is written by one transaction at a time. A stop
lasts until midnight in France, or until the operator lifts it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.care_party import mailboxes_of
from gateway.domain.errors import InvalidValue
from gateway.domain.exchange import ExchangeState
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.outbox import Step
from gateway.domain.record_openings import OpenedBy, ReaderState, RecordReading
from gateway.domain.step_payloads import ReaderStopped
from gateway.policy.access.decision import decide_access
from gateway.policy.access.facts import Readings, Title
from gateway.policy.access.verdict import AccessVerdict, Duty, Permit, Refuse
from gateway.policy.facts import Unknown
from gateway.ports.store import Tx
from gateway.services.access.permission import access_facts
from gateway.services.outbox.steps import add_step

FACTOR_LASTS = timedelta(minutes=5)
"""How long ago a second factor may have been given; it serves one opening."""
OWN_AFTER = timedelta(days=7)
"""For how long an exchange that a professional began counts for nothing: a thief would write to everybody first."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reservation:
    """What is asked for: by which title, why, and when the professional last showed who they are by two factors."""

    title: Title | Unknown | None
    how: OpenedBy
    reason: str
    proved_at: datetime | None
    step: int


def reserved(tx: Tx, actor: Actor, wanted: Reservation, now: datetime) -> AccessVerdict:
    """Decide on one opening, and keep its place when it is permitted; write nothing outside the reader's vault.

    `actor` acts in the person's space. A stop is kept, and left to the outbox to be told of.
    """
    home, day = actor.counted_in, local_day(now)
    if home is None:
        raise InvalidValue("a professional without a mailbox here opens no record")
    state, known = _today(tx, home, now), tx.record_openings.reading(home, day, actor.vault)
    own = in_own_exchange(tx, actor, now)
    counts = not own or wanted.how.is_emergency
    # What was permitted today is not counted again, unless it did not count then.
    is_new = counts and (known is None or known.place == 0)
    readings = Readings(
        opened=state.opened + 1 if is_new else 0,
        in_own_exchange=own,
        fresh_factor=_is_fresh(state, wanted.proved_at, now),
        reason=wanted.reason,
        lifted_until=state.lifted_until,
        stopped=state.stopped is not None,
    )
    facts = replace(access_facts(tx, actor, SpacePart.PROFILE, now), title=wanted.title, readings=readings)
    verdict = decide_access(actor, Action.READ, facts, tx.access_settings)
    if isinstance(verdict, Permit):
        over = readings.opened > tx.access_settings.budget(actor.profession, actor.organisation_id)
        place = readings.opened if is_new else known.place if known else 0
        reading = RecordReading(
            person=actor.vault, day=day, at=known.at if known else now, place=place, in_own_exchange=own,
            how=wanted.how, factor=over or (known is not None and known.factor), reason=wanted.reason,
        )  # fmt: skip
        tx.record_openings.save_reading(home, reading)
        opened, factor = max(state.opened, readings.opened), wanted.proved_at if over else state.factor_at
        tx.record_openings.save_reader_state(home, replace(state, opened=opened, factor_at=factor))
    elif isinstance(verdict, Refuse) and verdict.duties & Duty.ALARM:
        _stop(tx, home, actor, state, wanted.step, now)
    return verdict


def in_own_exchange(tx: Tx, actor: Actor, now: datetime) -> bool:
    """Say whether professional and patient have an exchange, for `OWN_AFTER` already, by any mailbox of theirs."""
    for name in mailboxes_of(actor.identifiers):
        try:
            exchange = tx.exchanges.get(actor.vault, MailAddress.parse(name))
        except InvalidValue:
            continue
        if exchange is None or exchange.state is ExchangeState.NONE:
            continue
        if exchange.changed_at is None or exchange.changed_at + OWN_AFTER <= now:
            return True
    return False


def is_stopped(tx: Tx, actor: Actor, now: datetime) -> bool:
    """Say whether a professional opens nothing more today. Raises `SealBroken`."""
    state = None if actor.counted_in is None else _today(tx, actor.counted_in, now)
    return state is not None and state.stopped is not None and not _is_lifted(state, now)


def count_wrong_code(tx: Tx, actor: Actor, step: int, now: datetime) -> None:
    """Count a code that was none like one person more: whoever guesses is stopped as whoever opens too many."""
    if actor.counted_in is None:
        return
    before = _today(tx, actor.counted_in, now)
    state = replace(before, opened=before.opened + 1)
    tx.record_openings.save_reader_state(actor.counted_in, state)
    is_over = state.opened > 2 * tx.access_settings.budget(actor.profession, actor.organisation_id)
    if is_over and state.stopped is None and not _is_lifted(state, now):
        _stop(tx, actor.counted_in, actor, state, step, now)


def _is_lifted(state: ReaderState, now: datetime) -> bool:
    return state.lifted_until is not None and now < state.lifted_until


def lifted(tx: Tx, home: VaultId, now: datetime, until: datetime, why: str) -> bool:
    """Lift a stop of the holder of a mailbox at once, and none comes before an instant; say whether there was one."""
    state = _today(tx, home, now)
    tx.record_openings.save_reader_state(home, replace(state, stopped=None, lifted_until=until, lifted_why=why))
    return state.stopped is not None


def _today(tx: Tx, home: VaultId, now: datetime) -> ReaderState:
    state, day = tx.record_openings.reader_state(home), local_day(now)
    if state is None:
        return ReaderState(day=day)
    return state if state.day == day else replace(state, day=day, opened=0, stopped=None)


def _is_fresh(state: ReaderState, proved_at: datetime | None, now: datetime) -> bool:
    if proved_at is None or not now - FACTOR_LASTS <= proved_at <= now:
        return False
    return state.factor_at is None or proved_at > state.factor_at


def _stop(tx: Tx, home: VaultId, actor: Actor, state: ReaderState, step: int, now: datetime) -> None:
    tx.record_openings.save_reader_state(home, replace(state, stopped=now))
    told = ReaderStopped(account=actor.account, at=now, day=state.day.isoformat())
    add_step(tx, Step(vault=home, id=step, payload=told, due=now))
    own = replace(actor, vault=home)
    tx.audit.append(home, own.event(now, "reading.stopped", "failed", detail=f"{state.opened} persons today"))
