"""An import of patients: what is checked, what a second one puts right, and a file full of faults (F1, design §6)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from gateway.domain.account import PostalAddress, Space
from gateway.domain.address import PatientAddress
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_numbers import PatientNumbers
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.erasure import Erasure
from gateway.services.space.patients_file import COLUMNS, ImportChange, read_patients
from gateway.services.space.provisioning import PatientImportReport, Provisioning
from tests.builders.store import PATIENT_DOMAIN, StoreAt, an_ins, store_at

GOOD = {
    "ins_oid": "1.2.250.1.213.1.4.8", "birth_name": "SECRETNAME", "given_names": "Camille;Anne", "sex": "F",
    "birth_date": "1984-03-12", "email": "camille@courriel.example", "phone": "06 12 34 56 78",
    "address_1": "1 rue des Lilas", "postal_code": "35000", "city": "Rennes", "card_serial": "111;222",
}  # fmt: skip
BAD: list[tuple[dict[str, str], str]] = [
    ({"ins": "1234"}, "not an INS matricule"),
    ({"ins": "180016300000199"}, "the key of the INS is wrong"),
    ({"ins": ""}, "not an INS matricule"),
    ({"ins_oid": "1.2.3"}, "ins_oid must be one of"),
    ({"ins_oid": "1.2.250.1.213.1.4.10"}, "ins_oid is of a test or demonstration identity"),
    ({"birth_name": " "}, "birth_name and given_names must not be empty"),
    ({"given_names": ";"}, "birth_name and given_names must not be empty"),
    ({"sex": "X"}, "sex must be one of"),
    ({"birth_date": "12/03/1984"}, "not a birth date"),
    ({"birth_date": ""}, "not a birth date"),
    ({"birth_date": "1984-02-30"}, "a day that the calendar does not have"),
    ({"birth_date": "1985-02-29"}, "a day that the calendar does not have"),
    ({"birth_date": "2026-03-03"}, "birth_date is still to come"),
    ({"email": "nobody"}, "email cannot be used"),
    ({"email": "a@b@c.example"}, "email cannot be used"),
    ({"phone": "12"}, "phone cannot be used"),
    ({"phone": "01 40 00 00 00"}, "phone cannot be used"),
    ({"state": "asleep"}, "state must be one of"),
    ({"state": "erased"}, "state must not be erased"),
    ({"guardians": "12"}, "not an INS matricule"),
    ({"city": "R" * 251}, "city must be one line"),
    ({"address_1": "1 rue\x00des Lilas"}, "address_1 must be one line"),
    ({"used_name": "a\nb"}, "used_name must be one line"),
    ({"guardians": "own"}, "guardians must not name the person"),
]


@dataclass(frozen=True, slots=True)
class Site:
    at: StoreAt

    async def imported(
        self, *rows: dict[str, str], numbers: PatientNumbers = PatientNumbers.INS, erased_too: bool = False
    ) -> PatientImportReport:
        provisioning = Provisioning(self.at.store, self.at.clock, PATIENT_DOMAIN, numbers=numbers)
        return await provisioning.import_patients(read_patients(_csv(*rows)), erased_too=erased_too)

    async def only_space(self) -> Space:
        (vault,) = await self.at.store.read(lambda tx: tx.spaces.listed(VaultId(0), 2))
        return await self.at.store.read(lambda tx: tx.spaces.space(vault))


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[Site]:
    """A gateway without patients."""
    async with store_at(ram) as at:
        yield Site(at)


def _row(serial: int, **changes: str) -> dict[str, str]:
    number = an_ins(serial).value
    row = {"ins": number, **GOOD, **changes}
    return {**row, "guardians": number} if row.get("guardians") == "own" else row


def _csv(*rows: dict[str, str]) -> str:
    lines = (",".join(f'"{row.get(column, "")}"' for column in COLUMNS) for row in rows)
    return "\n".join([",".join(COLUMNS), *lines]) + "\n"


# ---------------------------------------------------------------- what is checked


async def test_contacts_are_kept_in_one_form(site: Site) -> None:
    await site.imported(_row(1, email="Camille@Courriel.Example"))
    space = await site.only_space()
    assert (space.email, space.phone) == ("camille@courriel.example", "+33612345678")


async def test_thousand_bad_rows_of_every_kind_are_named_and_the_good_ones_are_imported(site: Site) -> None:
    rows, reasons = [_row(900_000)], [""]
    while len(rows) < 1_001:
        changes, reason = BAD[len(rows) % len(BAD)]
        rows.append(_row(len(rows), **changes))
        reasons.append(reason)
    rows.append(_row(900_001))
    report = await site.imported(*rows)
    assert (report.created, len(report.faults)) == (2, 1_000)
    told = [fault.reason for fault in report.faults]
    assert [(found, wanted) for found, wanted in zip(told, reasons[1:], strict=True) if wanted not in found] == []
    assert "SECRETNAME" not in " ".join(told)
    lines = [fault.line for fault in report.faults]
    assert lines == sorted(set(lines))


# ---------------------------------------------------------------- what a second import puts right


async def test_second_import_puts_right_what_it_tells_anew(site: Site) -> None:
    await site.imported(_row(1))
    guardian = an_ins(7).value
    report = await site.imported(
        _row(
            1, email="c.moreau@courriel.example", phone="", address_1="2 rue du Port", card_serial="333",
            guardians=guardian, birth_place="35238", scheme="MSA",
        )
    )  # fmt: skip
    fields = ("email", "postal", "birth_place", "card_serials", "guardians", "scheme")
    assert report.changes == (ImportChange(2, fields),)
    space = await site.only_space()
    assert (space.email, space.phone) == ("c.moreau@courriel.example", "+33612345678")
    assert space.postal == PostalAddress(("2 rue du Port",), "35000", "Rennes")
    assert (space.card_serials, space.guardians, space.scheme) == (("333",), (guardian,), "MSA")
    line = (await site.at.store.read(lambda tx: tx.audit.events(space.vault)))[0]
    assert (line.action, line.detail) == ("space.corrected", f"import: {', '.join(fields)}")
    assert await site.at.store.read(lambda tx: len(tx.spaces.with_number(guardian))) == 1


async def test_same_file_again_changes_nothing(site: Site) -> None:
    await site.imported(_row(1))
    report = await site.imported(_row(1))
    assert (report.created, report.already_there, report.changes) == (0, 1, ())


async def test_what_a_line_leaves_empty_stays(site: Site) -> None:
    await site.imported(_row(1))
    before = await site.only_space()
    empty = dict.fromkeys(("email", "phone", "address_1", "postal_code", "city", "card_serial"), "")
    assert (await site.imported(_row(1, **empty))).already_there == 1
    assert await site.only_space() == before


async def test_contact_that_its_holder_confirmed_is_not_changed_by_a_file(site: Site) -> None:
    await site.imported(_row(1, state="active"))
    report = await site.imported(_row(1, email="thief@courriel.example", phone="0698765432", scheme="MSA"))
    assert report.changes == (ImportChange(2, ("scheme",)),)
    assert (await site.only_space()).email == "camille@courriel.example"


@pytest.mark.parametrize(
    "changes", [{"birth_name": "AUTRE"}, {"sex": "M"}, {"birth_date": "1984-03-13"}, {"given_names": "Paul"}]
)
async def test_another_person_under_a_known_number_is_named_and_changes_nothing(
    site: Site, changes: dict[str, str]
) -> None:
    await site.imported(_row(1))
    before = await site.only_space()
    report = await site.imported(_row(1, email="other@courriel.example", **changes))
    assert [fault.line for fault in report.faults] == [2]
    assert "find out which is right; nothing was changed" in report.faults[0].reason
    assert await site.only_space() == before


async def test_state_of_a_space_is_not_changed_by_a_file(site: Site) -> None:
    await site.imported(_row(1))
    assert (await site.imported(_row(1, state="open"))).already_there == 1
    assert (await site.only_space()).state is SpaceState.CREATED


async def test_two_lines_of_one_person_in_one_file_are_made_once(site: Site) -> None:
    report = await site.imported(_row(1), _row(1, scheme="MSA"), _row(1, sex="M"))
    assert (report.created, report.changes) == (1, (ImportChange(3, ("scheme",)),))
    assert [fault.line for fault in report.faults] == [4]


# ---------------------------------------------------------------- numbers of addresses


async def test_opaque_address_tells_nothing_of_the_person_who_is_found_by_their_number_all_the_same(site: Site) -> None:
    assert (await site.imported(_row(1), numbers=PatientNumbers.OPAQUE)).created == 1
    space = await site.only_space()
    assert space.identity.ins == an_ins(1)
    assert space.address.ins.value.startswith("9")
    assert PatientAddress.of(space.address.mail, PATIENT_DOMAIN) == space.address
    assert await site.at.store.read(lambda tx: tx.spaces.with_number(an_ins(1).value)) == [space]
    again = await site.imported(_row(1, scheme="MSA"), numbers=PatientNumbers.OPAQUE)
    assert (again.created, len(again.changes)) == (0, 1)
    assert (await site.only_space()).address == space.address


async def test_two_people_have_two_opaque_addresses(site: Site) -> None:
    await site.imported(_row(1), _row(2), numbers=PatientNumbers.OPAQUE)
    vaults = await site.at.store.read(lambda tx: tx.spaces.listed(VaultId(0), 9))
    spaces = [await site.at.store.read(partial(_space, vault)) for vault in vaults]
    assert len({space.address for space in spaces}) == 2


async def test_address_stays_when_the_setting_changes(site: Site) -> None:
    await site.imported(_row(1))
    assert (await site.imported(_row(1), numbers=PatientNumbers.OPAQUE)).already_there == 1
    assert (await site.only_space()).address.ins == an_ins(1)


async def test_number_of_a_representative_who_has_no_space_yet_makes_one(site: Site) -> None:
    await site.imported(_row(1, guardians=an_ins(2).value))
    assert (await site.imported(_row(2))).created == 1


def _space(vault: VaultId, tx: Tx) -> Space:
    return tx.spaces.space(vault)


@pytest.mark.parametrize("numbers", PatientNumbers)
async def test_whoever_was_erased_comes_back_by_no_file_but_at_their_own_request(
    site: Site, numbers: PatientNumbers
) -> None:
    await site.imported(_row(1), numbers=numbers)
    vault = (await site.only_space()).vault
    await Erasure(site.at.store, site.at.clock).erase(vault, "letter of 2 March", operator_of(vault))
    report = await site.imported(_row(1), _row(2), numbers=numbers)
    assert (report.created, [fault.line for fault in report.faults]) == (1, [2])
    assert "was erased on 2026-03-02" in report.faults[0].reason
    again = await site.imported(_row(1), numbers=numbers, erased_too=True)
    assert (again.created, again.faults) == (1, ())
