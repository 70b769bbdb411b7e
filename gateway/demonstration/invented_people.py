"""Who lives in the demonstration: nobody real. INS numbers are of the demonstration root (STD §3.1)."""

from dataclasses import dataclass

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.space import SpaceState

PATIENT_DOMAIN = "patient.mssante.fr"
DOCTORS, HOSPITAL, LABORATORY, INSURANCE, OTHER_OPERATOR = (
    "medecin.mssante.fr",
    "chu-vallon.mssante.fr",
    "labo-lilas.mssante.fr",
    "assurance-ouest.mssante.fr",
    "biolab-ouest.mssante.fr",
)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class DemoPatient:
    """A patient; only active ones have an identifier and a password."""

    identity: PatientIdentity
    state: SpaceState
    email: str
    phone: str
    card_serial: str
    identifier: str = ""
    password: str = ""

    @property
    def address(self) -> str:
        """Give the mail address of the space."""
        return f"{self.identity.ins.value}@{PATIENT_DOMAIN}"


def _patient(
    number: str, name: str, given: str, state: SpaceState, born: str, *, used: str = "", sign_in: str = ""
) -> DemoPatient:
    traits = Traits(
        birth_name=name,
        given_names=tuple(given.split()),
        sex=Sex.MALE if number[0] == "1" else Sex.FEMALE,
        birth_date=BirthDate.parse(born),
        used_name=used,
    )
    ins = Ins.parse(f"{number}{ins_key(number):02}")
    short = given.split(maxsplit=1)[0].lower().replace("é", "e")
    identifier, _, password = sign_in.partition(" ")
    return DemoPatient(
        identity=PatientIdentity(ins, INS_DEMO, traits),
        state=state,
        email=f"{short}@courriel.example",
        phone=f"+336000000{number[10:12]}",
        card_serial=f"80250000{number[8:13]}",
        identifier=identifier,
        password=password,
    )


PATIENTS = (
    _patient("2840375116042", "MOREAU", "Camille Anne", SpaceState.ACTIVE, "1984-03-12",
             used="LEFÈVRE", sign_in="camille Sentier-Mousse-84"),
    _patient("1511169123017", "BERNARD", "Louis", SpaceState.ACTIVE, "1951-11-02", sign_in="louis Horloge-Verte-51"),
    _patient("296072A004028", "SANTUCCI", "Lina", SpaceState.ACTIVE, "1996-07-23", sign_in="lina Maquis-Calme-96"),
    _patient("1900535238055", "PETIT", "Hugo", SpaceState.NOTIFIED, "1990-05-30"),
    _patient("2470144109066", "FAURE", "Jeanne Marie", SpaceState.OPEN, "1947-01-09"),
    _patient("1731231555071", "GIRARD", "Marc", SpaceState.OPPOSED, "1973-12-18"),
    _patient("2380813055084", "ROLLAND", "Odette", SpaceState.CLOSED, "1938-08-04"),
    _patient("1210435238091", "LEFÈVRE", "Noé", SpaceState.ACTIVE, "2021-04-19", sign_in="noe Cabane-Bleue-21"),
)  # fmt: skip

FATHER = _patient(
    "1820635238034", "LEFÈVRE", "Julien", SpaceState.ACTIVE, "1982-06-14", sign_in="julien Verger-Neuf-82"
)
TWIN = _patient("2210435238092", "LEFÈVRE", "Zoé", SpaceState.OPEN, "2021-04-19")
"""Noé's, and Camille's: who the demonstration shows around the others."""


def _entry(address: str, kind: MailboxKind, number: str, name: str, profession: str, city: str) -> DirectoryEntry:
    return DirectoryEntry(
        address=MailAddress.parse(address), kind=kind, identifier=number, name=name, profession=profession, city=city
    )


_PERSON, _ORGANISATION, _APPLICATION = MailboxKind.PERSON, MailboxKind.ORGANISATION, MailboxKind.APPLICATION
PROFESSIONALS = (
    _entry(f"claire.martin@{DOCTORS}", _PERSON, "810000000011", "Dr Claire Martin", "Médecin généraliste", "Rennes"),
    _entry(f"paul.nguyen@{DOCTORS}", _PERSON, "810000000029", "Dr Paul Nguyen", "Cardiologue", "Rennes"),
    _entry(f"sofia.benali@{DOCTORS}", _PERSON, "810000000037", "Sofia Benali", "Sage-femme", "Fougères"),
)
PHYSIOTHERAPIST = _entry(
    f"karim.haddad@{DOCTORS}", _PERSON, "810000000052", "Karim Haddad", "Masseur-kinésithérapeute", "Rennes"
)
DEPARTMENTS = (
    _entry(f"cardiologie@{HOSPITAL}", _ORGANISATION, "1350000011", "Cardiologie, CHU du Vallon", "", "Rennes"),
)
LABORATORIES = (
    _entry(f"resultats@{LABORATORY}", _APPLICATION, "1350000029", "Laboratoire des Lilas", "", "Rennes"),
    _entry(f"resultats@{OTHER_OPERATOR}", _APPLICATION, "1440000011", "Biolab Ouest", "", "Nantes"),
    _entry(f"laboratoire@{HOSPITAL}", _APPLICATION, "1350000052", "Laboratoire du CHU du Vallon", "", "Rennes"),
)
PAYER = _entry(f"attestations@{INSURANCE}", _APPLICATION, "1350000045", "Assurance santé de l’Ouest", "", "Rennes")
LOCAL_DOMAINS = (DOCTORS, HOSPITAL, LABORATORY, INSURANCE)
