"""Where the national agency's example documents are."""

import os
from pathlib import Path

VARIABLE = "PLI_CDA_SAMPLES"


class SamplesMissing(Exception):
    """The examples are not where the variable says, or it says nothing."""


def official_samples() -> list[Path]:
    """Find the example documents in the folder that `PLI_CDA_SAMPLES` names."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        raise SamplesMissing(
            f"{VARIABLE} is not set: name the folder that holds the national agency's example CDA documents (*.xml). "
            "They are no part of this repository."
        )
    found = sorted(Path(folder).glob("*.xml"))
    if not found:
        raise SamplesMissing(f"{VARIABLE} names {folder}, where there is no *.xml")
    return found
