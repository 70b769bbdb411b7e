"""What buttons do with a measure besides saving it."""

from enum import Enum


class MeasureAct(Enum):
    """One button; the values stand in forms."""

    DELETE = "supprimer"
    RESTORE = "retablir"
