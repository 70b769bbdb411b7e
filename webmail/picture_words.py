"""What the page of pictures says: machines, obstacles, scale, whose they are."""

from datetime import datetime

from gateway.domain.medical_picture import Obstacle, Patient, Scale
from webmail.picture_series import Series

_MACHINES = {
    "CT": "Scanner",
    "MR": "IRM",
    "CR": "Radiographie",
    "DX": "Radiographie",
    "IO": "Radiographie dentaire",
    "PX": "Radiographie dentaire",
    "MG": "Mammographie",
    "US": "Échographie",
    "XA": "Angiographie",
    "RF": "Radioscopie",
    "NM": "Scintigraphie",
    "PT": "TEP",
    "ES": "Endoscopie",
    "OP": "Photographie de l’œil",
    "XC": "Photographie",
}
OBSTACLES = {
    Obstacle.NO_PICTURE: "Ce fichier ne contient pas d’image.",
    Obstacle.TOO_LARGE: "Cette image est trop grande pour être affichée ici.",
    Obstacle.CODING: "Cette image est enregistrée sous une forme que nous ne savons pas afficher.",
    Obstacle.SHAPE: "Cette image est enregistrée sous une forme que nous ne savons pas afficher.",
    Obstacle.DAMAGED: "Ce fichier est abîmé\N{NO-BREAK SPACE}: son image ne peut pas être affichée.",
}
_SCALES = {
    Scale.PATIENT: "Les longueurs sont calculées avec l’échelle du fichier.",
    Scale.DETECTOR: "Les longueurs sont celles de l’appareil. Dans le corps, elles peuvent être plus petites.",
    Scale.UNKNOWN: "Le fichier ne donne pas d’échelle\N{NO-BREAK SPACE}: les longueurs sont en points.",
}


def machine(modality: str) -> str:
    """Name the machine in a word."""
    return _MACHINES.get(modality, "Images")


def series_name(series: Series) -> str:
    """Name a series as people know it: what the files call it, else the machine."""
    return series.title or machine(series.modality)


def scale_words(series: Series) -> str:
    """Say what a measured length is worth."""
    scales = {file.picture.scale for file in series.shown}
    return _SCALES[scales.pop() if len(scales) == 1 else Scale.UNKNOWN]


def facts_of(patient: Patient) -> list[tuple[str, str]]:
    """List what the files say of the patient."""
    sexes = {"F": "Féminin", "M": "Masculin"}
    facts = (
        ("Nom", patient.name),
        ("Date de naissance", _day(patient.born)),
        ("Sexe", sexes.get(patient.sex, patient.sex)),
        ("Numéro", patient.number),
        ("Lieu", patient.place),
        ("Date de l’examen", _day(patient.taken)),
    )
    return [(label, value) for label, value in facts if value]


def _day(written: str) -> str:
    """Give a day as French writes it (PS3.5 §6.2, DA); what is none stays as it is written."""
    try:
        return datetime.strptime(written.replace(".", ""), "%Y%m%d").strftime("%d/%m/%Y")  # noqa: DTZ007 - a day
    except ValueError:
        return written
