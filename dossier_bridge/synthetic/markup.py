"""The few ways in which synthetic XML writes values."""

from collections.abc import Sequence
from html import escape

LOINC = "2.16.840.1.113883.6.1"


def text(words: str) -> str:
    """Escape words that stand between tags."""
    return escape(words, quote=False)


def element(tag: str, *inside: str, **attributes: str) -> str:
    """Write an element around markup; an attribute with an empty value is left out."""
    written = "".join(f' {name}="{escape(value, quote=True)}"' for name, value in attributes.items() if value)
    return f"<{tag}{written}>{''.join(inside)}</{tag}>" if any(inside) else f"<{tag}{written}/>"


def nested(path: str, *inside: str) -> str:
    """Write markup inside elements without attributes, the outermost first: ``a/b/c``."""
    tags = path.split("/")
    return "".join(f"<{tag}>" for tag in tags) + "".join(inside) + "".join(f"</{tag}>" for tag in reversed(tags))


def instance(tag: str, identifier: str) -> str:
    """Write an instance identifier given as ``root`` or ``root^extension``; nothing for an empty one."""
    root, _, extension = identifier.partition("^")
    return element(tag, root=root, extension=extension) if root else ""


def identifiers(pairs: Sequence[tuple[str, str]]) -> str:
    """Write ``id`` elements from ``(root, extension)`` pairs."""
    return "".join(element("id", root=root, extension=value) for root, value in pairs)
