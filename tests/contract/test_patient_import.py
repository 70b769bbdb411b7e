"""An import of patients: what is checked, what a second one puts right, and a file full of faults (F1, design §6)."""

from asyncio import gather
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from gateway.domain.account import PostalAddress, Space
from gateway.domain.address import PatientAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.identity import ins_key
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel
from gateway.domain.patient_numbers import PatientNumbers
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.addressees import addressee_of
from gateway.services.space.erasure import Erasure
from gateway.services.space.patients_file import COLUMNS, ImportChange, ImportFault, NewPatient, read_patients
from gateway.services.space.provisioning import BATCH, CHUNK, PatientImportReport, Provisioning
from tests.builders.store import PATIENT_DOMAIN, ManualClock, StoreAt, an_ins, store_at

GOOD = {
    "ins_oid": "1.2.250.1.213.1.4.8", "birth_name": "SECRETNAME", "given_names": "Camille;Anne", "sex": "F",
    "birth_date": "1984-03-12", "email": "camille@courriel.example", "phone": "06 12 34 56 78",
    "address_1": "1 rue des Lilas", "postal_code": "35000", "city": "Rennes",
    "card_serial": "80250000116042;802 500 001 17",
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
    ({"state": "erased"}, "state must be one of created, notified"),
    ({"card_serial": "abc"}, "card_serial must be 8 to 24 digits"),
    ({"card_serial": "80250000116042;1234567"}, "card_serial must be 8 to 24 digits"),
    ({"guardians": "12"}, "not an INS matricule"),
    ({"city": "R" * 251}, "city must be one line"),
    ({"address_1": "1 rue\x00des Lilas"}, "address_1 must be one line"),
    ({"used_name": "a\nb"}, "used_name must be one line"),
    ({"guardians": "own"}, "guardians must not name the person"),
    ({"ins": "2840320123456"}, "not an INS matricule"),
    ({"ins": "284032A12345600"}, "the key of the INS is wrong"),
    ({"ins": "284032B12345600"}, "the key of the INS is wrong"),
    ({"ins": "284032C12345600"}, "not an INS matricule"),
    ({"ins": "１８０016300000199"}, "not an INS matricule"),
    ({"birth_date": "84-03-12"}, "not a birth date"),
    ({"birth_date": "12 mars 1984"}, "not a birth date"),
    ({"birth_date": "1984-13-01"}, "not a birth date"),
    ({"birth_date": "1984-00-12"}, "not a birth date"),
    ({"birth_date": "1884-02-29x"}, "not a birth date"),
    ({"birth_date": "1900-02-29"}, "a day that the calendar does not have"),
    ({"birth_date": "1849-12-31"}, "not a birth date"),
    ({"birth_date": "3012-01-01"}, "not a birth date"),
    ({"email": "a b@c.example"}, "email cannot be used"),
    ({"email": "a@localhost"}, "email cannot be used"),
    ({"email": "a@c.example, b@c.example"}, "email cannot be used"),
    ({"email": "Camille <a@c.example>"}, "email cannot be used"),
    ({"phone": "0612345678 / 0687654321"}, "phone cannot be used"),
    ({"phone": "+33 1 40 00 00 00"}, "phone cannot be used"),
    ({"phone": "06 12 34 56 7O"}, "phone cannot be used"),
]
RAW: list[tuple[str, str]] = [
    ('{ins},"1.2.250', "a quotation mark is opened and not closed"),
    ('{ins},"1.2"x,SECRETNAME', "not CSV"),
    ("{ins},1.2.250.1.213.1.4.8,SECRETNAME", "too few fields"),
    ("{ins}" + "," * 40, "too many fields"),
    (",".join(COLUMNS), "the columns are named again"),
    ("{ins}," + "x" * 70_000, "the line is longer than"),
]
"""Lines that are no rows of the right width, and what is said of them."""


@dataclass(frozen=True, slots=True)
class Site:
    at: StoreAt

    async def imported(
        self, *rows: dict[str, str], numbers: PatientNumbers = PatientNumbers.INS, erased_too: bool = False
    ) -> PatientImportReport:
        provisioning = Provisioning(self.at.store, self.at.clock, PATIENT_DOMAIN, numbers=numbers)
        lines = read_patients(StringIO(_csv(*rows), newline=""))
        return await provisioning.import_patients(lines, erased_too=erased_too)

    async def imported_from(self, text: str) -> PatientImportReport:
        provisioning = Provisioning(self.at.store, self.at.clock, PATIENT_DOMAIN)
        return await provisioning.import_patients(read_patients(StringIO(text, newline="")))

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


async def test_thousand_bad_rows_of_each_kind_are_named_and_the_good_ones_are_imported(site: Site) -> None:
    rows = (_row(serial, **changes) for serial in range(1, 1_001) for changes, _ in BAD)
    report = await site.imported(_row(900_000), *rows, _row(900_001))
    assert (report.created, len(report.faults)) == (2, 1_000 * len(BAD))
    # One of them holds a line end, and takes two lines.
    reasons = (reason for _ in range(1_000) for _, reason in BAD)
    wrong = {(fault.reason, reason) for fault, reason in zip(report.faults, reasons, strict=True)}
    assert {(found, wanted) for found, wanted in wrong if wanted not in found} == set()
    assert "SECRETNAME" not in "".join({fault.reason for fault in report.faults})
    lines = [fault.line for fault in report.faults]
    assert lines == sorted(set(lines))


async def test_lines_that_are_no_rows_cost_themselves_alone(site: Site) -> None:
    good = [_csv(_row(serial)).splitlines()[1] for serial in range(len(RAW) + 1)]
    bad = [text.format(ins=an_ins(serial).value) for serial, (text, _) in enumerate(RAW)]
    lines = [",".join(COLUMNS), *(line for pair in zip(good, bad, strict=False) for line in pair), good[-1]]
    report = await site.imported_from("\n".join([*lines, "", "," * 19, ""]))
    assert report.created == len(good)
    told = {fault.line: fault.reason for fault in report.faults}
    assert list(told) == [3 + 2 * at for at in range(len(RAW))]
    for reason, (_, wanted) in zip(told.values(), RAW, strict=True):
        assert wanted in reason


async def test_fault_is_named_by_the_line_on_which_its_row_begins(site: Site) -> None:
    report = await site.imported(_row(1, used_name="a\nb"), _row(2, sex="X"))
    assert [fault.line for fault in report.faults] == [2, 4]


async def test_mark_of_utf8_before_the_first_column_is_no_part_of_its_name(site: Site) -> None:
    assert (await site.imported_from("\ufeff" + _csv(_row(1)))).created == 1


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("", "there is none"),
        ("ins;ins_oid;birth_name", "here they are by semicolons"),
        ("ins\tins_oid\tbirth_name", "here they are by tabs"),
        ("ins,birth_name", "missing: ins_oid"),
        (",".join((*COLUMNS, "email")), "names a column twice: email"),
        ('"ins', "a quotation mark is opened"),
    ],
)
async def test_first_line_that_does_not_name_the_columns_ends_the_import(site: Site, first: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        await site.imported_from(first)


@pytest.mark.parametrize(
    "changes",
    [
        {"email": " camille@courriel.example "}, {"email": "camille@hôpital.example"}, {"phone": "0033 6 12 34 56 78"},
        {"phone": "+33 (0)6.12.34.56.78"}, {"phone": "+32 470 12 34 56"}, {"birth_date": "19840312"},
        {"birth_date": "1984-03"}, {"birth_date": "1984"}, {"birth_date": "1984-02-29"}, {"sex": "u"},
        {"guardians": an_ins(77).value},
    ],
)  # fmt: skip
async def test_forms_that_people_write_are_taken(site: Site, changes: dict[str, str]) -> None:
    report = await site.imported(_row(1, **changes))
    assert (report.created, report.faults) == (1, ())


@pytest.mark.parametrize("department", ["2A", "2a", "2B"])
async def test_matricule_of_corsica_is_taken_in_capital_or_small_letters(site: Site, department: str) -> None:
    number = f"28403{department}123456"
    report = await site.imported(_row(1, ins=f"{number}{ins_key(number):02}"))
    assert (report.created, report.faults) == (1, ())


async def test_number_with_the_key_of_another_is_told_and_so_is_whoever_has_its_sibling(site: Site) -> None:
    report = await site.imported(_row(1, ins=an_ins(1).value[:13] + an_ins(2).value[13:]), _row(2))
    assert (report.created, [fault.line for fault in report.faults]) == (1, [2])


async def test_grown_up_with_a_representative_is_told_themselves(site: Site) -> None:
    await site.imported(_row(1, guardians=an_ins(2).value), _row(2, email="guardian@courriel.example"))
    (found,) = [
        space
        for space in await site.at.store.read(lambda tx: tx.spaces.with_number(an_ins(1).value))
        if space.identity.ins == an_ins(1)
    ]
    addressee = await site.at.store.read(lambda tx: addressee_of(tx, found.vault, site.at.clock.now()))
    assert addressee.reached(None) == (Channel.EMAIL, "camille@courriel.example")
    assert not addressee.is_representative


async def test_lines_of_a_file_are_read_as_they_are_needed(site: Site) -> None:
    read: list[int] = []
    numbers: list[int] = []

    def lines() -> Iterator[NewPatient | ImportFault]:
        for line in read_patients(StringIO(_csv(*(_row(serial) for serial in range(BATCH + 40))), newline="")):
            read.append(line.line)
            yield line

    class Watched(ManualClock):
        def now(self) -> datetime:
            numbers.append(len(read))
            return super().now()

    provisioning = Provisioning(site.at.store, Watched(), PATIENT_DOMAIN)
    assert (await provisioning.import_patients(lines())).created == BATCH + 40
    # Asked for the day first, and once for each transaction.
    assert numbers == [0, *[BATCH] * (BATCH // CHUNK), *[BATCH + 40] * 2]


# ---------------------------------------------------------------- two imports at once


async def test_two_imports_at_once_make_nobody_twice(ram: Path, postgres_url: str) -> None:
    rows = [_row(serial) for serial in range(1, 61)]
    async with store_at(ram, server=postgres_url) as one, store_at(ram, server=postgres_url) as other:
        reports = await gather(
            *(Site(at).imported(*rows, numbers=PatientNumbers.OPAQUE) for at in (one, other, one, other))
        )
        assert sum(report.created for report in reports) == len(rows)
        assert [report.faults for report in reports] == [()] * 4
        listed = await one.store.read(lambda tx: tx.spaces.listed(VaultId(0), 1_000))
        spaces = [await one.store.read(partial(_space, vault)) for vault in listed]
    assert Counter(space.identity.ins.value for space in spaces) == Counter(row["ins"] for row in rows)


# ---------------------------------------------------------------- what a second import puts right


async def test_second_import_puts_right_what_it_tells_anew(site: Site) -> None:
    await site.imported(_row(1))
    guardian = an_ins(7).value
    report = await site.imported(
        _row(
            1, email="c.moreau@courriel.example", phone="", address_1="2 rue du Port", card_serial="80250000118",
            guardians=guardian, birth_place="35238", scheme="MSA",
        )
    )  # fmt: skip
    fields = ("email", "postal", "birth_place", "card_serials", "guardians", "scheme")
    assert report.changes == (ImportChange(2, fields),)
    space = await site.only_space()
    assert (space.email, space.phone) == ("c.moreau@courriel.example", "+33612345678")
    assert space.postal == PostalAddress(("2 rue du Port",), "35000", "Rennes")
    assert (space.card_serials, space.guardians, space.scheme) == (("80250000118",), (guardian,), "MSA")
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
    assert report.changes == (ImportChange(2, ("scheme",), ("email", "phone")),)
    report = await site.imported(_row(1, email="thief@courriel.example"))
    assert (report.already_there, report.changes) == (1, (ImportChange(2, (), ("email",)),))
    assert (await site.only_space()).email == "camille@courriel.example"


async def test_contact_of_a_space_that_its_holder_has_closed_is_not_changed_by_a_file(site: Site) -> None:
    await site.imported(_row(1, state="closed"))
    space = await site.only_space()
    await site.at.store.write(lambda tx: tx.spaces.save(replace(space, identifier="camille")))
    report = await site.imported(_row(1, email="thief@courriel.example"))
    assert report.changes == (ImportChange(2, (), ("email",)),)
    assert await site.only_space() == replace(space, identifier="camille")


@pytest.mark.parametrize("state", ["suspended", "closed", "deceased"])
async def test_space_that_comes_in_a_state_that_ends_has_the_day_of_the_import(site: Site, state: str) -> None:
    await site.imported(_row(1, state=state))
    assert (await site.only_space()).changed_on == local_day(site.at.clock.now())


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


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({}, ""),
        ({"address_1": "1 rue", "postal_code": "75001", "city": "Paris"}, ""),
        ({"address_1": "1 rue"}, "has no postal_code and city: no letter is made for this person"),
        ({"city": "Paris", "postal_code": "75001"}, "has no address_1: no letter is made for this person"),
        ({"address_1": "1 rue", "city": "Paris"}, "has no postal_code: its letters may not arrive"),
    ],
)
async def test_incomplete_postal_address_is_told_and_its_line_is_taken_up(
    site: Site, columns: dict[str, str], reason: str
) -> None:
    empty = dict.fromkeys(("address_1", "address_2", "postal_code", "city", "country"), "")
    for created in (1, 0):
        report = await site.imported(_row(1, **(empty | columns)))
        assert (report.created, report.faults) == (created, ())
        told = [doubt.reason.removeprefix("the postal address ") for doubt in report.doubts]
        assert told == ([reason] if reason else [])


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


@pytest.mark.parametrize("numbers", list(PatientNumbers))
@pytest.mark.parametrize("table", ["space", "vault_head"])
async def test_damaged_space_costs_its_own_line_only_and_is_said(
    site: Site, table: str, numbers: PatientNumbers
) -> None:
    await site.imported(_row(1, guardians=an_ins(2).value), _row(2), numbers=numbers)
    (broken,) = await site.at.store.read(lambda tx: tx.spaces.with_number(an_ins(1).value))
    site.at.behind_its_back(f"UPDATE {table} SET record = ? WHERE vault = ?", b"broken", broken.vault)
    # The line of a representative goes on, although the damaged space may be that of their child.
    report = await site.imported(_row(1), _row(2), _row(3), numbers=numbers)
    assert (report.created, report.already_there) == (1, 1)
    (fault,) = report.faults
    assert (fault.line, fault.reason[:46]) == (2, "a space that this INS leads to is damaged: see")
