"""A gateway that serves, as whoever started it sees it. Part of the composition root."""

from dataclasses import dataclass

from gateway.core import Core


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A serving gateway and the ports it took."""

    core: Core
    relay_port: int | None
    submission_port: int | None
    starttls_port: int | None
    imap_port: int
    web_port: int
    deposit_port: int | None
    card_port: int | None = None

    @property
    def ports(self) -> dict[str, int | None]:
        """Give the port of each listener."""
        return {
            "relay": self.relay_port,
            "submission": self.submission_port,
            "starttls": self.starttls_port,
            "imap": self.imap_port,
            "web": self.web_port,
            "deposit": self.deposit_port,
            "card": self.card_port,
        }
