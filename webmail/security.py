"""Headers that every answer carries: what a browser may load, who may frame a page, what it may remember."""

from aiohttp import web

from webmail.context import context_of

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style, nothing from elsewhere, nobody may frame a page."""

MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""HTML mail: an origin of its own, no script, no form, no request at all (E58)."""

FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
"""A file that the browser shows by itself; its PDF reader is a plug-in that styles itself."""

PREVIEW_POLICY = FILE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""The same file inside a page of ours."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Nothing goes to other sites; same-origin rather than no-referrer, which would blank `Origin` on our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
}
_BY_DEFAULT = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=63072000; includeSubDomains"


def policy_leading_to(site: str) -> str:
    """Give the policy of a page whose form sends on to another origin: browsers hold the answer to it, too."""
    return PAGE_POLICY.replace("form-action 'self'", f"form-action 'self' {site}")


def headers_of_every_answer(*, is_local: bool) -> dict[str, str]:
    """Give the headers of an answer that nobody has given any; on this machine without HSTS."""
    return _ALWAYS | _BY_DEFAULT | ({} if is_local else {"Strict-Transport-Security": _HSTS})


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete the headers of an answer about to leave; a handler's own policy or caching stays."""
    response.headers.update(_ALWAYS)
    for name, value in _BY_DEFAULT.items():
        response.headers.setdefault(name, value)
    if not context_of(request).settings.is_local:
        response.headers["Strict-Transport-Security"] = _HSTS
    response.headers.pop("Server", None)

