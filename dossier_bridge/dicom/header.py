"""The first attributes of a DICOM file (PS3.10, PS3.5 §7): texts of the groups that say whose it is."""

import re

from dossier_bridge.dicom.elements import DataSet, data_set
from dossier_bridge.faults import DocumentFault

ISSUER = 0x00400032
"""Universal entity of whoever issued the patient's number: the one element of a sequence that is given."""
_LAST = 0x00100040
_STUDY, _SERIES, _SERIES_NUMBER, _NUMBER = 0x0020000D, 0x0020000E, 0x00200011, 0x00200013
_MOST_ELEMENTS = 5_000
_MOST_INFLATED = 1024 * 1024
"""Octets within which the first groups of a deflated file end."""


def header_of(data: bytes) -> DataSet:
    """Read the elements of a file's first groups; raise `DocumentFault`."""
    return data_set(data, _LAST, {0: (ISSUER,)}, _MOST_ELEMENTS, _MOST_INFLATED)


def place_in_study(data: bytes) -> tuple[str, int, str, int]:
    """Give study, number and identifier of the series, and number in it; nothing of a file that does not say it."""
    try:
        said = data_set(data, _NUMBER, {}, _MOST_ELEMENTS, _MOST_INFLATED)
    except DocumentFault:
        return "", 0, "", 0
    return said.text(_STUDY), _whole(said.text(_SERIES_NUMBER)), said.text(_SERIES), _whole(said.text(_NUMBER))


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else 0
