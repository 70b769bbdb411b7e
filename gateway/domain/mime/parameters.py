"""Structured MIME fields: a value and its parameters (RFC 2045 §5.1, RFC 2183, RFC 2231).

A parameter is kept twice: decoded, for us, and as IMAP shows it, with continuations put together and
everything else as sent (RFC 2231 §6 and §7).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes, unquote_to_bytes

from gateway.domain.mime.charset import decode_text, decode_unlabelled
from gateway.domain.mime.limits import MessageLimitExceeded, MimeFault, MimeLimits
from gateway.domain.mime.words import decode_words

# Possessive quantifiers: no input makes this backtrack. Unquoted values may hold blanks, as they do in
# `filename=compte rendu.pdf`; a quote that never closes holds the rest.
_PARAMETER = re.compile(rb"""
    [;\s]*+ (?:
        ([^\s=;"()]++) \s*+ = \s*+ (?: "( (?: [^"\\] | \\. )*+ ) (?: " [^;]*+ | \\?\Z ) | ([^;]*+) )
        | [^;]*+
    )
""", re.VERBOSE | re.DOTALL)
# Bounded: one that does not end would be looked at again from each bracket in it.
_COMMENT = re.compile(rb"\((?:[^()\\]|\\.){0,200}+\)")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
# name, section number of a continuation, mark of an extended value (RFC 2231 §3 and §4)
_NAME_FORM = re.compile(r"([^*]+)(?:\*(0|[1-9][0-9]{0,2}))?(\*)?")


@dataclass(frozen=True, slots=True, repr=False)
class ParameterField:
    """A field such as Content-Type: its value in lower case, parameters decoded, parameters for IMAP.

    Attributes:
        value: ``text/plain``, ``attachment``; comments and blanks gone.
        parameters: decoded; names in lower case; the first of equal names counts.
        wire: names and values as BODYSTRUCTURE shows them.
    """

    value: str
    parameters: dict[str, str] = field(default_factory=dict)
    wire: tuple[tuple[bytes, bytes], ...] = ()

    @classmethod
    def parse(cls, raw: bytes, limits: MimeLimits) -> "ParameterField":
        """Read an unfolded field value, as far as it makes sense.

        Raises:
            MessageLimitExceeded: when there are more parameters than allowed.
        """
        head, _, tail = raw.partition(b";")
        if b"(" in head:
            head = _COMMENT.sub(b"", head)
        value = head.decode("latin-1").replace(" ", "").replace("\t", "").lower()
        if not tail.strip():
            return cls(value)
        return cls(value, *_decode_parameters(list(_split_parameters(tail, limits))))

    def get(self, name: str) -> str | None:
        """Give a decoded parameter, or None."""
        return self.parameters.get(name)


def _split_parameters(tail: bytes, limits: MimeLimits) -> Iterator[tuple[str, bytes]]:
    found = 0
    for match in _PARAMETER.finditer(tail):
        if not match[0]:
            continue  # the end
        name, quoted, bare = match.groups()
        found += 1
        if found > limits.max_parameters:
            raise MessageLimitExceeded(MimeFault.PARAMETERS)
        if name is None:
            continue
        if quoted is not None:
            value = _ESCAPE.sub(rb"\1", quoted) if b"\\" in quoted else quoted
        else:
            value = (_COMMENT.sub(b"", bare) if b"(" in bare else bare).strip()
        yield name.decode("latin-1").lower(), value


def _decode_parameters(raw: list[tuple[str, bytes]]) -> tuple[dict[str, str], tuple[tuple[bytes, bytes], ...]]:
    plain: dict[str, bytes] = {}
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    order: dict[str, None] = {}
    for name, value in raw:
        form = _NAME_FORM.fullmatch(name) if "*" in name else None
        if form is None or (form[2] is None and form[3] is None):
            plain.setdefault(name, value)
            order[name] = None
        else:
            # `name*` alone is section 0; a whole value never mixes with numbered ones in practice.
            sections.setdefault(form[1], {}).setdefault(int(form[2] or 0), (value, form[3] is not None))
            order[form[1]] = None
    decoded: dict[str, str] = {}
    wire: list[tuple[bytes, bytes]] = []
    for name in order:
        if name in plain:
            decoded[name] = _plain_text(plain[name])
            wire.append((name.encode("latin-1"), plain[name]))
        if name in sections:
            # The extended form is the newer and says its character set: it wins (RFC 6266 §4.3 likewise).
            decoded[name], value, extended = _joined(sections[name])
            wire.append(((name + "*" * extended).encode("latin-1"), value))
    return decoded, tuple(wire)


def _plain_text(value: bytes) -> str:
    # Encoded words have no place in parameters (RFC 2047 §5), and most senders put them there.
    return decode_words(value) if b"=?" in value else decode_unlabelled(value)


def _joined(sections: dict[int, tuple[bytes, bool]]) -> tuple[str, bytes, bool]:
    """Put continuations together: decoded text, value for IMAP, and whether that is in extended form."""
    pieces: list[tuple[bytes, bool]] = []
    for number in range(len(sections)):
        if number not in sections:
            break  # a hole: what follows cannot be placed
        pieces.append(sections[number])
    pieces = pieces or list(sections.values())[:1]
    if not any(extended for _, extended in pieces):
        value = b"".join(value for value, _ in pieces)
        return _plain_text(value), value, False
    charset, rest = b"", pieces[0][0]
    if pieces[0][1] and rest.count(b"'") >= 2:
        charset, language, rest = rest.split(b"'", 2)
        prefix = charset + b"'" + language + b"'"
    else:
        prefix = b"''"
    pieces[0] = (rest, pieces[0][1])
    data = b"".join(unquote_to_bytes(value) if extended else value for value, extended in pieces)
    wire = b"".join(value if extended else quote_from_bytes(value).encode("ascii") for value, extended in pieces)
    return decode_text(data, charset.decode("latin-1") or None), prefix + wire, True
