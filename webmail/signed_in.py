"""Who reads, and whose space."""

from dataclasses import dataclass

from gateway.domain.access import Actor


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """A person whose password and code were right; `address` is the space's mail address (F64).

    `is_away` says that their space is closed: they see the one page on which it is opened again.
    """

    actor: Actor
    name: str
    address: str
    is_away: bool = False
