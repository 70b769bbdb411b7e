"""What a client may fetch of a message: attributes, and parts of its body.

RFC822, RFC822.HEADER and RFC822.TEXT are body parts under an older name; what differs is the label of the
answer (RFC 3501 §6.4.5).
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

_PLAIN_FIELD = re.compile(r'[^\x00-\x20(){%*"\\\]\x7f-\xff]+')


class Attribute(Enum):
    """Name a data item whose value is known from the index alone."""

    UID = b"UID"
    FLAGS = b"FLAGS"
    INTERNALDATE = b"INTERNALDATE"
    RFC822_SIZE = b"RFC822.SIZE"
    ENVELOPE = b"ENVELOPE"
    BODY = b"BODY"
    BODYSTRUCTURE = b"BODYSTRUCTURE"
    MODSEQ = b"MODSEQ"


class SectionText(Enum):
    """Name what of the message, or of the body part, is meant."""

    WHOLE = b""
    HEADER = b"HEADER"
    FIELDS = b"HEADER.FIELDS"
    FIELDS_NOT = b"HEADER.FIELDS.NOT"
    TEXT = b"TEXT"
    MIME = b"MIME"


@dataclass(frozen=True, slots=True)
class Section:
    """Name a section: a path of part numbers (empty for the message itself), and what of it.

    Attributes:
        fields: header field names as they were asked for, spelling, order and repetition; for HEADER.FIELDS only.
    """

    path: tuple[int, ...] = ()
    part: SectionText = SectionText.WHOLE
    fields: tuple[str, ...] = ()

    @property
    def text(self) -> bytes:
        """Write the section as it stands between the brackets of the answer."""
        words = b".".join([*(b"%d" % number for number in self.path), *([self.part.value] if self.part.value else [])])
        if not self.fields:
            return words
        return words + b" (" + b" ".join(_field(name) for name in self.fields) + b")"


@dataclass(frozen=True, slots=True)
class Partial:
    """Ask for `count` octets from `start`; beyond the end there are fewer, or none."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class BodySection:
    r"""Ask for the octets of a section; without `peek`, doing so sets ``\Seen``."""

    section: Section
    peek: bool = False
    partial: Partial | None = None
    alias: bytes | None = None

    @property
    def label(self) -> bytes:
        """Give the name under which the answer carries these octets, the partial's origin included."""
        if self.alias:
            return self.alias
        origin = b"" if self.partial is None else b"<%d>" % self.partial.start
        return b"BODY[" + self.section.text + b"]" + origin


FetchItem: TypeAlias = Attribute | BodySection

RFC822 = BodySection(Section(), alias=b"RFC822")
RFC822_HEADER = BodySection(Section(part=SectionText.HEADER), peek=True, alias=b"RFC822.HEADER")
RFC822_TEXT = BodySection(Section(part=SectionText.TEXT), alias=b"RFC822.TEXT")

FAST = (Attribute.FLAGS, Attribute.INTERNALDATE, Attribute.RFC822_SIZE)
ALL = (*FAST, Attribute.ENVELOPE)
FULL = (*ALL, Attribute.BODY)


def _field(name: str) -> bytes:
    if _PLAIN_FIELD.fullmatch(name):
        return name.encode("ascii")
    return b'"' + name.replace("\\", "\\\\").replace('"', '\\"').encode("ascii") + b'"'
