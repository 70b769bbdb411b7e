"""By which growth table a child's measures are shown: that of the kind, for the sex and the day of birth."""

from dataclasses import dataclass
from datetime import date

from gateway.domain.access import Actor
from gateway.domain.growth import GrowthTable, birth_day, grows
from gateway.domain.growth_reading import OF_CHILDREN
from gateway.domain.identity import Sex
from gateway.domain.measures import MeasureKind
from gateway.ports.growth import GrowthTables
from gateway.ports.store import Tx


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChildGrowth:
    """The table of a kind for a child, and the day from which ages count."""

    born: date
    table: GrowthTable


def child_of(tx: Tx, actor: Actor, kind: MeasureKind, today: date) -> tuple[date, Sex] | None:
    """Give the day of birth and the sex of whoever still grows, for a kind that has tables; else None."""
    if kind not in OF_CHILDREN:
        return None
    traits = tx.spaces.space(actor.vault).identity.traits
    born = birth_day(traits.birth_date)
    return (born, traits.sex) if born is not None and grows(born, today) else None


def growth_of(tables: GrowthTables, kind: MeasureKind, child: tuple[date, Sex] | None) -> ChildGrowth | None:
    """Find the table; blocking, since it may be read from a file."""
    table = tables.table(kind, child[1]) if child is not None else None
    return None if table is None or child is None else ChildGrowth(born=child[0], table=table)
