"""Who reads, and whose space."""

from dataclasses import dataclass

from gateway.domain.access import Actor


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class SignedIn:
    """A person whose password and code were right; `address` is the space's mail address (F64).

    `is_away` says that their space is closed: they see the one page on which it is opened again. `owes_terms` says that
    they have not accepted the terms of use of today: they are asked before any other page (E91).

    Attributes:
        name: of whoever the space belongs to; empty in none but samples.
        acts_as: own name of whoever acts in somebody else's space; empty in one's own.
        ended_for: name of the person for whom they acted until now, and may not any more.
    """

    actor: Actor
    name: str
    address: str
    is_away: bool = False
    owes_terms: bool = False
    acts_as: str = ""
    ended_for: str = ""

    @property
    def place(self) -> str:
        """Name the space that their forms are of; empty for their own."""
        return f"{self.actor.vault:x}" if self.acts_as else ""
