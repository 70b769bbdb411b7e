"""Mail to other operators."""

from typing import Protocol

from gateway.domain.address import MailAddress


class Courier(Protocol):
    """Mail to other operators, by mutual TLS."""

    async def deliver(self, reverse_path: str, recipient: MailAddress, raw: bytes) -> None:
        """Hand over; raises `CourierDeferred` or `CourierRefused` of `gateway.domain.errors`."""
        ...
