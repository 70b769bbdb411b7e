"""Who reads, and whose space."""

from dataclasses import dataclass

from gateway.domain.access import Action, Actor, Right, SpacePart


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class SignedIn:
    """A person whose password and code were right; `address` is the space's mail address (F64).

    `is_away` says that their space is closed: they see the one page on which it is opened again. `owes_terms` says that
    they have not accepted the terms of use of today: they are asked before any other page (E91).

    Attributes:
        name: of whoever the space belongs to; empty in none but samples.
        acts_as: own name of whoever acts in somebody else's space; empty in one's own.
        ended_for: name of the person for whom they acted until now, and may not any more.
        consents: whether they choose about others' access here; a minor's own pages offer no such choice (E40).
        rights: what the mandate gives whoever acts in somebody else's space; None for one's own space.
    """

    actor: Actor
    name: str
    address: str
    is_away: bool = False
    owes_terms: bool = False
    acts_as: str = ""
    ended_for: str = ""
    rights: frozenset[Right] | None = None
    consents: bool = True

    @property
    def place(self) -> str:
        """Name the space that their forms are of; empty for their own."""
        return f"{self.actor.vault:x}" if self.acts_as else ""

    @property
    def parts(self) -> frozenset[SpacePart]:
        """Give the parts of the space that pages show."""
        return frozenset(SpacePart) if self.rights is None else frozenset(right.part for right in self.rights)

    def sees(self, part: SpacePart | None) -> bool:
        """Say whether pages show what is of a part, or of none."""
        return part is None or part in self.parts

    def may(self, part: str, action: str = "list") -> bool:
        """Say whether pages offer an action on a part of the space; the services ask again, and by every rule."""
        return self.rights is None or Right(SpacePart(part), Action(action)) in self.rights
