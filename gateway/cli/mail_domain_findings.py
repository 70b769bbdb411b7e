"""What ``pli doctor`` says of the domain that notices come from: SPF, DKIM and DMARC, as the DNS publishes them.

Whoever receives a notice knows by these records that nobody else sent it (F88). Where the DNS does not answer,
nothing is concluded.
"""

from collections.abc import Iterator

import dns.exception
import dns.resolver

from gateway.cli.findings import Finding

SECONDS = 3.0


class DnsSilent(Exception):
    """The DNS gave no answer, neither yes nor no."""


def mail_domain_findings(domain: str, selector: str, resolver: dns.resolver.Resolver) -> Iterator[Finding]:
    """Look the three records up; an empty `selector` leaves DKIM out."""
    try:
        yield _spf(domain, texts(resolver, domain))
        if selector:
            name = f"{selector}._domainkey.{domain}"
            yield _dkim(name, texts(resolver, name))
        yield _dmarc(domain, resolver)
    except DnsSilent:
        yield Finding(f"mail records of {domain} are not known", False, "the DNS did not answer: try again later")


def texts(resolver: dns.resolver.Resolver, name: str) -> tuple[str, ...]:
    """Give the TXT records of a name; none when there is no such name. Raises `DnsSilent`."""
    try:
        answer = resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise DnsSilent from error
    return tuple(b"".join(record.strings).decode("ascii", "replace") for record in answer)


def _spf(domain: str, found: tuple[str, ...]) -> Finding:
    records = [text.lower() for text in found if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        return Finding(f"no SPF record at {domain}", True, 'publish TXT "v=spf1 … -all" that names your relay')
    if len(records) > 1:
        return Finding(f"{len(records)} SPF records at {domain}", True, "receivers ignore them all: keep one")
    if records[0].split()[-1] in {"+all", "all", "?all"}:
        return Finding(f"SPF of {domain} lets anybody send", True, "end it with -all")
    return Finding(f"SPF of {domain}", False)


def _dkim(name: str, found: tuple[str, ...]) -> Finding:
    keys = [tags.get("p", "") for text in found if "p" in (tags := _tags(text))]
    if not keys:
        return Finding(f"no DKIM key at {name}", True, "publish the key that signs notices there")
    if not any(keys):
        return Finding(f"the DKIM key at {name} is withdrawn", True, "publish the key that signs notices there")
    return Finding(f"DKIM key at {name}", False)


def _dmarc(domain: str, resolver: dns.resolver.Resolver) -> Finding:
    """Look at the domain, then at those above it (RFC 7489 §6.6.3), never at a top-level one."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        above = ".".join(labels[start:])
        policies = [tags for text in texts(resolver, f"_dmarc.{above}") if (tags := _tags(text)).get("v") == "DMARC1"]
        if len(policies) == 1:
            wanted = policies[0].get("sp" if start and "sp" in policies[0] else "p", "none").lower()
            weak = wanted not in {"quarantine", "reject"}
            advice = "it stops nobody: set p=quarantine, then p=reject" if weak else ""
            return Finding(f"DMARC of {domain} says {wanted}", False, advice)
    return Finding(f"no DMARC record at _dmarc.{domain}", True, 'publish TXT "v=DMARC1; p=reject; rua=mailto:…"')


def _tags(text: str) -> dict[str, str]:
    pairs = (item.partition("=") for item in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}
