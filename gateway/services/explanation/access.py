"""Say what somebody may do in a space, rule by rule (``pli access explain``)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.access import Actor, Audience, PurposeOfUse, Right, Role
from gateway.domain.address import MailAddress
from gateway.domain.care_party import acting_names_of, mailbox_name, structure_number
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import NotFound
from gateway.domain.exchange import ExchangeState
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.policy.access.decision import AccessOutcome, decide_access, explain_access
from gateway.policy.access.facts import AccessFacts, DocumentFacts, Office, Readings
from gateway.policy.access.verdict import AccessVerdict
from gateway.policy.facts import UNKNOWN, Unknown
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.access.permission import access_facts
from gateway.services.trust.exchange_state import state_of
from gateway.services.trust.facts import TrustFacts

OFFICES = {role.value: role for role in (Role.APPLICATION, Role.AGENT, Role.OPERATOR, Role.SYSTEM)}
"""Actors that have no address: named by their role."""
_ORGANISATIONS = {MailboxKind.ORGANISATION, MailboxKind.PRACTICE}
_SUPPOSED_REASON = "supposed"


@dataclass(frozen=True, slots=True)
class AccessExplanation:
    """Who was judged, the verdict they would get, and what every rule said."""

    actor: Actor
    verdict: AccessVerdict
    outcomes: tuple[AccessOutcome, ...]


async def explain_access_of(
    store: Store,
    trust: TrustFacts,
    who: MailAddress | Role,
    space: MailAddress,
    right: Right,
    document: int | None,
    at: datetime,
) -> AccessExplanation:
    """Judge with a sign-in that is right, as of `at`. Raises `NotFound` for a space or a document that there is not.

    A professional is judged at their first record of the day; whoever serves is supposed to have given a reason.
    """
    entry = trust.sender(who).entry if isinstance(who, MailAddress) else None

    def look(tx: Tx) -> AccessExplanation:
        found = tx.spaces.resolve(space)
        if found is None:
            raise NotFound("no space or mailbox here has this address; see `pli patients import`")
        actor = _actor(tx, who, entry, found[0], at)
        facts, chosen = _facts(tx, actor, who, entry, right, document, at), tx.access_settings
        verdict = decide_access(actor, right.action, facts, chosen)
        return AccessExplanation(actor, verdict, explain_access(actor, right.action, facts, chosen))

    return await store.read(look)


def _actor(
    tx: Tx, who: MailAddress | Role, entry: DirectoryEntry | Unknown | None, vault: VaultId, at: datetime
) -> Actor:
    if isinstance(who, Role):
        until = at + timedelta(hours=1)
        return Actor(account=who.value, role=who, vault=vault, purpose=PurposeOfUse.OPERATIONS, until=until)
    home = tx.spaces.resolve(who)
    if home is not None and home[1] is VaultKind.SPACE:
        return replace(holder_of(tx.spaces.space(home[0]), "web"), vault=vault)
    known = entry if isinstance(entry, DirectoryEntry) else None
    return Actor(
        account=str(who),
        role=Role.PROFESSIONAL,
        vault=vault,
        home=home[0] if home else None,
        purpose=PurposeOfUse.TREATMENT,
        person=known.name if known else "",
        organisation=known.organisation if known else "",
        organisation_id=_structure_of(known) if known else "",
        profession=known.profession if known else "",
        identifiers=acting_names_of(known) if known else frozenset({mailbox_name(who)}),
    )


def _structure_of(known: DirectoryEntry) -> str:
    return structure_number(known.identifier if known.kind in _ORGANISATIONS else known.organisation_id)


def _facts(
    tx: Tx,
    actor: Actor,
    who: MailAddress | Role,
    entry: DirectoryEntry | Unknown | None,
    right: Right,
    document: int | None,
    at: datetime,
) -> AccessFacts:
    # As the system: what is withheld is to be explained, too.
    asked = None if document is None else tx.documents.get(actor.vault, Audience.NOBODY, document)
    facts = access_facts(tx, actor, right.part, at, asked)
    if isinstance(who, Role):
        return facts if who is Role.APPLICATION else replace(facts, title=Office(_SUPPOSED_REASON))
    if isinstance(facts.document, DocumentFacts) and asked is not None:
        facts = replace(facts, document=replace(facts.document, is_author=asked.sender == str(who)))
    if actor.role is Role.PROFESSIONAL:
        exchange = state_of(tx, actor.vault, who) is ExchangeState.OPEN
        in_force = actor.home is not None or (UNKNOWN if entry is UNKNOWN else entry is not None and entry.valid)
        facts = replace(facts, in_force=in_force, readings=Readings(opened=1, in_own_exchange=exchange))
    return facts
