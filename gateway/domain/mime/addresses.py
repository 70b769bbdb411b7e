"""Address lists of header fields, read by our own bounded parser (RFC 5322 §3.4 with its obsolete forms).

No field makes it fail: what is not an address becomes a `Mailbox` that is not `valid`, so that nobody can
hide a recipient in a syntax error, and a decision may ask for validity. `alice@good.fr)<bob@evil.com>`
is bob, invalid; never alice.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from gateway.domain.errors import InvalidValue
from gateway.domain.mime.headers import Headers
from gateway.domain.mime.limits import DEFAULT_LIMITS, Fault, Limits, MessageLimitExceeded
from gateway.domain.mime.words import decode_words

_ADDRESS_FIELDS = ("from", "sender", "reply-to", "to", "cc", "bcc", "disposition-notification-to")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[!-Z^-~]*\]")
# What nearly every field is: one mailbox, with at most a plain name. The rest goes through the tokens.
_SIMPLE = re.compile(
    rf"""(?:"([^"\\\r\n]*+)"|([A-Za-z0-9!#$%&'*+/=?^_`{{|}}~ \t-]*+))[ \t]*<({_ATEXT}(?:\.{_ATEXT})*)@"""
    r"([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>"
)
_BARE = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]++)|(?P<atom>[^ \t\r\n()<>\[\]:;@\\,."]++)"""
    r"""|"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<literal>\[[^\[\]\\]*+\])|(?P<special>.)""",
    re.DOTALL,
)
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """One mailbox of a field.

    Attributes:
        name: the display name, decoded, on one line; what the *sender claims*.
        local: the local part, a quoted one unquoted; a replacement text where there is none.
        domain: the domain as written, or empty.
        valid: whether this is exactly an address of the grammar.
        raw_name: the display name as in the field, unquoted, encoded words kept (for IMAP).
    """

    name: str
    local: str
    domain: str
    valid: bool = True
    raw_name: bytes = b""

    @classmethod
    def of(cls, address: str, name: str = "") -> "Mailbox":
        """Give the mailbox of a plain ``local@domain``; raise `InvalidValue` when it is not one."""
        local, _, domain = address.rpartition("@")
        if not (_DOT_ATOM.fullmatch(local) and _DOMAIN.fullmatch(domain)):
            raise InvalidValue("not a mail address")
        return cls(name, local, domain)

    @property
    def address(self) -> str:
        """Give ``local@domain``, the local part quoted where the grammar asks for it."""
        local = self.local
        if not _DOT_ATOM.fullmatch(local):
            local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{local}@{self.domain}"


@dataclass(frozen=True, slots=True, repr=False)
class GroupStart:
    """The name that opens a group."""

    raw_name: bytes


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """The semicolon that closes a group."""


Entry: TypeAlias = Mailbox | GroupStart | GroupEnd


def parse_addresses(value: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[Entry, ...]:
    """Read an unfolded address field: mailboxes in order, with the marks of groups between them.

    Raises:
        MessageLimitExceeded: when there are more addresses than allowed.
    """
    return _parsed(value, limits.max_addresses)


def _parsed(value: bytes, max_addresses: int) -> tuple[Entry, ...]:
    text = value.decode("latin-1").strip(" \t\r\n")
    if _BARE.fullmatch(text):
        return (_mailbox("", *text.split("@"), valid=True),)
    if simple := _SIMPLE.fullmatch(text):
        quoted, bare, local, domain = simple.groups()
        return (_mailbox(quoted if quoted is not None else " ".join(bare.split()), local, domain, valid=True),)
    return tuple(_AddressParser(text, max_addresses).run())


def mailboxes_of(entries: tuple[Entry, ...]) -> tuple[Mailbox, ...]:
    """Keep the mailboxes of a parsed field, members of groups included."""
    return tuple(entry for entry in entries if isinstance(entry, Mailbox))


def _mailbox(raw_name: str, local: str, domain: str, *, valid: bool) -> Mailbox:
    raw = raw_name.encode("latin-1")
    return Mailbox(decode_words(raw) if raw else "", local, domain, valid, raw)


class AddressBudget:
    """What one message may still spend on addresses, its nested messages included."""

    def __init__(self, limits: Limits) -> None:
        self.addresses = limits.max_addresses
        self.octets = limits.max_address_bytes

    def parse(self, value: bytes) -> tuple[Entry, ...]:
        """Read a field within what is left; its octets are weighed before they are read.

        Raises:
            MessageLimitExceeded: when there is not enough left.
        """
        self.octets -= len(value)
        if self.octets < 0 or self.addresses <= 0:
            raise MessageLimitExceeded(Fault.ADDRESSES)
        entries = _parsed(value, self.addresses)
        self.addresses -= sum(not isinstance(entry, GroupEnd) for entry in entries)
        return entries


def address_fields(headers: Headers, budget: AddressBudget) -> dict[str, tuple[Entry, ...]]:
    """Parse every address field that is present; fields of one name count as one.

    Raises:
        MessageLimitExceeded: when there are more addresses than the message has left.
    """
    fields: dict[str, tuple[Entry, ...]] = {}
    for name in _ADDRESS_FIELDS:
        if values := headers.get_all(name):
            fields[name] = budget.parse(values[0] if len(values) == 1 else b",".join(values))
    return fields


class _AddressParser:
    """One pass over the tokens; a mailbox is put together whenever one ends."""

    def __init__(self, text: str, max_addresses: int) -> None:
        self.text = text
        self.left = max_addresses
        self.entries: list[Entry] = []
        self.in_group = False
        self._clear()

    def _clear(self) -> None:
        self.outer: list[tuple[str, str]] = []
        self.angle: list[tuple[str, str]] | None = None
        self.in_angle = False
        self.comment = ""
        self.sound = True

    def run(self) -> list[Entry]:
        text, at, end = self.text, 0, len(self.text)
        match = _TOKEN.match
        while at < end:
            token = match(text, at)
            assert token is not None  # the last alternative takes any character  # noqa: S101
            kind, at = token.lastgroup or "", token.end()
            if kind != "special":
                self._add(kind, token[kind])
            elif token[0] == "(":
                at = self._skip_comment(at)
            elif token[0] == '"':
                # A quote that never closes: the rest is text of no meaning. Looking for a later
                # quote would take time quadratic in the field.
                self.sound = False
                self.outer.append(("quoted", text[at:]))
                break
            else:
                self._special(token[0])
        self._finish()
        if self.in_group:
            self.entries.append(GroupEnd())
        return self.entries

    def _add(self, kind: str, text: str) -> None:
        if self.in_angle and self.angle is not None:
            self.angle.append((kind, text))
            return
        if self.angle is not None and kind != "blank":
            self.sound = False  # words after the angle
        self.outer.append((kind, text))

    def _special(self, character: str) -> None:
        if self.in_angle:
            assert self.angle is not None  # noqa: S101
            if character == ">":
                self.in_angle = False
            elif character == "<":
                self.sound = False
            elif character == ";" or (character == "," and not (self.angle and self.angle[0] == ("special", "@"))):
                self.sound = False  # an angle that never closes
                self._end_mailbox(character)
            else:
                self.angle.append(("special", character))
        elif character == "<":
            self.sound = self.sound and self.angle is None
            self.angle, self.in_angle = [], True
        elif character in ",;":
            self._end_mailbox(character)
        elif character == ":" and not self.in_group and self.angle is None:
            self._append(GroupStart(_phrase(self.outer).encode("latin-1")))
            self.in_group = True
            self._clear()
        else:
            self.sound = self.sound and character in "@."
            self._add("special", character)

    def _end_mailbox(self, character: str) -> None:
        self._finish()
        if character == ";" and self.in_group:
            self.entries.append(GroupEnd())
            self.in_group = False

    def _append(self, entry: Mailbox | GroupStart) -> None:
        # The name of a group counts too: groups without members are no way around the bound.
        self.left -= 1
        if self.left < 0:
            raise MessageLimitExceeded(Fault.ADDRESSES)
        self.entries.append(entry)

    def _skip_comment(self, at: int) -> int:
        depth, start = 1, at
        for mark in _COMMENT_MARK.finditer(self.text, at):
            if mark[0] == "(":
                depth += 1
            elif mark[0] == ")":
                depth -= 1
                if not depth:
                    self.comment = self.comment or _ESCAPE.sub(r"\1", self.text[start : mark.start()]).strip()
                    self._add("blank", " ")
                    return mark.end()
        self.sound = False
        return len(self.text)

    def _finish(self) -> None:
        """Put the mailbox that ends here together, unless nothing but blanks stood there."""
        outer, angle = self.outer, self.angle
        if angle is not None or any(kind != "blank" for kind, _ in outer):
            name = self.comment
            if angle is not None:
                name = _phrase(outer) or name
                self.sound = self.sound and not self.in_angle
            local, domain, valid = _addr_spec(outer if angle is None else angle)
            if angle is not None and ("special", "@") in outer:
                # A name is words; "@" there is a second address in disguise, unless it is the same one.
                valid = valid and name.lower() == f"{local}@{domain}".lower()
            self._append(_mailbox(name, local, domain, valid=valid and self.sound))
        elif not self.sound:
            self._append(_mailbox(self.comment, "MISSING_MAILBOX", "MISSING_DOMAIN", valid=False))
        self._clear()


def _phrase(tokens: list[tuple[str, str]]) -> str:
    return " ".join("".join(" " if kind == "blank" else _word(kind, text) for kind, text in tokens).split())


def _word(kind: str, text: str) -> str:
    return _ESCAPE.sub(r"\1", text) if kind == "quoted" else text


def _addr_spec(tokens: list[tuple[str, str]]) -> tuple[str, str, bool]:
    """Split what should be ``[route:]local@domain``; blanks around dots and "@" are obsolete and legal."""
    tokens = [token for token in tokens if token[0] != "blank"]
    if tokens and tokens[0] == ("special", "@") and ("special", ":") in tokens:
        tokens = tokens[tokens.index(("special", ":")) + 1 :]
    ats = [index for index, token in enumerate(tokens) if token == ("special", "@")]
    if not ats:
        return "".join(text for _, text in tokens) or "MISSING_MAILBOX", "MISSING_DOMAIN", False
    before, after = tokens[: ats[-1]], tokens[ats[-1] + 1 :]
    domain = "".join(text for _, text in after)
    # A word is an atom or a quoted string; dots stand between words (RFC 5322 §4.4 obs-local-part).
    alternate = len(before) % 2 == 1 and all(
        token == ("special", ".") if index % 2 else token[0] in {"atom", "quoted"}
        for index, token in enumerate(before)
    )
    # Words that no dot joins stay apart, or two of them would make a third.
    local = ("" if alternate else " ").join(_word(*token) for token in before)
    quoted = any(kind == "quoted" for kind, _ in before)
    fits = local.isascii() and local.isprintable() if quoted else _DOT_ATOM.fullmatch(local) is not None
    valid = alternate and fits and local != "" and _DOMAIN.fullmatch(domain) is not None
    return local or "MISSING_MAILBOX", domain or "MISSING_DOMAIN", valid
