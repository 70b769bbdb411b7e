"""How much of the texts of a page is shown, so that a page stays small whatever was written. Pure."""

from collections.abc import Sequence

from markupsafe import escape

from gateway.domain.stand_ins import REST_OF_TEXT
from webmail.messages.message_text import MAX_BLOCKS, MAX_LINKS, blocks_of

PAGE_COST, LEAST_COST = 600_000, 4_000
"""Octets that all texts of a page may take, and what each may take even so."""
_BLOCK_COST, _LINK_COST = 500, 160


def cost_of(text: str) -> int:
    """Estimate the octets that a text takes on a page: escaped, with its folds and links."""
    links = min(text.count("https://"), MAX_BLOCKS * MAX_LINKS)
    written = len(str(escape(text)).encode("utf-8", "replace"))
    return written + len(blocks_of(text)) * _BLOCK_COST + links * _LINK_COST


def fitted(texts: Sequence[str]) -> list[tuple[str, bool]]:
    """Cut texts to what a page takes, the last ones being the newest; say of each whether its end is missing."""
    room, shown = PAGE_COST, list[tuple[str, bool]]()
    for text in reversed(texts):
        kept = _fitted(text, max(room, LEAST_COST))
        room -= cost_of(kept)
        shown.append((kept + REST_OF_TEXT, True) if len(kept) < len(text) else (text, text.endswith(REST_OF_TEXT)))
    return shown[::-1]


def _fitted(text: str, limit: int) -> str:
    text = text if len(text) <= limit else text[:limit]
    while (cost := cost_of(text)) > limit and text:
        text = text[: min(len(text) - 1, max(len(text) * limit // cost, len(text) // 2))]
    return text
