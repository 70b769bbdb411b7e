"""ACC-01 to ACC-03: whoever asks still counts, the space can be entered, and the act belongs to the role."""

from types import MappingProxyType

from gateway.domain.access import Action, Right, Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.domain.mandates import MandateKind
from gateway.domain.space import SpaceState, may_sign_in, receives_mail
from gateway.policy.access import reasons
from gateway.policy.access.facts import Grant, Mandate, Own
from gateway.policy.access.verdict import Ask, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN

_READING = (Action.LIST, Action.READ)
_ALL = tuple(Action)
_MOST = (*_READING, Action.ADD, Action.CHANGE)
_P = SpacePart


def _rights(*parts: tuple[SpacePart, tuple[Action, ...]]) -> frozenset[Right]:
    return frozenset(Right(part, action) for part, actions in parts for action in actions)


_HOLDER = _rights(
    (_P.DOCUMENTS, (*_MOST, Action.EXPORT)),
    (_P.MESSAGES, (*_MOST, Action.EXPORT)),
    (_P.PROFILE, (*_MOST, Action.EXPORT)),
    (_P.CARE_HISTORY, (*_READING, Action.CHANGE, Action.EXPORT)),
    (_P.AGENDA, (*_MOST, Action.EXPORT)),
    (_P.TRACE, (*_READING, Action.EXPORT)),
    (_P.RIGHTS, _MOST),
    (_P.SIGN_IN, (Action.READ, Action.ADD, Action.CHANGE)),
    (_P.SPACE, (Action.READ, Action.CHANGE, Action.EXPORT, Action.CLOSE)),
)
_MAILBOX = _rights((_P.MESSAGES, _ALL))
BELONGS = MappingProxyType(
    {
        Role.PATIENT: _HOLDER,
        Role.GUARDIAN: _HOLDER,
        Role.CARER: _rights(
            (_P.DOCUMENTS, _MOST), (_P.MESSAGES, _MOST), (_P.PROFILE, _MOST), (_P.AGENDA, _MOST), (_P.TRACE, _READING),
            (_P.CARE_HISTORY, _READING),
        ),
        Role.PROFESSIONAL: _rights(
            (_P.DOCUMENTS, (*_READING, Action.ADD)), (_P.PROFILE, _MOST), (_P.AGENDA, (Action.ADD,)),
            (_P.CARE_HISTORY, _READING),
        ),
        Role.APPLICATION: _rights(
            (_P.DOCUMENTS, (*_READING, Action.ADD)),
            (_P.MESSAGES, (*_READING, Action.ADD)),
            (_P.PROFILE, (*_READING, Action.ADD)),
            (_P.AGENDA, (*_READING, Action.ADD)),
        ),
        Role.AGENT: _rights((_P.SPACE, (Action.READ, Action.CHANGE)), (_P.SIGN_IN, (Action.ADD,))),
        Role.OPERATOR: _rights((_P.SPACE, (*_READING, Action.CHANGE, Action.CLOSE)), (_P.SIGN_IN, (Action.CHANGE,))),
        Role.SYSTEM: _rights(
            (_P.DOCUMENTS, (Action.ADD, Action.CHANGE)),
            (_P.MESSAGES, (Action.ADD,)),
            (_P.AGENDA, (Action.ADD,)),
            (_P.SPACE, (Action.READ, Action.CHANGE, Action.CLOSE)),
        ),
    }
)
"""What a role can have at all. Nobody who is not here has anything: no insurer, no employer, no bank (F83)."""

_MEASURES = {MandateKind.CURATELLE, MandateKind.SAUVEGARDE}
_SERVICE = {Role.AGENT, Role.OPERATOR, Role.SYSTEM}


@access_rule("ACC-01")
def account_is_in_force(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Require an account, token or certificate that still counts: a leaver's does not (A24)."""
    in_force = ask.facts.in_force
    if in_force is UNKNOWN:
        return reasons.not_known("ACC-01", "standing of the account not known")
    return None if in_force else Refuse(reasons.NOT_IN_FORCE, "account no longer in force")


@access_rule("ACC-02")
def space_can_be_entered(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let people into a space that is open to them, and nobody into one that is erased (A9b, A21, F25)."""
    state = ask.facts.state
    if _is_own_mailbox(ask):
        return None
    if state is UNKNOWN:
        return reasons.not_known("ACC-02", "state of the space not known")
    if state is None:
        return Refuse(reasons.SPACE_NOT_OPEN, "space unknown")
    return None if _lets_in(state, ask) else Refuse(reasons.SPACE_NOT_OPEN, f"space {state.value}")


def _lets_in(state: SpaceState, ask: Ask) -> bool:
    role, exists = ask.actor.role, state is not SpaceState.ERASED
    if role in _SERVICE:
        return exists
    if role is Role.PROFESSIONAL:
        return receives_mail(state)
    # Opposing, closing and reopening come before or after the time of signing in.
    holds = role in {Role.PATIENT, Role.GUARDIAN} and ask.facts.part is SpacePart.SPACE
    return exists if holds else may_sign_in(state)


@access_rule("ACC-03")
def action_belongs_to_the_role(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Let each role do what belongs to it, a representative what the mandate gives (E12, E34, F83, A22)."""
    wanted = Right(ask.facts.part, ask.action)
    if wanted not in (_MAILBOX if _is_own_mailbox(ask) else BELONGS[ask.actor.role]):
        return Refuse(reasons.NOT_YOUR_RIGHT, "not an action of this role")
    title = ask.facts.title
    if title is UNKNOWN:
        return reasons.not_known("ACC-03", "rights not known")
    if isinstance(title, Mandate) and wanted not in rights_by(title.kind, title.rights):
        return Refuse(reasons.NOT_YOUR_RIGHT, "not in the mandate")
    if isinstance(title, Grant) and wanted not in title.scopes:
        return Refuse(reasons.NOT_YOUR_RIGHT, "not in the scopes")
    return None


def rights_by(kind: MandateKind, rights: frozenset[Right] | None) -> frozenset[Right]:
    """Give all that somebody may do by a mandate; `rights` are what it names, None for all that the role can have."""
    role = Role.CARER if kind is MandateKind.CARER else Role.GUARDIAN
    if rights is not None:
        return rights & BELONGS[role]
    # A measure of assistance gives nothing by itself: it takes an express mandate (A22).
    return frozenset() if kind in _MEASURES else BELONGS[role]


def _is_own_mailbox(ask: Ask) -> bool:
    return ask.actor.role is Role.PROFESSIONAL and isinstance(ask.facts.title, Own)
