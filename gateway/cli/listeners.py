"""Where a gateway that serves answers, in words for people."""

from collections.abc import Mapping

from gateway.config import Settings


def addresses(settings: Settings, ports: Mapping[str, int | None]) -> list[str]:
    """Say for people where a serving gateway answers, a line for each listener."""
    smtp, web = settings.smtp.host, settings.web
    origin = web.origin or f"https://{settings.gateway.hostname}:{ports['web']}"
    lines = [
        ("web", f"{origin.rstrip('/')}/", web.host, ports["web"]),
        ("smtp relay", "STARTTLS, client certificate", smtp, ports["relay"]),
        ("submission", "TLS", smtp, ports["submission"]),
        ("submission", "STARTTLS", smtp, ports["starttls"]),
        ("imap", "TLS", settings.imap.host, ports["imap"]),
        ("deposit", "HTTPS, client certificate", settings.deposit.host, ports["deposit"]),
        ("console", "HTTPS, client certificate", settings.pro.host, ports["card"]),
    ]
    return [f"  {name:10}  {host}:{port}  {how}" for name, how, host, port in lines if port is not None]
