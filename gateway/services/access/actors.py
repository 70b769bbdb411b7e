"""Actors as they are recognised: the holder of a space, and a program that holds a token of the space."""

from collections.abc import Iterable, Sequence

from gateway.domain.access import Actor, PurposeOfUse, Role
from gateway.domain.account import Session, Space
from gateway.domain.address import MailAddress
from gateway.domain.agents import FACE as AGENT_FACE
from gateway.domain.agents import AgentEntry
from gateway.domain.care_party import mailbox_name, organisation_name, person_name
from gateway.domain.console import FACE, ConsoleEntry
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.mandates import MandateKind
from gateway.domain.patient_names import shown_name
from gateway.ports.store import Tx


def holder_of(space: Space, face: str) -> Actor:
    """Give the patient whose space it is, signed in through a face."""
    return Actor(
        account=str(space.address.mail),
        role=Role.PATIENT,
        vault=space.vault,
        home=space.vault,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        person=shown_name(space.identity.traits),
        face=face,
    )


def representative_of(home: Space, kind: MandateKind, vault: VaultId, face: str) -> Actor:
    """Give whoever acts in the space `vault` of another person, by a mandate of this kind; `home` is their own."""
    return Actor(
        account=str(home.address.mail),
        role=Role.CARER if kind is MandateKind.CARER else Role.GUARDIAN,
        vault=vault,
        home=home.vault,
        purpose=PurposeOfUse.FAMILY_REQUEST,
        person=shown_name(home.identity.traits),
        face=face,
    )


def program_with(session: Session) -> Actor:
    """Give the program that holds a token; programs are told apart by the beginning of the token's digest."""
    return Actor(
        account=f"{session.kind}:{session.digest[:6].hex()}",
        role=Role.APPLICATION,
        vault=session.vault,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        until=session.expires,
        face=session.kind,
    )


def owner_of(vault: VaultId, address: MailAddress, kind: VaultKind, name: str, face: str) -> Actor:
    """Give the professional, or the organisation, whose own mailbox it is."""
    is_person = kind is VaultKind.PER
    return Actor(
        account=str(address),
        role=Role.PROFESSIONAL,
        vault=vault,
        home=vault,
        purpose=PurposeOfUse.TREATMENT,
        person=name if is_person else "",
        organisation="" if is_person else name,
        face=face,
    )


def professional_at_console(
    vault: VaultId, entry: ConsoleEntry, mailboxes: Sequence[MailAddress] = (), reader: VaultId | None = None
) -> Actor:
    """Give the professional who came in to the console, in their own mailbox; a delegate is named before them.

    `mailboxes` are all that their holder has here; `reader` is where the records that they open are counted.
    """
    return Actor(
        account=entry.address,
        role=Role.PROFESSIONAL,
        vault=vault,
        home=vault,
        reader=reader,
        purpose=PurposeOfUse.TREATMENT,
        person=entry.delegate or entry.name,
        organisation=entry.organisation,
        organisation_id=entry.organisation_id,
        profession=entry.profession_code or entry.profession,
        identifiers=_names_at_console(entry, mailboxes),
        responsible=entry.name if entry.delegate else "",
        face=FACE,
    )


def reader_vault(tx: Tx, mailboxes: Iterable[MailAddress]) -> VaultId | None:
    """Give where the readings of one holder are counted: the first of their mailboxes that is there (A23)."""
    found = (tx.spaces.resolve(mailbox) for mailbox in mailboxes)
    return next((one[0] for one in found if one is not None), None)


def _names_at_console(entry: ConsoleEntry, mailboxes: Iterable[MailAddress]) -> frozenset[str]:
    names = {mailbox_name(entry.mailbox), *map(mailbox_name, mailboxes)}
    if entry.identifier:
        names.add(person_name(entry.identifier))
    if entry.organisation_id:
        names.add(organisation_name(entry.organisation_id))
    return frozenset(names)


def operator_of(vault: VaultId) -> Actor:
    """Give whoever runs this gateway, acting in a space by a command; the trace calls them ``pli``."""
    return Actor(account="pli", role=Role.OPERATOR, vault=vault, purpose=PurposeOfUse.ADMINISTRATION, face="cli")


def agent_in(vault: VaultId, entry: AgentEntry, reason: str = "") -> Actor:
    """Give an agent of the operator, who acts in a space for the reason that they wrote."""
    return Actor(
        account=f"agent:{entry.number:x}",
        role=Role.AGENT,
        vault=vault,
        purpose=PurposeOfUse.ADMINISTRATION,
        person=entry.name,
        reason=reason,
        face=AGENT_FACE,
    )


def system_in(vault: VaultId) -> Actor:
    """Give the gateway itself, which does what a day brings."""
    return Actor(account="pli", role=Role.SYSTEM, vault=vault, purpose=PurposeOfUse.OPERATIONS)
