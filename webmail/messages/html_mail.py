"""Make HTML mail inert: an allow-list of tags, attributes and styles, and no address that fetches by itself.

This is the first of three fences; the sandboxed frame and its policy (`webmail.security.MAIL_POLICY`) are the
others, because filters alone keep failing (E58). The sender's colours are dropped: letters stay readable in the
dark theme (E61). Pure.
"""

import base64
import re
from collections.abc import Callable
from urllib.parse import unquote

import nh3

from gateway.domain.mime import SHOWN_PICTURES
from gateway.domain.mime.html import HIDING_STYLE
from webmail.messages.model import HtmlBody

_TAGS = {
    "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    "wbr",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"align", "dir", "hidden", "lang", "title", "style", "valign"},
    "a": {"href"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width", "summary"},
    "td": {"colspan", "rowspan", "width"},
    "th": {"colspan", "rowspan", "scope", "width"},
}
_STYLES = {
    "display", "border", "border-bottom", "border-collapse", "border-left", "border-right", "border-spacing",
    "border-style",
    "border-top", "border-width", "font-size", "font-style", "font-weight", "height", "line-height", "list-style-type",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent", "vertical-align",
    "white-space", "width",
}  # fmt: skip
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_STYLE_HAZARD = re.compile(r"url|image|expression|import|@|\\|<|/\*", re.IGNORECASE)
# A sender may hide, such as the preheader that lists show, and lays out nothing by it.
_HIDING = re.compile(rf"(?<![\w-]){HIDING_STYLE}", re.IGNORECASE)
_DISPLAY = re.compile(r"\bdisplay\s{0,9}:[^;]*+;?", re.IGNORECASE)
# Tags whose words a reader sees, or would see without scripts and drawings, and the cleaner drops or shows as source.
_FOREIGN = re.compile(
    r"</?(?:noscript|noframes|noembed|object|svg|g|text|tspan|textpath|desc|defs|symbol|switch|foreignobject"
    r"|math|m(?:i|n|o|s|text|row|frac|sup|sub|subsup|sqrt|root|style|table|tr|td|fenced)|semantics)\b[^<>]*+>?",
    re.IGNORECASE,
)
_MAX_IMAGES_BYTES = 10_000_000

_FRAME = """<!doctype html><html lang="fr"{theme}><head><meta charset="utf-8"><title>Message</title><style>
:root{{color-scheme:light;--ink:#1b2725;--sheet:#fff;--accent:#0c5b55;--line:#dcd8cd}}
@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;--ink:#ebefec;--sheet:#182321;\
--accent:#7fd1c6;--line:#2d3c39}}}}
:root[data-theme=dark]{{color-scheme:dark;--ink:#ebefec;--sheet:#182321;--accent:#7fd1c6;--line:#2d3c39}}
body{{margin:0;padding:1rem;background:var(--sheet);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;\
overflow-wrap:anywhere}}
a{{color:var(--accent)}}img,table{{max-width:100%}}img{{height:auto}}
blockquote{{margin:.5rem 0;padding-left:.875rem;border-left:2px solid var(--line)}}
</style></head><body>{body}</body></html>"""
_NOT_SHOWN = (
    "<p>La mise en forme de ce message ne peut pas être affichée.</p>"
    "<p>Lisez son texte dans la conversation, ou téléchargez-le sous ce cadre.</p>"
)


def inert_document(body: HtmlBody, theme: str = "") -> str:
    """Make the whole document of the frame; `theme` is ``light``, ``dark`` or empty."""
    attribute = f' data-theme="{theme}"' if theme in ("light", "dark") else ""
    return _FRAME.format(theme=attribute, body=inert_html(body))


def refusal_document(theme: str = "") -> str:
    """Make the document of the frame for a letter whose layout cannot be shown."""
    attribute = f' data-theme="{theme}"' if theme in ("light", "dark") else ""
    return _FRAME.format(theme=attribute, body=_NOT_SHOWN)


def inert_html(body: HtmlBody) -> str:
    """Clean the texts of a letter, each apart; pictures of the message itself are put in, any other disappears."""
    keep = _attribute_filter(_pictures(body))
    return "\n".join(_inert(html, keep) for html in (body.html, *body.further))


def _inert(html: str, keep: Callable[[str, str, str], str | None]) -> str:
    return nh3.clean(
        _FOREIGN.sub(" ", html),
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "template", "iframe"},
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        filter_style_properties=_STYLES,
        url_schemes={"https", "http", "tel", "cid", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _pictures(body: HtmlBody) -> dict[str, str]:
    pictures, octets = {}, 0
    for content_id, image in body.images.items():
        octets += len(image.content)
        if image.media_type in SHOWN_PICTURES and octets <= _MAX_IMAGES_BYTES:
            encoded = base64.b64encode(image.content).decode("ascii")
            pictures[content_id] = f"data:{image.media_type};base64,{encoded}"
    return pictures


def _attribute_filter(pictures: dict[str, str]) -> Callable[[str, str, str], str | None]:
    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            scheme, _, rest = value.strip().partition(":")
            if scheme.lower() == "cid":
                return pictures.get(rest) or pictures.get(unquote(rest))
            return value if _DATA_IMAGE.fullmatch(value.strip()) else None
        if attribute == "href":
            return value if value.strip().lower().startswith(("https://", "http://", "tel:")) else None
        if attribute == "style":
            return _style(value)
        return value

    return keep


def _style(value: str) -> str | None:
    if _HIDING.search(value):
        return "display:none"
    return None if _STYLE_HAZARD.search(value) else _DISPLAY.sub("", value)
