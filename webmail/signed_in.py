"""Who reads, and whose space."""

from dataclasses import dataclass

from webmail.identifiers import AccountId, SpaceId


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose space is read (the vault), and who reads it (the account, for the trace; A14)."""

    space: SpaceId
    account: AccountId


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """A person whose password and code were right; `address` is the space's mail address (F64)."""

    viewer: Viewer
    name: str
    address: str
