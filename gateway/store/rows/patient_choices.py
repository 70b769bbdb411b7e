"""A patient's choices about who may see their space: one coded row a space, and contacts that decide nothing.

A row that was bent, or that its head lists and that is gone, is no absent choice: nobody can say then who is blocked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from gateway.domain.care_contact import CareContact, ContactWay
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import (
    NO_CHOICES,
    EmergencyConsent,
    PartyChoice,
    PartyStanding,
    PatientChoices,
)
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import PATIENT_CHOICE as CODED
from gateway.store.seal.patient_choice_records import (
    CARE_CONTACT,
    PATIENT_CHOICES,
    CareContactRecord,
    PartyChoiceRecord,
    PatientChoicesRecord,
)
from gateway.store.seal.sealer import Sealer, object_of

_C, _K = schema.patient_choice, schema.care_contact
_vault = parameter("vault")
_RECORD = CODED.columns.index("record")
_GET = select(*CODED.selected_with_head()).where(_C.c.vault == _vault)
_new = insert(_C)
_PUT = _new.on_conflict_do_update(
    index_elements=[_C.c.vault], set_={name: _new.excluded[name] for name in ("record", "version", "code")}
)
_NOTE = insert(_K).on_conflict_do_nothing()
_CONTACTS = select(_K.c.party, _K.c.record).where(_K.c.vault == _vault).limit(parameter("count"))
_OBJECT = 0


class PatientChoiceTable:
    """Implements `gateway.ports.patient_choices.PatientChoiceRows`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def get(self, vault: VaultId) -> PatientChoices:
        """Give what was chosen; raise rather than forget a block."""
        row = self._runner.row(_GET, vault=vault)
        if row is None:
            if self._coded.knows(CODED, vault, None) and self._coded.head(vault).is_known:
                self._coded.alarm(_C.name, vault)
                raise SealBroken("the choices of a space were taken away")
            return NO_CHOICES
        if not self._coded.holds_with_head(CODED, row):
            raise SealBroken("the choices of a space were bent")
        with self._sealer.telling(vault, "choices", _OBJECT):
            return _choices_of(PATIENT_CHOICES.open(self._sealer, vault, _OBJECT, row[_RECORD]))

    def put(self, vault: VaultId, choices: PatientChoices) -> None:
        """Keep what is chosen now."""
        sealed = PATIENT_CHOICES.seal(self._sealer, vault, _OBJECT, _record_of(choices))
        self._runner.run(_PUT, **self._coded.stamped(CODED, {"vault": vault, "record": sealed}))

    def note_contact(self, vault: VaultId, contact: CareContact) -> None:
        """Remember somebody once."""
        digest = self._sealer.digest("care contact", vault.to_bytes(8, "big"), contact.main_name.encode())[:16]
        record = CareContactRecord(
            names=tuple(sorted(contact.names)),
            label=contact.label,
            since=contact.since.isoformat(),
            detail=contact.detail,
            way=contact.way.value,
        )
        sealed = CARE_CONTACT.seal(self._sealer, vault, object_of(digest), record)
        self._runner.run(_NOTE, vault=vault, party=digest, record=sealed)

    def contacts(self, vault: VaultId, limit: int) -> Sequence[CareContact]:
        """List those who were remembered."""
        found = []
        for digest, sealed in self._runner.rows(_CONTACTS, vault=vault, count=limit):
            try:
                kept = CARE_CONTACT.open(self._sealer, vault, object_of(digest), sealed)
            except SealBroken:
                self._sealer.tell_damage(vault, "contact", object_of(digest))
                continue
            found.append(
                CareContact(
                    names=frozenset(kept.names),
                    label=kept.label,
                    detail=kept.detail,
                    since=datetime.fromisoformat(kept.since),
                    way=ContactWay.stored(kept.way),
                )
            )
        return found


def _record_of(choices: PatientChoices) -> PatientChoicesRecord:
    return PatientChoicesRecord(
        parties=tuple(
            PartyChoiceRecord(
                number=one.number,
                names=tuple(sorted(one.names)),
                label=one.label,
                detail=one.detail,
                standing=one.standing.value,
                since=one.since.isoformat() if one.since else "",
                shown=tuple(sorted(one.shown)),
                hidden=tuple(sorted(one.hidden)),
                administers=one.administers.isoformat() if one.administers else "",
            )
            for one in choices.parties
        ),
        emergency=tuple(sorted(one.value for one in choices.emergency)),
    )


def _choices_of(record: PatientChoicesRecord) -> PatientChoices:
    known = {one.value: one for one in EmergencyConsent}
    return PatientChoices(
        parties=tuple(
            PartyChoice(
                number=one.number,
                names=frozenset(one.names),
                label=one.label,
                detail=one.detail,
                standing=PartyStanding.stored(one.standing),
                since=datetime.fromisoformat(one.since) if one.since else None,
                shown=frozenset(one.shown),
                hidden=frozenset(one.hidden),
                administers=datetime.fromisoformat(one.administers) if one.administers else None,
            )
            for one in record.parties
        ),
        emergency=frozenset(known[one] for one in record.emergency if one in known),
    )
