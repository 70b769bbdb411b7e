"""``pli incident``: who was reached, a letter to each, the entry of the register (E86)."""

import asyncio
from dataclasses import replace

from pypdf import PdfReader

from gateway.config import load_settings
from gateway.core import core
from gateway.domain.access import Actor, PurposeOfUse, Role
from gateway.domain.address import MailAddress
from gateway.domain.record_openings import CodeLife, OpenedBy, OpenFor
from gateway.domain.space import SpaceState
from gateway.services.access.actors import holder_of
from gateway.services.openings.access_codes import AccessCodes
from gateway.services.openings.record_openings import AskedOpening, OpenRecord, RecordOpenings
from tests.builders.command_line import CLAIRE, OPEN, Gateway
from tests.builders.store import move_space


async def _opened(gateway: Gateway) -> None:
    """Have Claire open a record by a code of its patient."""
    async with core(load_settings(gateway.config)) as it:
        claire, patient = await it.store.read(
            lambda tx: (tx.spaces.resolve(MailAddress.parse(CLAIRE)), tx.spaces.with_number(OPEN)[0])
        )
        assert claire is not None
        await it.store.write(lambda tx: move_space(tx, patient.vault, SpaceState.ACTIVE))
        made = await AccessCodes(it.store, it.clock).make(holder_of(patient, "web"), CodeLife.HOUR, OpenFor.HOUR)
        me = Actor(
            account=CLAIRE, role=Role.PROFESSIONAL, vault=claire[0], home=claire[0], purpose=PurposeOfUse.TREATMENT,
            person="Dr Claire Martin", identifiers=frozenset({f"mail:{CLAIRE}"}),
        )  # fmt: skip
        asked = AskedOpening(how=OpenedBy.CODE, code=made.digits)
        openings = RecordOpenings(it.store, it.clock)
        assert isinstance(await openings.open(replace(me, vault=patient.vault), asked), OpenRecord)


def test_incident_lists_persons_and_writes_letters_and_the_register(gateway: Gateway) -> None:
    asyncio.run(_opened(gateway))
    folder = gateway.config.parent / "incident"
    done = gateway.run("incident", CLAIRE, "2020-01-01", "2100-01-01", "--letters", str(folder), "--json")
    assert done.code == 0
    (person,) = done.data["persons"]
    assert (person["address"], person["lines"]) == (f"{OPEN}@patient.mssante.fr", 2)
    letter = PdfReader(folder / f"lettre-{person['space']}.pdf").pages[0].extract_text()
    assert "sans droit" in letter
    assert "Personnes concernées" in PdfReader(folder / "registre.pdf").pages[0].extract_text()
    assert gateway.run("incident", CLAIRE, "2020-01-01", "2020-01-02", "--json").data["persons"] == []
    assert gateway.run("incident", "personne@medecin.mssante.fr", "2020-01-01", "2020-01-02").code != 0
