"""Whom a header addresses, shows or may hide: what the rules about recipients are judged by (A11).

An address that a mail client would use or show, and that cannot be judged here, is how a second patient would
slip into a message. So names, comments and encodings are read as a person or a lenient client would read them.
Text that is no address is nobody's business: ``undisclosed-recipients:;``, odd names, empty groups.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from gateway.domain.address import MailAddress
from gateway.domain.mime.addresses import AddressField, read_field
from gateway.domain.mime.headers import Headers
from gateway.domain.mime.mailboxes import Mailbox
from gateway.domain.mime.words import decode_words

_ADDRESSED_IN = ("to", "cc", "bcc")
# Shown or answered by clients, though they address nobody: only a patient's address there is looked for.
_SHOWN_IN = (
    "from", "sender", "reply-to", "resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc",
    "apparently-to", "mail-followup-to", "mail-reply-to", "disposition-notification-to",
)  # fmt: skip
_ALSO_AUTHORS = ("sender", "resent-from", "resent-sender")
_AN_ADDRESS = re.compile(r"[\w!#$&*+./=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
_MISSING_DOMAIN = "MISSING_DOMAIN"
_LIKE_AN_ADDRESS = re.compile(r"[^\s@]@[^\s@]")
_MARK = re.compile("[@%!=]")
# Quotes and words may stand before a number, as in « 'number@domain' ».
_LOCAL = re.compile(r"[a-z0-9]{1,64}\Z")
_WITHIN_NAME = re.compile(r"[a-z0-9-]|\.[a-z0-9]")
_AROUND_AT = re.compile(" ?@ ?")
_AROUND_DOT = re.compile(r" ?\. ?")
# Nothing is seen of these: accents apart from their letters, joiners, directions, soft hyphens, tags; and fillers.
_UNSEEN = frozenset({"Mn", "Me", "Cf"})
_FILLERS = frozenset("\u115f\u1160")
_DOTS = str.maketrans({"\u3002": "."})


@dataclass(frozen=True, slots=True, repr=False)
class Addressees:
    """Whom a message concerns.

    Attributes:
        addressed: every address of envelope, To, Cc and Bcc, and every patient's that the header shows elsewhere.
        unclear: whether something looks like an address and cannot be judged.
    """

    addressed: frozenset[MailAddress]
    unclear: bool


@dataclass(frozen=True, slots=True, repr=False)
class Authorship:
    """Who else than its author a header shows as such.

    Attributes:
        others: mailboxes of Sender and of the fields of those who sent it again; None for one that cannot be read.
        beside: addresses in display names, comments and names of groups, as a person reads them, in lower case.
    """

    others: tuple[MailAddress | None, ...]
    beside: frozenset[str]


def authorship_of(headers: Headers) -> Authorship:
    """Read whom a header, already scanned, shows as author beside the one mailbox of From."""
    others = [read_field(value) for name in _ALSO_AUTHORS for value in headers.get_all(name)]
    names = [read_field(value) for value in headers.get_all("from") if not _is_plain(value)]
    fields = [*names, *others]
    texts = [text for field in fields for text in (*field.asides, *field.lost)]
    return Authorship(
        tuple(box.mail for field in others for box in field.mailboxes),
        frozenset(found for text in texts for found in _AN_ADDRESS.findall(_as_read(text))),
    )


def _is_plain(value: bytes) -> bool:
    """Say whether a field holds one address and nothing that could be read as another: nearly every one."""
    return value.count(b"@") == 1 and value.isascii() and b"=?" not in value and b"%" not in value


def addressees_of(headers: Headers, recipients: Iterable[MailAddress], patient_domain: str) -> Addressees:
    """Read whom a message concerns: its header, already scanned, and the recipients of its envelope."""
    addressing = [read_field(value) for name in _ADDRESSED_IN for value in headers.get_all(name)]
    showing = [read_field(value) for name in _SHOWN_IN for value in headers.get_all(name)]
    addressed = {*recipients, *(mail for field in addressing for box in field.mailboxes if (mail := box.mail))}
    shown = set(_shown(addressing, showing, patient_domain))
    unclear = (
        None in shown
        or any(map(_is_unclear, addressing))
        or any(_leads_on(address, patient_domain) for address in addressed)
    )
    return Addressees(frozenset({*addressed, *(mail for mail in shown if mail is not None)}), unclear)


def _is_unclear(field: AddressField) -> bool:
    """Say whether a field that addresses somebody holds what looks like an address and is not judged."""
    return (
        field.has_route
        or any(box.mail is None and _looks_like_an_address(box) for box in field.mailboxes)
        or any(_LIKE_AN_ADDRESS.search(_as_read(text)) for text in field.lost)
    )


def _looks_like_an_address(box: Mailbox) -> bool:
    if box.domain != _MISSING_DOMAIN:
        return True  # there is an "@", and what stands around it is outside the grammar
    return _LIKE_AN_ADDRESS.search(_as_read(f"{box.local} {box.raw_name.decode('latin-1')}")) is not None


def _leads_on(address: MailAddress, patient_domain: str) -> bool:
    """Say whether a local part may hold another address: ``number%domain@relay``, ``domain!number@relay``."""
    local = address.local
    if not _MARK.search(local) and patient_domain not in local:
        return False
    read = _as_read(local)
    return (
        "@" in read
        or patient_domain in read
        or "." in read.partition("%")[2]
        or ("!" in read and "." in read.rpartition("!")[0])
    )


def _shown(
    addressing: Iterable[AddressField], showing: Iterable[AddressField], patient_domain: str
) -> Iterator[MailAddress | None]:
    """Give the patients' addresses that stand where nobody is addressed, None for one that cannot be judged."""
    texts = [text for field in addressing for text in field.asides]
    texts += [box.local for field in addressing for box in field.mailboxes if not box.valid]
    for field in showing:
        texts += [*field.asides, *field.lost]
        texts += [f"{box.local}@{box.domain} {box.raw_name.decode('latin-1')}" for box in field.mailboxes]
    for text in texts:
        yield from _patients_in(_as_read(text), patient_domain)


def _patients_in(text: str, patient_domain: str) -> Iterator[MailAddress | None]:
    for mark in _MARK.finditer(text):
        after = text[mark.end() : mark.end() + 2 * len(patient_domain)]
        spaced = _AROUND_DOT.sub(".", after)
        name = next((part for part in (after, spaced) if _begins_with(part, patient_domain)), "")[: len(patient_domain)]
        if not name:
            continue
        local = _LOCAL.search(text[max(0, mark.start() - 64) : mark.start()])
        # A homograph, or a mark that only some server takes for "@", is a patient's address in disguise.
        plain = mark[0] == "@" and name == patient_domain and local is not None
        yield MailAddress(local[0], name) if plain and local else None
    if f"{patient_domain}!" in text:
        yield None


def _begins_with(text: str, domain: str) -> bool:
    """Say whether a reader may take the beginning for the domain: a letter outside ASCII may stand for any other."""
    name = text[: len(domain)]
    return (
        len(name) == len(domain)
        and all(one == other or (other != "." and not one.isascii()) for one, other in zip(name, domain, strict=True))
        and not _WITHIN_NAME.match(text, len(domain))
    )


def _as_read(text: str) -> str:
    """Give raw text of a field (Latin-1) as a person, or a lenient client, reads it; in lower case."""
    read = decode_words(text.encode("latin-1", "replace"))
    if "%" in read:
        read = unquote(read, errors="replace")
    if not read.isascii():
        read = "".join(filter(_is_seen, unicodedata.normalize("NFKD", read))).translate(_DOTS)
    return _AROUND_AT.sub("@", " ".join(read.casefold().split()))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and character not in _FILLERS
