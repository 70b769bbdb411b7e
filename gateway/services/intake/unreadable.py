"""What is answered to a message that the scanner does not take: malformed, or beyond a limit, which is named."""

from gateway.domain.errors import MalformedContent
from gateway.domain.mime import MessageLimitExceeded, MimeFault
from gateway.domain.mime.limits import DEFAULT_LIMITS
from gateway.domain.verdict import Reason, Reject
from gateway.policy import reasons

_L = DEFAULT_LIMITS
_COUNTED = {
    MimeFault.DEPTH: (_L.max_depth, "niveaux imbriqués", "nested levels"),
    MimeFault.PARTS: (_L.max_parts, "parties", "parts"),
    MimeFault.ADDRESSES: (_L.max_addresses, "adresses", "addresses"),
    MimeFault.PARAMETERS: (_L.max_parameters, "paramètres dans un champ", "parameters in a field"),
}


def unreadable(error: MalformedContent) -> Reject:
    """Refuse what `scan_message` raised this for; its own words go to the audit log."""
    return Reject(_reason(error), str(error))


def _reason(error: MalformedContent) -> Reason:
    if not isinstance(error, MessageLimitExceeded):
        return reasons.CONTENT_REFUSED
    counted = _COUNTED.get(error.fault)
    if counted is None:
        return reasons.HEADER_TOO_LARGE.naming(
            max_header_bytes=_L.max_header_bytes, max_header_lines=_L.max_header_lines
        )
    number, french, english = counted
    return reasons.TOO_COMPLEX.naming(limite=f"{number} {french}", limit=f"{number} {english}")
