"""What everything that is taken back from an archive shares: where it goes, whose word it is, under which number."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from gateway.domain.access import Actor
from gateway.domain.errors import Conflict, MalformedContent
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.ports.blobs import Blobs
from gateway.ports.store import Priority, Store, Tx
from gateway.services.restoring.archive_opening import OpenedArchive

T = TypeVar("T")
UNVERIFIED = "importé, identité non vérifiée"
"""How everything is marked that no operator vouches for."""
TAKES = frozenset({SpaceState.CREATED, SpaceState.NOTIFIED, SpaceState.OPEN, SpaceState.ACTIVE})
"""Spaces into which something may be put."""
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant in a sheet: one without a zone is none, and nothing could be compared with it."""
LARGEST = (1 << 62) - 1
"""The greatest number that anything has."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Restoring:
    """One archive on its way into one space.

    Attributes:
        actor: the operator, as the trace names them.
        is_trusted: an operator that is trusted here signed it; otherwise nothing in it is believed.
        operator: who made it, by its own words.
        at: the instant of taking it back.
        max_added_bytes: room in a space for what its patient adds, and for what nobody vouches for.
        added, there, lacking: how many of each kind were added, were there before, or are not whole in the archive.
        refused: how many of each kind bear a program, and are left out.
    """

    store: Store
    blobs: Blobs
    archive: OpenedArchive
    vault: VaultId
    actor: Actor
    is_trusted: bool
    operator: str
    at: datetime
    max_added_bytes: int
    added: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def number(self, kind: str, claimed: int, content: bytes) -> int:
        """Give the number that something has here: its own, or one that nobody outside chose.

        It is the same in every run over the same archive, so that nothing is added twice.
        """
        return claimed if self.is_trusted else self.made_number(kind, content)

    def made_number(self, kind: str, content: bytes) -> int:
        """Make the number of something from what it holds."""
        digest = self.store.digest("restored", self.vault.to_bytes(8, "big"), kind.encode(), content)
        return int.from_bytes(digest[:8], "big") >> 3 | 1 << 61

    def require_open(self, tx: Tx) -> None:
        """Raise `Conflict` when the space was closed or erased since the archive was opened.

        A large archive takes minutes, while the gateway serves: each transaction asks again.
        """
        if (state := tx.spaces.state(self.vault)) not in TAKES:
            raise Conflict(f"the space is {state.value if state else 'gone'}: nothing more is put into it")

    def sheets(self, folder: str, name: str) -> list[str]:
        """List the files of one name below a folder, the last of the archive first: what is oldest stands last."""
        found = [one for one in self.archive.names if one.startswith(folder) and one.endswith(f"/{name}")]
        return found[::-1]

    def count(self, kind: str, is_new: bool, many: int = 1) -> None:
        """Count what was added, or was there."""
        if many:
            (self.added if is_new else self.there)[kind] += many


def unverified_title(text: str) -> str:
    """Mark a title that nobody vouches for; signs that turn the direction of writing would hide the mark."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f"{plain[:150]} ({UNVERIFIED})"


def number_of(text: str) -> int:
    """Read a number in hexadecimal. Raises `MalformedContent`."""
    try:
        number = int(text, 16)
    except ValueError:
        number = 0
    if not 0 < number <= LARGEST:
        raise MalformedContent("an archive names something by what is no number: it is none that Pli made")
    return number


def decoded_sheet(data: bytes, kind: type[T], what: str) -> T:
    """Decode JSON of a type. Raises `MalformedContent`, which says of `what`."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError, ValueError, OverflowError) as error:
        raise MalformedContent(f"{what} of the archive cannot be read: it is none that Pli made") from error


def pieces_of(items: list[T], many: int) -> Iterator[list[T]]:
    """Give a list in pieces, each short enough for one transaction."""
    return (items[at : at + many] for at in range(0, len(items), many))


async def sheet_of(into: Restoring, name: str, kind: type[T], what: str) -> T | None:
    """Read a file of the archive as a type; None where it has none. Raises as `decoded_sheet`, `LimitExceeded`."""
    if name not in into.archive:
        return None
    return await into.store.aside(lambda: decoded_sheet(into.archive.read(name), kind, what))


async def put_back(into: Restoring, kind: str, work: Callable[[Tx], list[bool]]) -> None:
    """Put back what is not there in one transaction: `work` says of each thing whether it was new."""

    def write(tx: Tx) -> list[bool]:
        into.require_open(tx)
        done = work(tx)
        if any(done):
            tx.audit.append(into.vault, into.actor.event(into.at, "entries.restored", detail=kind))
            tx.changed(into.vault)
        return done

    done = await into.store.write(write, priority=Priority.BULK)
    into.count(kind, is_new=True, many=sum(done))
    into.count(kind, is_new=False, many=len(done) - sum(done))
