"""The files of one examination (PS3.3 §A.1.2) as one document: a scanner makes one file for each slice.

Only what came in one message and says the same study and the same patient is joined; every other file stays a
document of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dossier_bridge.bare_document import content_identifier
from dossier_bridge.dicom.header import place_in_study
from dossier_bridge.dicom.reader import MEDIA_TYPE
from gateway.domain.document import Media, ReadDocument

_MOST_FILES = 400
"""Files of one document: its row lists them all. What is beyond them is the next document."""
_Placed = tuple[tuple[int, str, int, str], ReadDocument]


def joined_studies(documents: Sequence[ReadDocument]) -> tuple[ReadDocument, ...]:
    """Join the DICOM files of a study, in the order of their series; whatever else stands stays in its place."""
    if sum(document.media_type == MEDIA_TYPE for document in documents) < 2:
        return tuple(documents)
    studies: dict[object, list[_Placed]] = {}
    for at, document in enumerate(documents):
        study, place = "", (0, "", 0, "")
        if document.media_type == MEDIA_TYPE and not document.entry.class_code:
            study, number, series, instance = place_in_study(document.original)
            place = (number, series, instance, document.sha256)
        said = document.entry
        key = (study, said.patient, said.notes, said.confidentiality) if study else at
        studies.setdefault(key, []).append((place, document))
    return tuple(document for placed in studies.values() for document in _documents(placed))


def _documents(placed: list[_Placed]) -> Iterable[ReadDocument]:
    if len(placed) == 1:
        yield placed[0][1]
        return
    files = [document for _, document in sorted(placed, key=lambda one: one[0])]
    for at in range(0, len(files), _MOST_FILES):
        yield _joined(files[at : at + _MOST_FILES])


def _joined(files: Sequence[ReadDocument]) -> ReadDocument:
    """Make one document; its number is of all its files, so that it replaces none that holds others."""
    first = files[0]
    sums = "".join(file.sha256 for file in files)
    entry = replace(first.entry, unique_id=content_identifier(sums.encode()), type_label="Images DICOM")
    media = tuple(Media(file.uri or file.entry.unique_id, MEDIA_TYPE, file.original) for file in files[1:])
    return replace(first, entry=entry, media=media)
