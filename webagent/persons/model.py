"""A person as agents see them: who they are, how their space stands, and what can be done. No content."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.domain.local_days import birth_in_words, day_in_words
from gateway.domain.patient_names import shown_name
from gateway.domain.space import SpaceState
from gateway.services.agents.agent_looks import Look
from gateway.services.space.masked_contacts import masks_of
from webmail.references import reference_of

STATES: Mapping[SpaceState, str] = MappingProxyType({
    SpaceState.CREATED: "Créé. Personne n’est encore prévenu.",
    SpaceState.NOTIFIED: "Annoncé. La personne a six semaines pour répondre.",
    SpaceState.OPEN: "Ouvert, mais pas activé.",
    SpaceState.ACTIVE: "Activé. La personne s’y connecte.",
    SpaceState.SUSPENDED: "Suspendu par l’opérateur.",
    SpaceState.OPPOSED: "Refusé. Une opposition est enregistrée.",
    SpaceState.CLOSED: "Fermé.",
    SpaceState.DECEASED: "Fermé après un décès.",
})  # fmt: skip
_NEXT = {"opens": "S’ouvre de lui-même le", "closes": "Se ferme le", "is erased": "S’efface le"}
_OPPOSABLE = frozenset({SpaceState.CREATED, SpaceState.NOTIFIED})
_CODES = _OPPOSABLE | {SpaceState.OPEN, SpaceState.OPPOSED, SpaceState.CLOSED}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownPerson:
    """A person whom an agent looked for.

    Attributes:
        reference: as it stands in addresses of pages.
        next: what happens to their space by itself, and when; empty for nothing.
        contacts: where notices go, masked.
        has_card: whether a card is known, which a code asks for.
        reason: why the agent looked.
        may_oppose: whether a refusal can be noted.
        may_have_code: whether a code would open something.
        is_opposed: whether there is a refusal to prove.
    """

    reference: str
    name: str
    born: str
    state: str
    next: str
    contacts: tuple[str, ...]
    has_card: bool
    reason: str
    may_oppose: bool
    may_have_code: bool
    is_opposed: bool
    is_open: bool
    is_dead: bool


def shown_person(look: Look) -> ShownPerson:
    """Show whom an agent looked for."""
    space, found = look.space.space, look.space
    masks, born = masks_of(space), space.identity.traits.birth_date
    next_word = _NEXT.get(found.next, "")
    return ShownPerson(
        reference=reference_of(space.vault),
        name=shown_name(space.identity.traits),
        born=birth_in_words(born) if born else "",
        state=STATES.get(space.state, ""),
        next=f"{next_word} {day_in_words(found.on)}." if next_word and found.on else "",
        contacts=tuple(filter(None, (masks.email, masks.phone))),
        has_card=bool(space.card_serials),
        reason=look.reason,
        may_oppose=space.state in _OPPOSABLE,
        may_have_code=space.state in _CODES and not space.before,
        is_opposed=space.state is SpaceState.OPPOSED,
        is_open=space.state is SpaceState.OPEN,
        is_dead=space.state is SpaceState.DECEASED,
    )
