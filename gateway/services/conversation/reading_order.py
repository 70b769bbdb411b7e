"""In which order the texts of a message are read, and which of several forms of one text (RFC 2046 §5.1). Pure."""

from collections import defaultdict
from typing import TypeAlias

from gateway.domain.mime import Headers, Layout, LayoutPart, ParameterField
from gateway.domain.mime.limits import DEFAULT_LIMITS

HTML = "text/html"
Texts: TypeAlias = tuple[LayoutPart, ...]
Choice: TypeAlias = tuple[Texts, ...]
"""Forms of one text, the best first: another is taken where that one holds no words."""


def media_type_of(header_block: bytes) -> str:
    """Read the type of a whole message, which its layout does not say."""
    value = Headers.parse(header_block).first("content-type")
    return ParameterField.parse(value, DEFAULT_LIMITS).value if value else "text/plain"


def reading_order(
    layout: Layout, media_type: str, *, html: bool, hidden: frozenset[str] = frozenset()
) -> list[Choice]:
    """List the texts of the message itself in its order; those of messages inside it are attachments' texts.

    Args:
        layout: of the message.
        media_type: of the whole message.
        html: whether HTML is the better form of a text, or the worse.
        hidden: sections that nobody is shown.
    """
    inside: defaultdict[str, list[LayoutPart]] = defaultdict(list)
    for part in layout.parts:
        if part.section in hidden:
            continue
        inside[part.section.rpartition(".")[0]].append(part)
    return _choices(inside, "", media_type, html)


def _choices(inside: dict[str, list[LayoutPart]], section: str, media_type: str, html: bool) -> list[Choice]:
    forms = [_choices_of(inside, part, html) for part in inside.get(section, ())]
    if media_type != "multipart/alternative":
        return [choice for form in forms for choice in form]
    options = [tuple(part for choice in form for part in choice[0]) for form in forms if form]
    # The last is the author's best (RFC 2046 §5.1.4).
    options.sort(key=lambda texts: any(part.media_type == HTML for part in texts) is not html)
    return [tuple(options)] if options else []


def _choices_of(inside: dict[str, list[LayoutPart]], part: LayoutPart, html: bool) -> list[Choice]:
    if part.multipart:
        return _choices(inside, part.section, part.media_type, html)
    return [] if part.attachment or part.inner_body_start else [((part,),)]
