"""Who acts, for whom, to do what: the values that every patient-side service is called with.

Whether the act is allowed is for `gateway.policy.access`; this module only says who asks. An actor makes its own
lines of the trace, so that person, organisation, role and purpose stand in every one of them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntFlag
from typing import NamedTuple

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import AccessRefused
from gateway.domain.mailbox import VaultId


class Role(Enum):
    """What somebody is to the space in which they act."""

    PATIENT = "patient"
    GUARDIAN = "guardian"
    CARER = "carer"
    PROFESSIONAL = "professional"
    APPLICATION = "application"
    AGENT = "agent"
    OPERATOR = "operator"
    SYSTEM = "system"


class PurposeOfUse(Enum):
    """Why a record is touched, in the codes of HL7 v3 PurposeOfUse (F86)."""

    PATIENT_REQUEST = "PATRQT"
    FAMILY_REQUEST = "FAMRQT"
    TREATMENT = "TREAT"
    EMERGENCY_TREATMENT = "ETREAT"
    ADMINISTRATION = "PATADMIN"
    OPERATIONS = "HOPERAT"


class SpacePart(Enum):
    """The parts of a space, or of a mailbox, that rights are given on."""

    DOCUMENTS = "documents"
    MESSAGES = "messages"
    PROFILE = "profile"
    CARE_HISTORY = "care-history"
    AGENDA = "agenda"
    TRACE = "trace"
    RIGHTS = "rights"
    SIGN_IN = "sign-in"
    SPACE = "space"


class Action(Enum):
    """What may be done with a part of a space; `CHANGE` also corrects, hides and takes away."""

    LIST = "list"
    READ = "read"
    ADD = "add"
    CHANGE = "change"
    EXPORT = "export"
    CLOSE = "close"


class Right(NamedTuple):
    """One action on one part."""

    part: SpacePart
    action: Action


class Audience(IntFlag):
    """Kinds of readers from whom a document may be withheld; the numbers are kept in rows."""

    NOBODY = 0
    PATIENT = 1
    REPRESENTATIVES = 2
    PROFESSIONALS = 4
    EVERYBODY = 8
    """Its patient said that it is not theirs (E80): nobody reads it, however they are related to it."""
    BEFORE_ACTIVATION = 16
    """It is of a record older than the space (F22): nobody reads it before the space is activated."""
    LATER = 32
    """Its patient asked to see it later (E37, F90): nobody reads it for them before; professionals do."""


NOBODY_READS = Audience.EVERYBODY | Audience.BEFORE_ACTIVATION
"""What is withheld from these is shown to nobody at all, whoever asks."""
NOT_YET = Audience.PATIENT | Audience.LATER
"""What is withheld from these is not the patient's to read yet, by its author's wish or by their own."""
_READS_AS = {
    # What its patient may not read yet is not read for them by others either.
    Role.PATIENT: NOBODY_READS | NOT_YET,
    Role.APPLICATION: NOBODY_READS | NOT_YET,
    Role.GUARDIAN: NOBODY_READS | NOT_YET | Audience.REPRESENTATIVES,
    Role.CARER: NOBODY_READS | NOT_YET | Audience.REPRESENTATIVES,
    Role.PROFESSIONAL: NOBODY_READS | Audience.PROFESSIONALS,
    Role.AGENT: NOBODY_READS | NOT_YET | Audience.REPRESENTATIVES | Audience.PROFESSIONALS,
    Role.OPERATOR: NOBODY_READS | NOT_YET | Audience.REPRESENTATIVES | Audience.PROFESSIONALS,
    Role.SYSTEM: Audience.NOBODY,
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Actor:
    """Somebody who acts in one space; made once, where they were recognised.

    Attributes:
        account: what they signed in as, told apart from every other: a mailbox, an application, a kind of sign-in.
        vault: the space, or the mailbox, in which they act.
        home: their own space or mailbox, if they have one here.
        reader: where the records that they open are counted; None for `home`, as for whoever has one mailbox.
        person: name as the owner of the trace reads it; empty for what is no person.
        organisation: name of the organisation they act for.
        organisation_id: its FINESS or other structure identifier.
        profession: code of the directory; empty when there is none.
        identifiers: under which names a patient's choices know them (`gateway.domain.care_party`).
        reason: what they wrote to be let in, as an emergency asks; empty when nothing was asked.
        until: when that by which they were recognised ends; None when a session says it elsewhere.
        face: what they act through, such as ``web`` or ``fhir``.
        responsible: name of the professional under whose responsibility they act, when it is another.
    """

    account: str
    role: Role
    vault: VaultId
    purpose: PurposeOfUse
    home: VaultId | None = None
    reader: VaultId | None = None
    until: datetime | None = None
    person: str = ""
    organisation: str = ""
    organisation_id: str = ""
    profession: str = ""
    identifiers: frozenset[str] = frozenset()
    reason: str = ""
    face: str = ""
    responsible: str = ""

    @property
    def counted_in(self) -> VaultId | None:
        """Give the vault that counts the records they open: one of a holder, however many mailboxes they have (A23)."""
        return self.home if self.reader is None else self.reader

    @property
    def named(self) -> str:
        """Name whoever acts; a delegate with the professional for whom they do."""
        return f"{self.person}, pour {self.responsible}" if self.person and self.responsible else self.person

    @property
    def is_visitor(self) -> bool:
        """Say whether a professional acts in somebody else's space."""
        return self.role is Role.PROFESSIONAL and self.home != self.vault

    @property
    def audience(self) -> Audience:
        """Say as whom they read: what is withheld from any of these is withheld from them.

        Raises:
            AccessRefused: a visitor reads as nobody. What a patient chose for this one professional no audience says,
                so each document is asked about (`gateway.services.access.permitted`).
        """
        if self.is_visitor:
            raise AccessRefused("ACC-12", "a visitor is asked about document by document")
        return _READS_AS[self.role]

    def event(
        self,
        at: datetime,
        action: str,
        outcome: str = "ok",
        objects: tuple[str, ...] = (),
        detail: str = "",
        data: tuple[str, ...] = (),
    ) -> AuditEvent:
        """Make their line of the trace; `data` says which data where neither action nor objects do."""
        return AuditEvent(
            at=at,
            actor=self.account,
            action=action,
            outcome=outcome,
            objects=objects,
            detail=detail,
            role=self.role.value,
            person=self.person,
            organisation=self.organisation,
            purpose=self.purpose.value,
            reason=self.reason,
            data=data,
            face=self.face,
            profession=self.profession,
            responsible=self.responsible,
        )

    def __repr__(self) -> str:
        """Hide the person."""
        return f"Actor({self.role.value}, {self.vault:x})"
