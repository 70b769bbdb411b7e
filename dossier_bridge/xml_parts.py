"""What an XML element is made of, gathered once for whoever asks for several of its children."""

from typing import TypeAlias

from lxml import etree

Parts: TypeAlias = dict[str, list[etree._Element]]
"""What an element is made of, by tag."""


def parts_of(node: etree._Element) -> Parts:
    """Gather the children of an element by tag: cheaper than to look for two of them."""
    parts: Parts = {}
    for part in node:
        parts.setdefault(part.tag, []).append(part)
    return parts


def first_of(parts: Parts, tag: str) -> etree._Element | None:
    """Give the first child of a tag."""
    found = parts.get(tag)
    return found[0] if found else None
