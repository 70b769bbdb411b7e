"""The parser behind `addresses`: one pass over the tokens of a field, in time linear in its length."""

import re

from gateway.domain.mime.limits import MessageLimitExceeded, MimeFault
from gateway.domain.mime.mailboxes import DOMAIN, DOT_ATOM, Entry, GroupEnd, GroupStart, Mailbox
from gateway.domain.mime.words import decode_words

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]++)|(?P<atom>[^ \t\r\n()<>\[\]:;@\\,."]++)"""
    r"""|"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<literal>\[[^\[\]\\]*+\])|(?P<special>.)""",
    re.DOTALL,
)
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class AddressParser:
    """One pass over the tokens; a mailbox is put together whenever one ends.

    Attributes:
        asides: what stands beside addresses as it is written: names, comments, names of groups.
        lost: the rest of a field after a comment that never closes, where no address can be read.
        has_route: whether an address has a source route (RFC 5322 §4.4), which it is read without.
    """

    def __init__(self, text: str, max_addresses: int) -> None:
        self.text = text
        self.left = max_addresses
        self.entries: list[Entry] = []
        self.in_group = False
        self.asides: list[str] = []
        self.lost: list[str] = []
        self.has_route = False
        self._clear()

    def _clear(self) -> None:
        self.outer: list[tuple[str, str]] = []
        self.angle: list[tuple[str, str]] | None = None
        self.in_angle = False
        self.comment = ""
        self.sound = True

    def run(self) -> list[Entry]:
        """Read the whole field; `MessageLimitExceeded` when it holds more than is left."""
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
            name = _phrase(self.outer)
            self.asides.append(name)
            self._append(GroupStart(name.encode("latin-1")))
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
            raise MessageLimitExceeded(MimeFault.ADDRESSES)
        self.entries.append(entry)

    def _skip_comment(self, at: int) -> int:
        depth, start = 1, at
        for mark in _COMMENT_MARK.finditer(self.text, at):
            if mark[0] == "(":
                depth += 1
            elif mark[0] == ")":
                depth -= 1
                if not depth:
                    comment = _ESCAPE.sub(r"\1", self.text[start : mark.start()]).strip()
                    # Beside an address the last one is its name, as old programs write it; inside one it is none.
                    if not self.in_angle:
                        self.comment = comment or self.comment
                    self.asides.append(comment)
                    self._add("blank", " ")
                    return mark.end()
        self.sound = False
        self.lost.append(self.text[start:])
        return len(self.text)

    def _finish(self) -> None:
        """Put the mailbox that ends here together, unless nothing but blanks stood there."""
        outer, angle = self.outer, self.angle
        if angle is not None or any(kind != "blank" for kind, _ in outer):
            name = self.comment
            if angle is not None:
                phrase = _phrase(outer)
                self.asides.append(phrase)
                name = phrase or name
                self.sound = self.sound and not self.in_angle
                self.has_route = self.has_route or angle[:1] == [("special", "@")]
            route, addr_spec = _without_route(outer if angle is None else angle)
            local, domain, valid = _addr_spec(addr_spec)
            if angle is not None and ("special", "@") in outer:
                # A name is words; "@" there is a second address in disguise, unless it is the same one.
                valid = valid and name.lower() == f"{local}@{domain}".lower()
            self._append(mailbox_named(name, local, domain, valid=valid and self.sound, route=route))
        elif not self.sound:
            self._append(mailbox_named(self.comment, "MISSING_MAILBOX", "MISSING_DOMAIN", valid=False))
        self._clear()


def _phrase(tokens: list[tuple[str, str]]) -> str:
    # Not `split()`: octets of UTF-8 read as Latin-1 may look like its blanks.
    words = _BLANKS.split("".join(" " if kind == "blank" else _word(kind, text) for kind, text in tokens))
    return " ".join(filter(None, words))


def _word(kind: str, text: str) -> str:
    return _ESCAPE.sub(r"\1", text) if kind == "quoted" else text


def _without_route(tokens: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """Cut a source route off (RFC 5322 §4.4) and give both, without blanks."""
    tokens = [token for token in tokens if token[0] != "blank"]
    if tokens and tokens[0] == ("special", "@") and ("special", ":") in tokens:
        colon = tokens.index(("special", ":"))
        return "".join(text for _, text in tokens[:colon]), tokens[colon + 1 :]
    return "", tokens


def _addr_spec(tokens: list[tuple[str, str]]) -> tuple[str, str, bool]:
    """Split what should be ``local@domain``, blanks left out: around dots and "@" they are obsolete and legal."""
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
    fits = local.isascii() and local.isprintable() if quoted else DOT_ATOM.fullmatch(local) is not None
    valid = alternate and fits and local != "" and DOMAIN.fullmatch(domain) is not None
    return local or "MISSING_MAILBOX", domain or "MISSING_DOMAIN", valid


def mailbox_named(raw_name: str, local: str, domain: str, *, valid: bool, route: str = "") -> Mailbox:
    """Make a mailbox, its display name decoded."""
    raw = raw_name.encode("latin-1")
    name = decode_words(raw) if raw else ""
    return Mailbox(name=name, local=local, domain=domain, valid=valid, raw_name=raw, route=route)
