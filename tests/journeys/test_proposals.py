"""What documents bring for the profile, from the sender's certificate to the record (F48): proposals, acts of care."""

from dataclasses import replace

import pytest

from gateway.domain.care_history import CareAct, CareKind, first_day
from gateway.domain.local_days import local_day
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection
from gateway.services.access.actors import holder_of
from gateway.services.profile.care_reading import CareReading
from gateway.services.profile.profile_reading import ProfileReading
from tests.builders.brought import a_summary, allergy, coded_section, handed_out
from tests.builders.depositor import Depositor
from tests.builders.gateway_mail import LILAS, a_report_on
from tests.builders.gateway_site import GatewaySite, Patient, invented_patient

pytestmark = pytest.mark.xdist_group("gateway")


def deposit(site: GatewaySite, patient: Patient, data: bytes) -> int:
    by = Depositor.of(site.ports["deposit"], site.world.authority, site.world.senders[LILAS])
    return by.post(patient.address, data, "text/xml").status


def proposed(site: GatewaySite, patient: Patient) -> list[ProfileEntry]:
    """Read what their page proposes."""
    it, vault = site.observer.core, site.vault(patient.address)
    holder = holder_of(site.observer.read(lambda tx: tx.spaces.space(vault)), "web")

    async def look() -> list[ProfileEntry]:
        return list((await ProfileReading(it.store, it.clock).section(holder, ProfileSection.ALLERGIES)).proposed)

    return site.observer.run(look())


def told(site: GatewaySite, patient: Patient) -> list[CareAct]:
    """Read what their history tells."""
    it, vault = site.observer.core, site.vault(patient.address)
    holder = holder_of(site.observer.read(lambda tx: tx.spaces.space(vault)), "web")

    async def look() -> list[CareAct]:
        return list((await CareReading(it.store, it.clock).history(holder)).acts)

    return site.observer.run(look())


def test_summary_proposes_until_a_later_version_replaces_it(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(patient, results=(), type_code="SYNTH")
    assert deposit(site, patient, a_summary(report, coded_section("48765-2", allergy("Latex")))) == 201
    assert deposit(site, patient, a_summary(report, coded_section("48765-2", allergy("Latex")))) == 200
    (one,) = proposed(site, patient)
    assert (one.state, one.fields["nom"]) == (EntryState.PROPOSED, "Latex")
    later = replace(report, unique_id=f"{report.unique_id}.1", version=2, replaces=report.unique_id)
    assert deposit(site, patient, a_summary(later, coded_section("48765-2", allergy("Pollen")))) == 201
    assert [entry.fields["nom"] for entry in proposed(site, patient)] == ["Pollen"]


def test_document_of_somebody_else_proposes_nothing(site: GatewaySite, patient: Patient) -> None:
    report = a_report_on(invented_patient(), results=(), type_code="SYNTH")
    assert deposit(site, patient, a_summary(report)) == 422
    assert proposed(site, patient) == []


def test_what_a_pharmacy_handed_out_is_in_the_history_and_goes_with_its_document(
    site: GatewaySite, patient: Patient
) -> None:
    day = local_day(site.observer.core.clock.now())
    report = a_report_on(patient, results=(), type_code="60593-1", effective_time=f"{day:%Y%m%d}080000+0100")
    section = coded_section("60590-7", handed_out(), handed_out("Amoxicilline 500 mg", "1"))
    assert deposit(site, patient, a_summary(report, section)) == 201
    (act,) = told(site, patient)
    assert (act.kind, act.day) == (CareKind.DISPENSING, day)
    assert [(line.label, line.quantity) for line in act.lines] == [
        ("Paracétamol 500 mg", "2"), ("Amoxicilline 500 mg", "1"),
    ]  # fmt: skip
    (document,) = site.documents(patient)
    assert act.source == document.id
    vault = site.vault(patient.address)
    later = replace(report, unique_id=f"{report.unique_id}.1", version=2, replaces=report.unique_id)
    assert deposit(site, patient, a_summary(later, coded_section("60590-7", handed_out("Autre")))) == 201
    assert [line.label for found in told(site, patient) for line in found.lines] == ["Autre"]
    assert len(site.observer.read(lambda tx: tx.care_acts.listed(vault, first_day(day), 9))) == 2
