"""The history of care that a payer feeds with its certificate (F46, F47), over HTTPS; what is refused, and erased."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from gateway.domain.care_history import CareAct, CareKind, first_day
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import OPERATOR
from gateway.domain.space import SpaceState
from tests.builders.care_feeds import bundle, dispensing, explanation
from tests.builders.depositor import PAYER, DepositAnswer, Depositor
from tests.builders.gateway_mail import LILAS
from tests.builders.gateway_site import GatewaySite, Patient, invented_patient

pytestmark = pytest.mark.xdist_group("gateway")
NONE = {"new": 0, "changed": 0, "same": 0, "withdrawn": 0, "outdated": 0}


def feed(site: GatewaySite, patient: Patient, data: bytes, by: str = PAYER, **fields: str) -> DepositAnswer:
    payer = Depositor.of(site.ports["deposit"], site.world.authority, site.world.senders[by])
    return payer.ask("POST", f"/patients/{patient.address}/care-history", data, fields)


def kept(site: GatewaySite, patient: Patient) -> list[CareAct]:
    vault, since = site.vault(patient.address), first_day(local_day(site.observer.core.clock.now()))
    return list(site.observer.read(lambda tx: tx.care_acts.listed(vault, since, 100)))


def counted(**said: int) -> Mapping[str, int]:
    return NONE | said


def test_payer_tells_of_care_once_and_again_and_takes_it_back(site: GatewaySite, patient: Patient) -> None:
    one, two = explanation("1", "2026-11-02"), dispensing("2", "2026-11-03")
    first = feed(site, patient, bundle(patient.identity, one, two))
    assert (first.status, first.json) == (200, counted(new=2))
    handed_out, visit = kept(site, patient)
    assert (handed_out.kind, visit.kind) == (CareKind.DISPENSING, CareKind.VISIT)
    assert (visit.told_by, visit.source) == ("Assurance santé de l’Ouest", None)
    again = feed(site, patient, bundle(patient.identity, one, two, dispensing("3")))
    assert again.json == counted(new=1, same=2)
    corrected = explanation("1", "2026-11-01", facility={"display": "Cabinet des Roses"})
    other = feed(site, patient, bundle(patient.identity, corrected, explanation("2", status="entered-in-error")))
    assert other.json == counted(changed=1, withdrawn=1)
    assert [act.place for act in kept(site, patient)] == ["Pharmacie des Tilleuls", "Cabinet des Roses"]
    vault = site.vault(patient.address)
    events = site.observer.read(lambda tx: tx.audit.events(vault))
    told = [(event.actor, event.detail) for event in events if event.action == "care.told"]
    assert told == [(PAYER, "1 changed, 1 withdrawn"), (PAYER, "1 new, 2 same"), (PAYER, "2 new")]


def test_act_of_24_months_counts_and_one_a_day_older_leaves(site: GatewaySite, patient: Patient) -> None:
    oldest = first_day(local_day(site.observer.core.clock.now()))
    days = [oldest, oldest - timedelta(days=1)]
    told = [explanation(str(number), day.isoformat()) for number, day in enumerate(days)]
    # A stay counts by its last day, and not by one that is still to come.
    for number, until in (("stay", oldest), ("long", oldest + timedelta(days=9_000))):
        span = {"start": (oldest - timedelta(days=9)).isoformat(), "end": until.isoformat()}
        told.append(explanation(number, billablePeriod=span))
    answer = feed(site, patient, bundle(patient.identity, *told))
    assert answer.json == counted(new=3, outdated=1)
    long, *others = kept(site, patient)
    assert long.last_day == local_day(site.observer.core.clock.now())
    assert [(act.day, act.last_day) for act in others if act.until is None] == [(oldest, oldest)]
    assert [(act.day, act.last_day) for act in others if act.until] == [(oldest - timedelta(days=9), oldest)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birthDate": "1951-11-16"}, "904"),
        ({"identifier": [{"system": "urn:oid:1.2.3", "value": "1"}]}, "903"),
        ({"gender": "unknown"}, "905"),
    ],
)
def test_feed_about_somebody_else_is_refused_whole(
    site: GatewaySite, patient: Patient, changes: dict[str, object], code: str
) -> None:
    answer = feed(site, patient, bundle(patient.identity, explanation(), **changes))
    assert (answer.status, answer.code) == (422, code)
    assert kept(site, patient) == []
    refusal = site.observer.read(lambda tx: tx.audit.events(OPERATOR))[0]
    assert (refusal.action, refusal.outcome) == ("deposit.refused", code)


def test_bad_feeds_are_refused_with_what_to_do_and_keep_nothing(site: GatewaySite, patient: Patient) -> None:
    good = bundle(patient.identity, explanation())
    assert (feed(site, patient, good, LILAS).status, feed(site, patient, good, LILAS).code) == (403, "not-a-payer")
    bad = bundle(patient.identity, explanation(), explanation("2", "2031-01-01"))
    answer = feed(site, patient, bad)
    assert (answer.status, answer.code) == (422, "feed")
    assert "entry[2]: the day of care is not over yet" in answer.json["issue"][0]["diagnostics"]
    born = bundle(patient.identity, explanation(day="1976-07-13"))
    assert (feed(site, patient, born).status, feed(site, patient, born).code) == (422, "before-birth")
    assert feed(site, patient, good, **{"Content-Encoding": "gzip"}).status == 415
    assert feed(site, patient, b"{" + b" " * 1_000_000).status == 413
    assert feed(site, invented_patient(), good).status == 404
    for state in (SpaceState.CLOSED, SpaceState.CREATED):  # a piece may be given ahead of a space, a history may not
        assert feed(site, site.new_patient(state), good).status == 404
    nobody = Depositor(site.ports["deposit"], site.world.authority, None)
    assert nobody.ask("POST", f"/patients/{patient.address}/care-history", good, {}).status == 403
    assert kept(site, patient) == []
