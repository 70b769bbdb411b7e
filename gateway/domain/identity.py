"""Civil identity as the national identity scheme (INS) defines it, and its comparison.

Says nothing of accounts or spaces. An INS number is checked by its key when it serves as an address
(STD §3.1); a document that carries a wrong key is still read (STD §3.2), hence `Ins.parse` beside
`Ins.is_well_formed`.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from gateway.domain.errors import InvalidValue

INS_ROOT = "1.2.250.1.213.1.4"
INS_NIR, INS_NIA, INS_TEST, INS_DEMO, INS_C = (f"{INS_ROOT}.{n}" for n in (8, 9, 10, 11, 2))
SOCIAL_SECURITY_OIDS = frozenset(f"{INS_ROOT}.{n}" for n in (13, 14))
"""Numbers of whoever is insured, a parent perhaps: they stand beside an INS and say nothing of who the patient is."""
PRODUCTION_OIDS = frozenset({INS_NIR, INS_NIA})
DEMO_OIDS = PRODUCTION_OIDS | {INS_TEST, INS_DEMO}

# A day or time that is cut short must not pass for an unknown day, which agrees with any.
_BIRTH_DATE = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2})(?:T?\d{2}.*)?)?)?", re.ASCII)
# Latin capitals that Unicode does not decompose, and the apostrophe that it counts as a letter.
_FOLDS = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ʼ": " "})
_NO_LETTERS = re.compile(r"[\W_]+")
_INS_FORM = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{6}[0-9]{2}", re.ASCII)


def ins_key(number: str) -> int:
    """Compute the two-digit key of a 13-character INS number: 97 − (n mod 97), Corsica included (STD §3.1)."""
    digits = number[:5] + {"2A": "19", "2B": "18"}.get(number[5:7].upper(), number[5:7]) + number[7:]
    return 97 - int(digits) % 97


@dataclass(frozen=True, slots=True, repr=False)
class Ins:
    """A 15-character INS matricule whose key is right; upper case."""

    value: str

    @staticmethod
    def is_well_formed(text: str) -> bool:
        """Say whether `text` has the form of an INS matricule and the right key."""
        text = text.strip().upper()
        return bool(_INS_FORM.fullmatch(text)) and int(text[13:]) == ins_key(text[:13])

    @classmethod
    def parse(cls, text: str) -> "Ins":
        """Read a matricule; raise `InvalidValue` when its form or key is wrong."""
        if not cls.is_well_formed(text):
            raise InvalidValue("not an INS matricule: 13 characters and their 2-digit key are expected")
        return cls(text.strip().upper())

    def __repr__(self) -> str:
        """Hide the number: representations end up in logs."""
        return "Ins(…)"


class Sex(Enum):
    """Administrative sex of the INS traits."""

    MALE = "M"
    FEMALE = "F"
    UNKNOWN = "U"


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A birth date whose day (or month and day) may be unknown: 0 stands for unknown."""

    year: int
    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> "BirthDate":
        """Read ``YYYY-MM-DD`` or ``YYYYMMDD``, which a time may follow, ``YYYYMM`` or ``YYYY``.

        Raises:
            InvalidValue: for anything else.
        """
        found = _BIRTH_DATE.fullmatch(text.strip())
        if not found:
            raise InvalidValue("not a birth date: YYYY-MM-DD or YYYYMMDD is expected")
        year, month, day = map(int, found.groups("0"))
        if not 1850 <= year <= 2200 or month > 12 or day > 31 or (day and not month):
            raise InvalidValue("not a birth date: year, month or day is out of range")
        return cls(year, month, day)

    @property
    def earliest(self) -> date:
        """Give the first day that it may mean."""
        try:
            return date(self.year, self.month or 1, self.day or 1)
        except ValueError:
            return date(self.year, 1, 1)  # such as 31 February, of which the national system knows some

    def agrees_with(self, other: "BirthDate") -> bool:
        """Compare; an unknown day agrees with any, an unknown month only with another unknown one (A12b)."""
        same_day = self.day == other.day or not self.day or not other.day
        return (self.year, self.month) == (other.year, other.month) and same_day

    def __str__(self) -> str:
        """Give ISO 8601 to the precision that is known."""
        parts = [f"{self.year:04}"]
        if self.month:
            parts.append(f"{self.month:02}")
            if self.day:
                parts.append(f"{self.day:02}")
        return "-".join(parts)


def folded_name(text: str) -> str:
    """Fold a name for comparison: no case, accents, hyphens, apostrophes or doubled spaces (A12b)."""
    bare = text
    if not text.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    # Letters of other scripts stay: dropping them would make two different names equal.
    return " ".join(_NO_LETTERS.sub(" ", bare.upper().translate(_FOLDS)).split())


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Traits:
    """The strict traits of an identity; `used_name` never decides (A12b)."""

    birth_name: str
    given_names: tuple[str, ...]
    sex: Sex
    birth_date: BirthDate | None
    used_name: str = ""

    def __repr__(self) -> str:
        """Hide the person: representations end up in logs."""
        return "Traits(…)"


@dataclass(frozen=True, slots=True, repr=False)
class PatientIdentity:
    """A person as a space knows them: INS with its OID, traits, and earlier INS numbers still accepted."""

    ins: Ins
    ins_oid: str
    traits: Traits
    earlier: tuple[tuple[str, str], ...] = field(default=())

    def __repr__(self) -> str:
        """Hide the person: representations end up in logs."""
        return "PatientIdentity(…)"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ClaimedIdentity:
    """A person as a document names them: every ``(root, extension)`` it gives, and traits, any of them absent."""

    identifiers: tuple[tuple[str, str], ...]
    birth_name: str | None
    given_names: tuple[str, ...]
    sex: Sex | None
    birth_date: BirthDate | None
    used_name: str | None = None

    def __repr__(self) -> str:
        """Hide the person: representations end up in logs."""
        return "ClaimedIdentity(…)"


class IdentityMatch(Enum):
    """Outcome of comparing a document's patient with the recipient (A12, A12b; codes of STD §1.7)."""

    SAME = "same"
    NO_INS = "903"
    DIFFERENT = "904"
    INCOMPLETE = "905"


def _is_same_name(one: str, other: str) -> bool:
    return one == other or folded_name(one) == folded_name(other)


def same_first_given_name(document: tuple[str, ...], record: tuple[str, ...]) -> bool:
    """Compare first given names; « Jean-Pierre » equals « Jean Pierre », and either may list all names in one."""
    if document[0] == record[0]:
        return True
    one, other = folded_name(document[0]), folded_name(record[0])
    if one == other:
        return True
    # Some senders put every given name in one element: the record's whole list must then agree.
    return one == folded_name(" ".join(record)) or folded_name(" ".join(document)) == other


def compare_identity(
    document: ClaimedIdentity, record: PatientIdentity, accepted_oids: frozenset[str] = PRODUCTION_OIDS
) -> IdentityMatch:
    """Decide whether a document's patient is the space's patient (A12b).

    An identifier under an INS root that is not accepted here is a different person, not an absent INS;
    one under any other root (a hospital's own number) does not count.
    """
    if not _claimed_ins(document):
        return IdentityMatch.NO_INS
    if not _has_same_ins(document, record, accepted_oids):
        return IdentityMatch.DIFFERENT
    name = folded_name(document.birth_name or "")
    if not (name and document.given_names and document.given_names[0] and document.sex and document.birth_date):
        return IdentityMatch.INCOMPLETE
    return IdentityMatch.DIFFERENT if differing_traits(document, record, accepted_oids) else IdentityMatch.SAME


def differing_traits(
    document: ClaimedIdentity, record: PatientIdentity, accepted_oids: frozenset[str] = PRODUCTION_OIDS
) -> tuple[str, ...]:
    """Name, in French, the kinds of traits that a document gives otherwise than the record; never their values."""
    traits, given = record.traits, document.given_names
    ins = bool(_claimed_ins(document)) and not _has_same_ins(document, record, accepted_oids)
    name = bool(document.birth_name) and not _is_same_name(document.birth_name or "", traits.birth_name)
    names = bool(given and given[0]) and not (traits.given_names and same_first_given_name(given, traits.given_names))
    sex = document.sex is not None and document.sex != traits.sex
    born = document.birth_date is not None and not (
        traits.birth_date is not None and document.birth_date.agrees_with(traits.birth_date)
    )
    kinds = {"matricule INS": ins, "nom de naissance": name, "premier prénom": names}
    return tuple(kind for kind, differs in (kinds | {"sexe": sex, "date de naissance": born}).items() if differs)


def _has_same_ins(document: ClaimedIdentity, record: PatientIdentity, accepted_oids: frozenset[str]) -> bool:
    known = {(record.ins_oid, record.ins.value), *((oid, value.upper()) for oid, value in record.earlier)}
    return all(pair in known and pair[0] in accepted_oids for pair in _claimed_ins(document))


def contradicts(document: ClaimedIdentity, record: PatientIdentity) -> bool:
    """Say whether what a document without an INS tells of its patient is of somebody else; what it lacks agrees (A12b).

    A number of the form of an INS counts, whoever is said to have issued it.
    """
    traits, known = record.traits, {record.ins.value, *(value.upper() for _, value in record.earlier)}
    numbers = {"".join(value.split()).upper() for _, value in document.identifiers}
    name = folded_name(document.birth_name or "")
    given, born = document.given_names, document.birth_date
    return (
        any(Ins.is_well_formed(number) and number not in known for number in numbers)
        or bool(name and name not in {folded_name(traits.birth_name), folded_name(traits.used_name)})
        or bool(given and traits.given_names and not same_first_given_name(given, traits.given_names))
        or (document.sex is not None and document.sex is not Sex.UNKNOWN and document.sex is not traits.sex)
        or (born is not None and traits.birth_date is not None and not born.agrees_with(traits.birth_date))
    )


def names_an_ins(document: ClaimedIdentity) -> bool:
    """Say whether a document gives an INS at all, whosever it is."""
    return bool(_claimed_ins(document))


def _claimed_ins(document: ClaimedIdentity) -> list[tuple[str, str]]:
    # People write an INS in groups, « 1 51 11 69 123 017 11 »: blanks are no part of it.
    pairs = ((_bare_root(root), "".join(value.split()).upper()) for root, value in document.identifiers)
    return [(root, value) for root, value in pairs if _is_ins_root(root) and value]


def _is_ins_root(root: str) -> bool:
    # The old INS-C is derived from traits and proves nothing; it does not count as an INS.
    return root.startswith(INS_ROOT + ".") and root != INS_C and root not in SOCIAL_SECURITY_OIDS


def _bare_root(root: str) -> str:
    return root.strip().lower().removeprefix("urn:oid:")
