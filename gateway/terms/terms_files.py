"""Read the terms of use: the texts beside this module, and those of an operator's folder, which then are in force.

Every version stays readable for ever: an operator adds files and takes none away (E91).
"""

from pathlib import Path

from gateway.domain.errors import ConfigurationError, InvalidValue
from gateway.domain.terms_of_use import TermsOfUse, TermsVersion, read_terms

TEXTS = Path(__file__).parent / "texts"
_MAX_BYTES = 200_000
_FORM = "see docs/configuration.md, spaces.terms"


def terms_of_use(folder: Path | None = None) -> TermsOfUse:
    """Give the terms of the program or, with an operator's folder, theirs: the program's then stay readable only.

    Raises:
        ConfigurationError: the folder cannot be read, has no file, or a file that is no version.
    """
    ours = _versions(TEXTS)
    if folder is None:
        return TermsOfUse(in_turn=ours)
    theirs = _versions(folder)
    if not theirs:
        raise ConfigurationError(f'[spaces] terms "{folder}" has no file such as 2027-01-31.txt: {_FORM}')
    if taken := {one.name for one in ours} & {one.name for one in theirs}:
        raise ConfigurationError(f"[spaces] terms: {min(taken)} is a version of Pli's own text: take another day")
    return TermsOfUse(in_turn=theirs, readable=ours)


def _versions(folder: Path) -> tuple[TermsVersion, ...]:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".txt")
        return tuple(_version(file) for file in files)
    except OSError as error:
        raise ConfigurationError(f'[spaces] terms "{folder}" cannot be read ({error.strerror}): {_FORM}') from error


def _version(file: Path) -> TermsVersion:
    octets = file.read_bytes()
    try:
        if len(octets) > _MAX_BYTES:
            raise InvalidValue("it is too long")
        return read_terms(file.stem, octets.decode("utf-8"))
    except (InvalidValue, UnicodeDecodeError) as error:
        raise ConfigurationError(f'[spaces] terms: "{file}" is no version of terms: {_FORM}') from error
