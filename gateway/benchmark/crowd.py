"""More invented people than a demonstration has, so that what grows with them can be measured."""

from collections.abc import Iterator

from gateway.demonstration.invented_people import DemoPatient
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.space import SpaceState
from gateway.services.space.patients_file import NewPatient

_NAMES = ("Abadie", "Bonnefoy", "Castagnet", "Delmas", "Esquirol", "Fabre", "Gaillard", "Hugues", "Izard", "Jourdan")
_GIVEN = ("Aude", "Blanche", "Clarisse", "Diane", "Edmée", "Flore", "Gilberte")


def invented_person(serial: int) -> DemoPatient:
    """Give one whose space mail may come to; another one for each serial below a million."""
    number = f"2750563{serial:06}"
    traits = Traits(
        birth_name=_NAMES[serial % len(_NAMES)],
        given_names=(_GIVEN[serial % len(_GIVEN)],),
        sex=Sex.FEMALE,
        birth_date=BirthDate(1975, 5, 1 + serial % 28),
    )
    identity = PatientIdentity(Ins.parse(f"{number}{ins_key(number):02}"), INS_DEMO, traits)
    return DemoPatient(identity=identity, state=SpaceState.OPEN, email="", phone="", card_serial="")


def lines_of(count: int) -> Iterator[NewPatient]:
    """Give the first `count` of them as lines of an import."""
    for serial in range(count):
        person = invented_person(serial)
        yield NewPatient(line=serial + 1, identity=person.identity, state=person.state)
