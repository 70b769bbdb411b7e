"""Entries of the notification centre, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewsItem:
    """One entry: what happened, of whom or of what, and where to go."""

    at: datetime
    title: str
    detail: str
    path: str
    icon: str
    is_unread: bool
