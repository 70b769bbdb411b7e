"""The entries of one section that state something, and the days that they state."""

from collections.abc import Iterator

from lxml import etree

from dossier_bridge.cda.place import ENTRY, is_negated, status_of

_VOID = frozenset({"aborted", "cancelled", "nullified"})


def statements(section: etree._Element) -> Iterator[etree._Element]:
    """List the statement of each entry; what is negated or called off is left out."""
    for entry in section.iterchildren(ENTRY):
        for node in entry.iterchildren():
            if isinstance(node.tag, str) and not is_negated(node) and status_of(node) not in _VOID:
                yield node
                break


def day_of(time: etree._Element | None) -> str:
    """Give a time as ISO 8601 to the day, or to what is known of it; empty for what is no date."""
    text = time.get("value", "")[:8] if time is not None else ""
    if not (text.isascii() and text.isdigit() and len(text) in {4, 6, 8}):
        return ""
    return "-".join(filter(None, (text[:4], text[4:6], text[6:8])))
