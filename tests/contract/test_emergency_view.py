"""What one reads first in an emergency: by the same rules as anything else of the record (F81, A5, F54)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.patient_choices import EmergencyConsent, PatientChoices
from gateway.domain.record_openings import OpenedBy
from gateway.services.synthesis.emergency_view import EmergencyViews
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.record_readers import reader_at
from tests.builders.store import a_number
from tests.builders.web_results import measured


async def directives(site: PatientSite) -> FiledDocument:
    """File advance directives."""
    some = await site.file([measured("Examen", "2823-3", "1.00", "g/L", ("0.70", "1.10"))])
    number = f"1.2.250.1.999.{a_number()}"
    return await site.file([], entry=replace(some.entry, category=DocumentCategory.DIRECTIVES, unique_id=number))


@pytest.mark.parametrize("shows_hidden", [False, True])
async def test_directives_that_are_hidden_are_told_by_the_third_consent_alone(ram: Path, shows_hidden: bool) -> None:
    async with patient_site(ram) as site:
        reader = await reader_at(site.at, address=str(CLAIRE.address))
        shown, hidden = await directives(site), await directives(site)
        vault, consents = site.camille.vault, {EmergencyConsent.BREAK_GLASS}
        if shows_hidden:
            consents.add(EmergencyConsent.HIDDEN_TOO)
        await site.at.store.write(lambda tx: tx.documents.withhold(vault, hidden.id, Audience.PROFESSIONALS))
        chosen = PatientChoices(emergency=frozenset(consents))
        await site.at.store.write(lambda tx: tx.patient_choices.put(vault, chosen))
        await reader.open(site.camille, OpenedBy.BREAK_GLASS, reason="malaise", lasts=timedelta(hours=1))
        view = await EmergencyViews(site.at.store, site.at.clock).read(reader.in_space(site.camille))
        told = {shown.id, hidden.id} if shows_hidden else {shown.id}
        assert {one.id for one in view.directives} == told
        line = (await site.at.store.read(lambda tx: tx.audit.events(vault)))[0]
        assert line.action == "emergency-view.read"
        assert {name for name in line.objects if name.startswith("document:")} == {f"document:{one:x}" for one in told}
