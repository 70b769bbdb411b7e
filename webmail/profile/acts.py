"""What buttons do with an entry besides saving it."""

from enum import Enum


class ProfileAct(Enum):
    """One button; the values stand in forms."""

    DELETE = "supprimer"
    RESTORE = "retablir"
    RAISE = "monter"
    ACCEPT = "accepter"
    REFUSE = "refuser"
