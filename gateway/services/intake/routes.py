"""Where each recipient's copy of a message goes: into a vault here, or to another operator."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.domain.address import MailAddress
from gateway.ports.store import Store, Tx
from gateway.services.intake.port import Envelope
from gateway.services.trust.recipient_facts import Resolved


@dataclass(frozen=True, slots=True)
class Routes:
    """Where each recipient's copy goes: a vault here, or None for another operator by way of `sender`."""

    recipients: tuple[tuple[MailAddress, Resolved | None], ...]
    sender: Resolved | None


async def routes_of(store: Store, envelope: Envelope, known: Mapping[MailAddress, Resolved]) -> Routes:
    """Find the routes of an envelope; `known` are vaults that RCPT has found."""
    sender = envelope.reverse_path
    found: dict[MailAddress, Resolved | None] = {address: known.get(address) for address in envelope.recipients}
    missing = [address for address, vault in found.items() if vault is None]
    if not missing:
        return Routes(tuple(found.items()), None)

    def look(tx: Tx) -> Resolved | None:
        for address in missing:
            found[address] = tx.spaces.resolve(address)
        return tx.spaces.resolve(sender) if sender else None

    return Routes(tuple(found.items()), await store.read(look))
