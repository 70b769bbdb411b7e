"""A checkpoint of the log of heads: which tree, how many leaves, which root, when; as a C2SP signed note.

The form is that of https://c2sp.org/tlog-checkpoint: three lines, an extension line with the instant, an empty line,
and signature lines of https://c2sp.org/signed-note (Ed25519). Tools for such notes read these. Pure: who signs is
given.
"""

import base64
import hashlib
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import VaultId

_ALGORITHM = b"\x01"
"""Ed25519, as the standard numbers it."""
_LEAF = struct.Struct(">QQ")
_TIME = "time "
_LONGEST = 2_000
_FORM = re.compile(
    r"(?P<text>(?P<origin>[^\n]{1,200})\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"time (?P<time>[0-9TZ:-]{20})\n)\n\u2014 (?P<name>[^ \n]{1,200}) (?P<signature>[A-Za-z0-9+/]{91}=)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What was signed at an instant: the tree of so many leaves has this root."""

    origin: str
    size: int
    root: bytes
    at: datetime

    @property
    def text(self) -> str:
        """Give what is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n{_TIME}{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n"


def head_leaf(vault: VaultId, seq: int, link: bytes) -> bytes:
    """Give what a leaf says: the trace of this vault had so many lines, the last with this hash."""
    return b"pli-head-v1" + _LEAF.pack(vault, seq) + link


def key_id(name: str, public: bytes) -> bytes:
    """Give the four octets by which a note names a key."""
    return hashlib.sha256(name.encode() + b"\n" + _ALGORITHM + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """Write a public key as tools for signed notes take it."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(_ALGORITHM + public).decode()}"


def signed_note(checkpoint: Checkpoint, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Sign a checkpoint; the key bears the name of the origin."""
    text = checkpoint.text
    signature = base64.b64encode(key_id(checkpoint.origin, public) + sign(text.encode())).decode()
    return f"{text}\n\u2014 {checkpoint.origin} {signature}\n"


def checkpoint_of(note: str) -> Checkpoint:
    """Read a note as this program writes it; its signature is not looked at. Raises `InvalidValue`."""
    found = _FORM.fullmatch(note) if len(note) <= _LONGEST else None
    try:
        if found is None:
            raise ValueError("another form")
        at = datetime.strptime(found["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        root = base64.b64decode(found["root"], validate=True)
    except ValueError as error:
        raise InvalidValue("this is no checkpoint as this program writes it") from error
    return Checkpoint(origin=found["origin"], size=int(found["size"]), root=root, at=at)
