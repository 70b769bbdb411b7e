"""Minors attached to somebody by the import, and mandates, over the real store."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from gateway.domain.access import Action, Right, SpacePart
from gateway.domain.account import PostalAddress, Space
from gateway.domain.identity import BirthDate
from gateway.domain.mandates import NOBODY, KeptMandate, MandateKind, MandateState, NamedPerson
from gateway.domain.patient_names import shown_name
from gateway.domain.space import SpaceState
from gateway.ports.store import Store
from tests.builders.store import NOON, a_number, a_space

A_CHILD_S = BirthDate(2016, 5, 4)
NEARLY_OF_AGE = BirthDate(2008, 3, 3)
"""18 on the day after `NOON`."""


async def a_child(
    store: Store,
    *guardians: Space,
    first_name: str = "Léa",
    born: BirthDate = A_CHILD_S,
    state: SpaceState = SpaceState.OPEN,
    postal_code: str = "",
) -> Space:
    """Make a minor's space, attached to these by the import."""
    space = await a_space(store, state, birth_name="LEFÈVRE", given_names=(first_name,), email="")
    traits = replace(space.identity.traits, birth_date=born)
    child = replace(
        space,
        identity=replace(space.identity, traits=traits),
        guardians=tuple(one.identity.ins.value for one in guardians),
        postal=PostalAddress(lines=("1 rue des Lilas",), postal_code=postal_code, city="Exemple"),
        notified_on=date(2026, 2, 20) if state is SpaceState.NOTIFIED else None,
    )
    await store.write(lambda tx: tx.spaces.save(child))
    return child


async def a_carer_asked(store: Store, represented: Space, at: datetime = NOON) -> KeptMandate:
    """Ask Alix Roche to be somebody's carer, who has not answered."""
    mandate = KeptMandate(
        vault=represented.vault, number=a_number(), kind=MandateKind.CARER, state=MandateState.OFFERED, home=NOBODY,
        name="Alix Roche", begun=at, changed=at, until=at + timedelta(days=90), offered_by="Camille",
        rights=frozenset({Right(SpacePart.MESSAGES, Action.LIST), Right(SpacePart.MESSAGES, Action.READ)}),
        asked=NamedPerson("ROCHE", "Alix", A_CHILD_S),
    )  # fmt: skip
    await store.write(lambda tx: tx.mandates.save(mandate))
    return mandate


A_CARER = {"nom": "BERNARD", "prenom": "Louis", "naissance": "1980-01-15", "messages": "read"}
"""What the form of an invitation asks for, but the last day."""


async def a_mandate(
    store: Store,
    represented: Space,
    home: Space,
    kind: MandateKind = MandateKind.MINOR,
    state: MandateState = MandateState.ACCEPTED,
    at: datetime = NOON,
    until: datetime | None = None,
) -> KeptMandate:
    """Let the holder of `home` act for somebody."""
    mandate = KeptMandate(
        vault=represented.vault, number=a_number(), kind=kind, state=state, home=home.vault,
        name=shown_name(home.identity.traits), begun=at, changed=at, until=until,
    )  # fmt: skip
    await store.write(lambda tx: tx.mandates.save(mandate))
    return mandate
