"""What the page « Mes données » shows."""

import base64
from dataclasses import dataclass
from datetime import date, datetime

from gateway.domain.errors import InvalidValue
from gateway.domain.openpgp import MAX_KEY, KeyFault, spaced

FAULTS = {
    KeyFault.NO_PROGRAM: "Ce service ne peut pas chiffrer d’archive pour l’instant. Prévenez l’assistance.",
    KeyFault.TOO_LARGE: f"Ce fichier est trop grand pour une clé\N{NO-BREAK SPACE}: {MAX_KEY // 1024} Ko au plus. "
    "Exportez-la sans photo ni signatures.",
    KeyFault.NO_KEY: "Ce fichier ne contient pas de clé publique OpenPGP. Exportez-la de nouveau de votre logiciel.",
    KeyFault.SEVERAL: "Ce fichier contient plusieurs clés. Exportez la vôtre seule.",
    KeyFault.PRIVATE: "Ce fichier contient une clé privée. Nous ne l’avons pas gardée. Envoyez la clé publique.",
    KeyFault.EXPIRED: "Cette clé a expiré. Prolongez-la dans votre logiciel, ou donnez-en une autre.",
    KeyFault.REVOKED: "Cette clé a été révoquée. Donnez-en une autre.",
    KeyFault.SIGNS_ONLY: "Cette clé sert à signer, pas à chiffrer. Donnez une clé qui chiffre.",
}  # fmt: skip
"""What is said of a key that cannot be used, and what to do."""
OTHER_KEY = "La clé n’est plus celle dont vous avez comparé l’empreinte. Choisissez-la de nouveau."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnArchive:
    """The archive of a space: it is being made, failed, or is ready until an instant.

    Attributes:
        damaged: how many files could not be read.
        fingerprint: of the OpenPGP key that it is encrypted to, in groups; empty for none.
    """

    is_ready: bool
    has_failed: bool
    asked_at: datetime
    until: datetime
    size: int
    damaged: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownKey:
    """A key that is to be confirmed; `written` is all of it, as a form carries it."""

    written: str
    fingerprint: str
    people: tuple[str, ...]
    expires: date | None

    @property
    def spaced(self) -> str:
        """Give the fingerprint as it is compared."""
        return spaced(self.fingerprint)


def written_key(data: bytes) -> str:
    """Write a key as a form carries it."""
    return base64.urlsafe_b64encode(data).decode("ascii")


def key_of(written: str) -> bytes:
    """Read a key that a form carried. Raises `InvalidValue`."""
    try:
        return base64.urlsafe_b64decode(written.encode("ascii"))
    except ValueError as error:
        raise InvalidValue("not a key as this page wrote it") from error
