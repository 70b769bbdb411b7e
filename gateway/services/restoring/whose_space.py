"""Which space an archive goes into: that of the person it names, if an operator vouches for it; else the one named.

A trusted archive of somebody who has no space here makes one, as an import does: its holder is told and activates it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from gateway.domain.account import PostalAddress, Space
from gateway.domain.errors import ArchiveRefused, Conflict, InvalidValue, MalformedContent
from gateway.domain.identity import BirthDate, Ins, PatientIdentity, Sex, Traits, folded_name
from gateway.domain.space import SpaceState
from gateway.domain.withholdings import DELAYS
from gateway.ports.store import Store, Tx
from gateway.services.restoring.archive_opening import OpenedArchive
from gateway.services.restoring.archive_trust import ArchiveTrust, SignedBy
from gateway.services.restoring.restored_content import TAKES, decoded_sheet
from gateway.services.space.operator_acts import found
from gateway.services.space.patients_file import NewPatient
from gateway.services.space.provisioning import Provisioning

PERSON = "profil/espace.json"


class _Postal(msgspec.Struct, frozen=True):
    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""


class _Person(msgspec.Struct, frozen=True):
    ins: str
    ins_oid: str
    birth_name: str
    given_names: tuple[str, ...]
    used_name: str
    sex: Sex
    birth_date: str
    birth_place: str = ""
    birth_country: str = ""
    email: str = ""
    phone: str = ""
    postal: _Postal = _Postal()
    muted: tuple[str, ...] = ()
    hides_documents: bool = False
    hides_care: bool = False
    delays: dict[str, int] = {}
    guardians: tuple[str, ...] = ()
    scheme: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Destination:
    """The space that an archive goes into; `is_new` when it was made for it."""

    space: Space
    is_new: bool


async def destination_of(
    archive: OpenedArchive,
    signed: SignedBy,
    into: str | None,
    store: Store,
    provisioning: Provisioning,
    *,
    erased_too: bool,
) -> Destination:
    """Find the space, or make it.

    Raises:
        ArchiveRefused: the archive is somebody else's, or no operator vouches for it and no space is named.
        NotFound: no space is as it was named.
        Conflict: the space is closed, or may not be made; the text says why.
    """
    is_trusted = signed.trust is ArchiveTrust.OPERATOR
    if into is None and not is_trusted:
        raise ArchiveRefused(_WHY[signed.trust].format(signed=signed))
    said = await store.aside(lambda: _person(archive))
    number = said.ins if said else signed.ins
    if is_trusted and (said is None or said.ins != signed.ins):
        raise MalformedContent("the archive does not say whose it is: it is none that Pli made")
    space = await store.read(lambda tx: _named(tx, into) if into else _of(tx, number))
    if space is None and said is not None:
        await _make(said, provisioning, erased_too=erased_too)
        return Destination(await store.write(lambda tx: _chosen(tx, said)), is_new=True)
    if space is None or (number and number not in _numbers(space)) or (said and not _agrees(said, space)):
        raise ArchiveRefused("the archive is of somebody else than the space: nothing was taken from it")
    if space.state not in TAKES:
        raise Conflict(f"the space is {space.state.value}: nothing is put into it")
    if is_trusted and said is not None and space.state is SpaceState.CREATED:
        # A run that was killed right after it made the space, perhaps; its holder has chosen nothing yet.
        space = await store.write(lambda tx: _chosen(tx, said))
    return Destination(space, is_new=False)


_HOW = (
    " Nothing was taken from it. To take it all the same, as « importé, identité non vérifiée »,"
    " name the space: --into PATIENT"
)
_WHY = {
    ArchiveTrust.UNSIGNED: "the archive is not signed." + _HOW,
    ArchiveTrust.UNKNOWN_KEY: (
        "the archive is signed by a key that is not trusted here ({signed.fingerprint}). If it is that of "
        "{signed.operator}, as they tell you themselves, add it to spaces.trusted_archives." + _HOW
    ),
    ArchiveTrust.ALTERED: (
        "the archive was altered after it was signed: {signed.differing} of its files are not as they were, "
        "or its signature is of another key." + _HOW
    ),
}


def _named(tx: Tx, who: str) -> Space:
    return tx.spaces.space(found(tx, who))


def _of(tx: Tx, number: str) -> Space | None:
    return next((space for space in tx.spaces.with_number(number) if number in _numbers(space)), None)


def _numbers(space: Space) -> Sequence[str]:
    return (space.identity.ins.value, *(number for _, number in space.identity.earlier))


def _agrees(said: _Person, space: Space) -> bool:
    """Say whether the person is the same: a number that was mistyped once is no proof."""
    traits = space.identity.traits
    same = folded_name(said.birth_name) == folded_name(traits.birth_name)
    return same and said.birth_date == str(traits.birth_date)


async def _make(said: _Person, provisioning: Provisioning, *, erased_too: bool) -> None:
    report = await provisioning.import_patients([_line(said)], erased_too=erased_too)
    if report.faults:
        raise Conflict(f"no space can be made for the person of the archive: {report.faults[0].reason}")


def _chosen(tx: Tx, said: _Person) -> Space:
    """Take over what its holder chose elsewhere."""
    space = _of(tx, said.ins)
    if space is None:
        raise Conflict("the space that was made is gone: somebody erased it meanwhile")
    chosen = replace(
        space, muted=said.muted, hides_documents=said.hides_documents, hides_care=said.hides_care,
        delays=tuple(sorted((kind, days) for kind, days in said.delays.items() if days in DELAYS)),
    )  # fmt: skip
    if chosen != space:
        tx.spaces.save(chosen)
    return chosen


def _line(said: _Person) -> NewPatient:
    try:
        born = BirthDate.parse(said.birth_date) if said.birth_date != str(None) else None
        number = Ins.parse(said.ins)
    except InvalidValue as error:
        raise MalformedContent(f"the person of the archive cannot be read: {error}") from error
    postal = said.postal
    return NewPatient(
        line=0,
        identity=PatientIdentity(
            number,
            said.ins_oid,
            Traits(
                birth_name=said.birth_name,
                given_names=said.given_names,
                sex=said.sex,
                birth_date=born,
                used_name=said.used_name,
            ),
        ),
        state=SpaceState.CREATED,
        email=said.email,
        phone=said.phone,
        postal=PostalAddress(postal.lines, postal.postal_code, postal.city, postal.country),
        birth_place=said.birth_place,
        birth_country=said.birth_country,
        guardians=said.guardians,
        scheme=said.scheme,
    )


def _person(archive: OpenedArchive) -> _Person | None:
    return decoded_sheet(archive.read(PERSON), _Person, "the person") if PERSON in archive else None
