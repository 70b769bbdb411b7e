"""Who reads, and whose space."""

from dataclasses import dataclass

from gateway.domain.access import Actor


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class SignedIn:
    """A person whose password and code were right; `address` is the space's mail address (F64).

    `is_away` says that their space is closed: they see the one page on which it is opened again. `owes_terms` says that
    they have not accepted the terms of use of today: they are asked before any other page (E91).
    """

    actor: Actor
    name: str
    address: str
    is_away: bool = False
    owes_terms: bool = False
