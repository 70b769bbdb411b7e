"""Every function that takes octets or text of strangers, and every pattern, found by a walk over the modules.

A new parser is found by itself. What it takes besides its text is made by type (`_MADE`); a public one for which
something cannot be made must be named in `BY_OTHERS`, with who calls it.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from types import ModuleType

from dossier_bridge.nesting import Budget
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import AttachedFile, ReadRequest
from dossier_bridge.zip.archive import ArchiveLimits
from gateway.domain.growth import GrowthStandard
from gateway.domain.mailbox import VaultId
from gateway.domain.mime import preview, scan_message, text_extract
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.limits import DEFAULT_LIMITS, MimeLimits
from gateway.domain.passkey import Passkey
from gateway.openid.documents import SigningKey
from gateway.openid.tokens import Expected

_PLACES = (
    "gateway.domain", "gateway.imap.wire", "gateway.smtp", "gateway.directory", "gateway.sasl", "gateway.fhir",
    "gateway.caldav", "gateway.services", "gateway.openid", "dossier_bridge", "webmail",
)  # fmt: skip
_OWN = re.compile(r"\.(?:sandbox|synthetic)(?:\.|$)")
"""Modules whose texts are the program's own."""
_TEXTS = (str, bytes, memoryview, str | None, bytes | None)
_POINT = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
"""The generator of P-256: a public key like any other."""
_MADE: dict[object, Callable[[], object]] = {
    GrowthStandard: lambda: GrowthStandard(name="x", source="x", dated="2018"),
    int: lambda: 10**6,
    bool: lambda: False,
    datetime: lambda: datetime(2026, 1, 5, tzinfo=UTC),
    date: lambda: date(2026, 1, 5),
    MimeLimits: lambda: DEFAULT_LIMITS,
    ArchiveLimits: ArchiveLimits,
    Budget: Budget,
    frozenset[str]: lambda: frozenset({"1.2"}),
    Sequence[str]: lambda: ("Camille", "12031984"),
    Sequence[SigningKey]: lambda: (SigningKey(kty="EC", crv="P-256", x=_POINT[0], y=_POINT[1]),),
    Expected: lambda: Expected(issuer="x", audience="x", nonce="x", levels=(), now=datetime(2026, 1, 5, tzinfo=UTC)),
    Passkey: lambda: Passkey(
        vault=VaultId(1), credential=b"c", public_key=b"k", counter=0, name="x", added=datetime(2026, 1, 5, tzinfo=UTC)
    ),
}

BY_OTHERS = {
    # What we write.
    "attachment_entity", "multipart_entity", "fields_entity", "boundary_of", "address_field", "id_field", "token_field",
    "select_header_fields", "html_page", "listing", "status", "tagged", "extended_search", "inside_path",
    "searchset", "operation_outcome", "capability_statement", "guarded", "notice_text", "register_entry",
    "request_options", "creation_options", "with_query", "read_as", "choice_field",
    # By `_message`, and by the kinds.
    "decoded_body", "text_of", "text_extract", "preview", "parse_report", "named_pictures", "records_of",
    "read_xdm", "loaded", "data_set", "decoded_sheet",
}  # fmt: skip
"""Public functions of texts that are not called by themselves here."""

COSTLY = {"gateway.services.sign_in.password_hashes:hashed", "webmail.qr_codes:qr_svg"}
"""Functions whose work is great whatever they are given, and not to be done hundreds of times here.

A hash is so on purpose. A QR code holds 2,331 octets at most and is of our own words.
"""

BOUNDED = {"gateway.domain.result_words:_LONG_NAME"}
"""Patterns whose work grows faster, and which are given short texts only: the function that bounds them is tried."""


@dataclass(frozen=True)
class ForeignParser:
    """Something that takes a text: its name, and how it is given one."""

    name: str
    take: Callable[[str], object]


def modules() -> Iterator[ModuleType]:
    """Give every module in which texts of strangers may be read."""
    for place in _PLACES:
        package = importlib.import_module(place)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{place}."):
            if not _OWN.search(found.name):
                yield importlib.import_module(found.name)


def parsers() -> Iterator[ForeignParser]:
    """Give every function of a text, every kind of file, and a message as it is looked through when it comes."""
    for name, function in _functions():
        made = _arguments(function)
        if made is not None and name not in COSTLY:
            yield ForeignParser(name, partial(_called, function, made))
    for kind in Kind:
        yield ForeignParser(f"kind {kind.value}", partial(_read, kind))
    yield ForeignParser("message", _message)


def unmade() -> list[str]:
    """Name the public functions of texts that are not called, and not known to be called by others."""
    missing = []
    for name, function in _functions():
        own = name.rpartition(":")[2]
        if _arguments(function) is None and not own.startswith("_") and own.rpartition(".")[2] not in BY_OTHERS:
            missing.append(name)
    return missing


def patterns() -> Iterator[tuple[str, "re.Pattern[str] | re.Pattern[bytes]", frozenset[str]]]:
    """Give every compiled pattern with its name, and the methods by which its module uses it."""
    for module in modules():
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"{module.__name__}:{name}" not in BOUNDED:
                used = frozenset(re.findall(rf"\b{name}\.(\w+)\(", source))
                yield f"{module.__name__}:{name}", value, used - {"pattern"} or frozenset({"search"})


def _functions() -> Iterator[tuple[str, Callable[..., object]]]:
    for module in modules():
        for name, value in vars(module).items():
            if getattr(value, "__module__", "") != module.__name__:
                continue
            if inspect.isfunction(value) and _takes_text(value):
                yield f"{module.__name__}:{name}", value
            elif inspect.isclass(value):
                for own, member in vars(value).items():
                    bound = getattr(value, own) if isinstance(member, classmethod | staticmethod) else None
                    if callable(bound) and _takes_text(bound):
                        yield f"{module.__name__}:{name}.{own}", bound


def _takes_text(function: Callable[..., object]) -> bool:
    first = next(iter(_parameters(function)), None)
    return first is not None and first.annotation in _TEXTS and not inspect.iscoroutinefunction(function)


def _parameters(function: Callable[..., object]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function, eval_str=True).parameters.values())
    except (NameError, TypeError, ValueError):
        return []


def _arguments(function: Callable[..., object]) -> list[Callable[[str], object]] | None:
    made: list[Callable[[str], object]] = []
    for parameter in _parameters(function):
        kind = parameter.annotation
        is_rest = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if is_rest or parameter.default is not parameter.empty:
            break
        if kind in (str, str | None):
            made.append(str)
        elif kind in (bytes, bytes | None, memoryview):
            made.append(octets)
        elif kind in _MADE:
            made.append(partial(_without_text, _MADE[kind]))
        else:
            return None
    return made


def octets(text: str) -> bytes:
    """Write a text as octets."""
    return text.encode("latin-1", "replace")


def _called(function: Callable[..., object], made: list[Callable[[str], object]], text: str) -> object:
    return function(*(make(text) for make in made))


def _without_text(make: Callable[[], object], _: str) -> object:
    return make()


def _read(kind: Kind, text: str) -> object:
    return read_attachments(ReadRequest((AttachedFile("1", kind, "a", octets(text)),)))


def _message(text: str) -> object:
    raw = octets(text).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    scanned = scan_message(raw)
    return text_extract(raw, scanned), preview(raw, scanned)
