"""Read the white list of trusted domains from its XML form (STD §1.3). Pure.

The structure is checked, the XML signature is not: the caller answers for where the file comes from.
A list whose structure is broken is refused whole. A `Domaine` that names no domain or no readable holder
is left out and told as a fault: what is left out is not trusted, and the rest of the country still is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from lxml import etree

from gateway.directory.faults import DirectoryFault, Faults
from gateway.domain.address import MailAddress
from gateway.domain.directory import DistinguishedName, TrustedDomain
from gateway.domain.errors import InvalidValue, LimitExceeded, MalformedContent

NAMESPACE = "https://listeblanche.mssante.fr/schema"
MAX_BYTES = 64 << 20
MAX_TEXT = 2_000

_NS = f"{{{NAMESPACE}}}"


@dataclass(frozen=True, slots=True)
class Whitelist:
    """The trusted domains by canonical name, the instant the list was made, and what was left out."""

    generated_at: datetime
    domains: Mapping[str, TrustedDomain]
    faults: tuple[DirectoryFault, ...] = ()
    fault_count: int = 0


def parse_whitelist(xml: bytes) -> Whitelist:
    """Read a white list.

    Several `Domaine` of one name (in any case), or several `DNCertificatOperateur` in one, all count.

    Raises:
        LimitExceeded: above `MAX_BYTES`.
        MalformedContent: not XML, a DTD, another root, no readable date, or not one usable domain; the
            message gives the line and what to do.
    """
    root = _root(xml)
    generated_at = _instant(_text(root, "DateDeGeneration"))
    if generated_at is None:
        raise MalformedContent(
            f"line {_line(root)}: DateDeGeneration is missing or is no ISO 8601 date; "
            "fetch the white list again"
        )
    faults = Faults()
    domains: dict[str, TrustedDomain] = {}
    for element in root.iterfind(f"{_NS}ListeDomaines/{_NS}Domaine"):
        try:
            domain = _domain(element)
        except InvalidValue as error:
            faults.add(_line(element), str(error))
        else:
            domains[domain.name] = _joined(domains.get(domain.name), domain)
    if not domains:
        raise MalformedContent(
            f"ListeDomaines holds no usable Domaine ({faults.count} are faulty); fetch the white list again"
        )
    return Whitelist(generated_at, MappingProxyType(domains), tuple(faults.first), faults.count)


def _root(xml: bytes) -> etree._Element:
    if len(xml) > MAX_BYTES:
        raise LimitExceeded(f"the white list is larger than {MAX_BYTES >> 20} MiB; check what this file is")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        # The text of libxml2 may quote the file; its line does not.
        line = error.position[0] if error.position else 0
        raise MalformedContent(f"line {line}: not well-formed XML; fetch the white list again") from error
    # An entity could rename a domain after someone has looked at the file.
    if root.getroottree().docinfo.internalDTD is not None:
        raise MalformedContent("the white list holds a DOCTYPE, which is never accepted; refuse this file")
    if root.tag != f"{_NS}ListeBlancheMSSante":
        raise MalformedContent(
            f"line {_line(root)}: the root is not ListeBlancheMSSante of {NAMESPACE}; is this the white list?"
        )
    return root


def _domain(element: etree._Element) -> TrustedDomain:
    holders = frozenset(
        DistinguishedName.parse(found.text or "") for found in element.iterfind(f"{_NS}DNCertificatOperateur")
    )
    if not holders:
        raise InvalidValue("DNCertificatOperateur is missing")
    return TrustedDomain(
        domain_name(_text(element, "Nom")), holders, _text(element, "Description"),
        _instant(_text(element, "DateMAJ")),
    )  # fmt: skip


def domain_name(text: str) -> str:
    """Give a mail domain in canonical form (ASCII, lower case); raise `InvalidValue` when it is none."""
    try:
        return MailAddress.parse(f"postmaster@{text.strip()}").domain
    except InvalidValue as error:
        raise InvalidValue("Nom is not a mail domain") from error


def _joined(known: TrustedDomain | None, more: TrustedDomain) -> TrustedDomain:
    if known is None:
        return more
    dates = [date for date in (known.updated, more.updated) if date]
    return TrustedDomain(
        known.name, known.holders | more.holders, known.description or more.description, max(dates, default=None)
    )


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{_NS}{name}") or "").strip()[:MAX_TEXT]


def _line(element: etree._Element) -> int:
    line: object = element.sourceline  # lxml-stubs gives it no type
    return line if isinstance(line, int) else 0


def _instant(text: str) -> datetime | None:
    # A date without zone is taken as UTC: an error of two hours at most, against an age limit of days.
    try:
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
