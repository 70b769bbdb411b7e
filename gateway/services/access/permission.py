"""Ask the one function of access, with the facts that the caller's transaction reads (`docs/access.md`).

An actor comes from an edge that has just recognised them, so their account is in force. By what a representative or a
professional acts, and what the patient chose for them, is read beside this module. Grants of applications have no rows.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from gateway.domain.access import NOBODY_READS, Action, Actor, Right, Role, SpacePart
from gateway.domain.dossier import DocumentOutline, FiledDocument
from gateway.domain.errors import AccessHidden, AccessRefused, AccessUndecided, NotFound
from gateway.domain.health_links import KIND
from gateway.domain.local_days import zone_of
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import comes_of_age
from gateway.policy.access import reasons
from gateway.policy.access.decision import decide_access
from gateway.policy.access.facts import (
    AccessFacts,
    ConfirmationFacts,
    Consent,
    DocumentFacts,
    Grant,
    Office,
    Own,
    Readings,
    Title,
)
from gateway.policy.access.verdict import AccessVerdict, Permit, Unsure
from gateway.policy.facts import UNKNOWN, Unknown
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.mandate_titles import mandate_of
from gateway.services.access.patient_choices import document_facts_for, is_blocked, outline_facts_for
from gateway.services.access.professional_titles import professional_title_of, readings_of


class _Service(Protocol):
    _store: Store
    _clock: Clock


P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=_Service)
_TOKEN_SCOPES = frozenset({Right(SpacePart.DOCUMENTS, Action.LIST), Right(SpacePart.DOCUMENTS, Action.READ)})
"""What every token gives: no patient chooses scopes yet."""
AGENDA_KINDS = ("agenda", "agenda-all")
"""Kinds of secrets by which a calendar subscribes: to times alone, or to all that entries say."""
_SHARE_SCOPES = frozenset({Right(SpacePart.PROFILE, Action.READ)})
"""What whoever has a link of the holder reads: what was put into it, and nothing else."""
_AGENDA_SCOPES = frozenset({Right(SpacePart.AGENDA, Action.LIST), Right(SpacePart.AGENDA, Action.READ)})

_PIECE = 100
AS_OPENED = Readings(opened=0, in_own_exchange=True)
"""How a preview supposes a reading budget: the record was opened, and nothing is in the way."""


def access_facts(
    tx: Tx, actor: Actor, part: SpacePart, at: datetime, document: FiledDocument | None = None,
    confirmation: ConfirmationFacts | None = None,
) -> AccessFacts:  # fmt: skip
    """Gather what is known of an access."""
    state = tx.spaces.state(actor.vault)
    asks_for_care = part is SpacePart.CARE_HISTORY and state is not None
    return AccessFacts(
        part=part,
        now=at,
        in_force=True,
        state=state,
        title=title_of(tx, actor, at),
        blocked=is_blocked(tx, actor),
        document=None if document is None else document_facts_for(tx, actor)(document),
        readings=readings_of(tx, actor, at),
        care_hidden=asks_for_care and tx.spaces.space(actor.vault).hides_care,
        too_young=is_too_young(tx, actor.vault, at)
        if part is SpacePart.RIGHTS and actor.role is Role.PATIENT
        else False,
        confirmation=confirmation,
    )


def is_too_young(tx: Tx, vault: VaultId, at: datetime) -> bool | Unknown:
    """Say whether the holder of a space is too young to consent to anything themself (E40)."""
    try:
        space = tx.spaces.space(vault)
    except NotFound:
        return UNKNOWN
    age = tx.access_settings.consent_age
    reached = comes_of_age(space.identity.traits.birth_date, zone_of(space.postal.postal_code), age)
    return UNKNOWN if reached is None else at < reached


def title_of(tx: Tx, actor: Actor, at: datetime) -> Title | Unknown | None:
    """Say by what somebody acts: their own space or mailbox, a mandate, a consent, or the token that they hold."""
    if actor.home is not None and actor.home == actor.vault:
        return Own()
    match actor.role:
        case Role.APPLICATION if actor.until is not None:
            scopes = {KIND: _SHARE_SCOPES, **dict.fromkeys(AGENDA_KINDS, _AGENDA_SCOPES)}
            return Grant(ends=actor.until, scopes=scopes.get(actor.face, _TOKEN_SCOPES))
        case Role.GUARDIAN | Role.CARER:
            return mandate_of(tx, actor, at)
        case Role.PROFESSIONAL:
            return professional_title_of(tx, actor, at)
        case Role.AGENT:
            return Office(actor.reason)
        case _:
            return None


def allow(
    tx: Tx, actor: Actor, action: Action, part: SpacePart, at: datetime, document: FiledDocument | None = None,
    confirmation: ConfirmationFacts | None = None,
) -> None:  # fmt: skip
    """Return when the access is permitted. Raises `AccessHidden`, `AccessRefused` or `AccessUndecided`."""
    facts = access_facts(tx, actor, part, at, document, confirmation)
    verdict = decide_access(actor, action, facts, tx.access_settings)
    if isinstance(verdict, Permit):
        return
    reason = verdict.reason
    if isinstance(verdict, Unsure):
        raise AccessUndecided(f"{reason.rule}: {verdict.detail}")
    raise (AccessHidden if reason.status == 404 else AccessRefused)(reason.rule, verdict.detail)


def keep_from_visitors(actor: Actor) -> None:
    """Refuse a professional who visits what a patient keeps for themself: folders, doubts, links, what waits for them.

    Raises `AccessHidden`.
    """
    if actor.is_visitor:
        raise AccessHidden("ACC-12", "what the patient keeps for themself")


def is_permitted(tx: Tx, actor: Actor, action: Action, part: SpacePart, at: datetime) -> bool:
    """Say whether an access would be permitted, for pages that leave out what would not be."""
    return isinstance(decide_access(actor, action, access_facts(tx, actor, part, at), tx.access_settings), Permit)


def taking_back(tx: Tx, actor: Actor, at: datetime) -> Callable[[ConfirmationFacts], bool]:
    """Give what says of a confirmation whether an actor may take it back; what is known of them is read once."""
    facts, settings = access_facts(tx, actor, SpacePart.PROFILE, at), tx.access_settings
    return lambda one: isinstance(decide_access(actor, Action.ADD, replace(facts, confirmation=one), settings), Permit)


def listed_parts(tx: Tx, actor: Actor, at: datetime, among: Iterable[SpacePart]) -> frozenset[SpacePart]:
    """Give those of some parts that an actor may list, for pages and counts that leave out the others."""
    return frozenset(part for part in among if is_permitted(tx, actor, Action.LIST, part, at))


def shown_of(
    tx: Tx, actor: Actor, at: datetime, documents: Iterable[FiledDocument], *, supposed: bool = False
) -> Iterator[FiledDocument]:
    """Give those of some documents that an actor may read: the same rules as for one, their facts read once for all.

    Raises `AccessUndecided` when that is not known of one. For a preview it is `supposed` that the patient has
    consented, and that the record is open; whoever has no known profession is then shown no restricted document.
    """
    judge, facts_of = _judge(tx, actor, at, supposed=supposed), document_facts_for(tx, actor)
    for document in documents:
        if isinstance(_decided(judge(facts_of(document)), supposed=supposed), Permit):
            yield document


def judged_outlines(
    tx: Tx, actor: Actor, at: datetime, outlines: Sequence[DocumentOutline], *, supposed: bool = False
) -> Iterator[tuple[DocumentOutline, AccessVerdict]]:
    """Say of some documents whether an actor may read them, by the same rules, opening as few of them as may be.

    Documents of which the same is known are judged once. Where it matters who deposited one, it is opened.
    """
    judge, facts_of = cache(_judge(tx, actor, at, supposed=supposed)), outline_facts_for(tx, actor)
    opened_facts_of = document_facts_for(tx, actor)
    for start in range(0, len(outlines), _PIECE):
        judged = [(one, judge(facts_of(one))) for one in outlines[start : start + _PIECE]]
        unsure = [one.number for one, verdict in judged if isinstance(verdict, Unsure)]
        opened = tx.documents.numbered(actor.vault, NOBODY_READS, unsure)
        known = {one.id: _decided(judge(opened_facts_of(one)), supposed=supposed) for one in opened}
        yield from ((one, known.get(one.number, verdict)) for one, verdict in judged)


def _decided(verdict: AccessVerdict, *, supposed: bool) -> AccessVerdict:
    if isinstance(verdict, Unsure) and not (supposed and verdict.reason is reasons.NOT_KNOWN["ACC-13"]):
        raise AccessUndecided(f"{verdict.reason.rule}: {verdict.detail}")
    return verdict


def _judge(
    tx: Tx, actor: Actor, at: datetime, *, supposed: bool
) -> Callable[[DocumentFacts], AccessVerdict]:
    facts, settings = access_facts(tx, actor, SpacePart.DOCUMENTS, at), tx.access_settings
    if supposed:
        facts = replace(facts, title=Consent(), readings=AS_OPENED)
    return lambda document: decide_access(actor, Action.READ, replace(facts, document=document), settings)


def traces_refusals(
    method: Callable[Concatenate[S, Actor, P], Awaitable[R]],
) -> Callable[Concatenate[S, Actor, P], Awaitable[R]]:
    """Make a method of a service leave a line for each refusal, in a transaction of its own: the other is undone."""

    @wraps(method)
    async def traced(service: S, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(service, actor, *args, **kwargs)
        except AccessRefused as error:
            event = actor.event(service._clock.now(), "access.refused", error.rule, detail=error.detail)
            await service._store.write(lambda tx: tx.audit.append(actor.vault, event))
            raise

    return traced
