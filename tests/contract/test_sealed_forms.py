"""Records last: every form that gateways may have is opened by the present code, and none changes unnoticed.

The samples are made by `tests.builders.frozen_records`; a kind, a field or a form without one fails here by itself.
"""

import json
import re
from pathlib import Path

import msgspec
import pytest

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.store.seal.packed_records import PACKED, packed, unpacked
from gateway.store.seal.record_forms import Record, RecordForm
from gateway.store.seal.records import FORMS
from gateway.store.seal.sealer import RecordKind
from tests.builders.frozen_records import FROZEN, OBJECT, VAULT, opened, records_of, sealer, signature_of

SAMPLES = sorted(FROZEN.glob("*.bin"))
LISTING = json.loads((FROZEN / "forms.json").read_text())
_ADVICE = (
    "the record has changed: give its form a new number in gateway/store/seal/records.py (and say there how the"
    " earlier one is read), then run python -m tests.builders.frozen_records"
)


def _kind(sample: Path) -> RecordKind:
    return RecordKind[sample.name.split("-")[0].upper()]


def _number(kind: RecordKind) -> int:
    return FORMS[kind].number if kind in FORMS else PACKED[kind][0]


@pytest.mark.parametrize("kind", RecordKind)
def test_every_kind_of_record_has_one_form(kind: RecordKind) -> None:
    assert (kind in FORMS) != (kind in PACKED)


@pytest.mark.parametrize("kind", RecordKind)
def test_every_form_has_a_frozen_sample(kind: RecordKind) -> None:
    name, forms = kind.name.lower(), range(1, _number(kind) + 1)
    assert sorted(map(int, LISTING[name])) == list(forms)
    assert all((FROZEN / f"{name}-{form}-1.bin").exists() for form in forms)


@pytest.mark.parametrize("kind", RecordKind)
def test_record_does_not_change_without_a_new_form(kind: RecordKind) -> None:
    frozen, present = LISTING[kind.name.lower()][str(_number(kind))], signature_of(kind)
    assert [line for line in frozen if line not in present] == [], _ADVICE
    assert [line for line in present if line not in frozen and not _may_be_added(line, frozen)] == [], _ADVICE


def _may_be_added(line: str, frozen: list[str]) -> bool:
    """Say whether a line is one more value of a closed set, or of a class that a union did not have."""
    tag = re.match(r"[^<>]*<[\w-]+>", line)
    return ": may be " in line or (tag is not None and tag[0] not in frozen)


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("Layout.parts[].kind: may be card", True),
        ("<remind>", True),
        ("<remind>.place: default ''", True),
        ("<file>.place: default ''", False),
        (".note: default ''", False),
    ],
)
def test_values_and_steps_may_be_added_but_fields_need_a_new_form(line: str, may: bool) -> None:
    assert _may_be_added(line, ["<file>", "<file>.mid: required"]) is may


def _holds(found: object, expected: object) -> bool:
    """Say whether all that was in a sample is in what was read; fields that came later are no matter."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), item) for name, item in expected.items())
    return found == expected


CHANGED = {
    "space-1-1": ({"card_serial", "notified_at"}, {"card_serials": ["123"], "notified_on": "2026-03-02"}),
}
"""Fields of samples that are no more, and what is read in their place."""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_frozen_sample_opens_and_says_what_it_said(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    if sample.stem in CHANGED:
        gone, instead = CHANGED[sample.stem]
        expected = {name: value for name, value in expected.items() if name not in gone} | instead
    assert _holds(opened(_kind(sample), sample.read_bytes()), expected)


@pytest.mark.parametrize("kind", FORMS)
def test_sample_gives_every_field_of_its_record_a_value(kind: RecordKind) -> None:
    # A field at its default is not written: a sample without it would not show that it is read.
    written = {
        (type(record), name)
        for record in records_of(kind)
        for name in msgspec.msgpack.decode(msgspec.msgpack.encode(record))
    }
    for cls in {type(record) for record in records_of(kind)}:
        assert issubclass(cls, msgspec.Struct)
        assert {name for name in cls.__struct_fields__ if (cls, name) not in written} == set()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_record_that_was_cut_does_not_open(sample: Path) -> None:
    with pytest.raises(SealBroken):
        opened(_kind(sample), sample.read_bytes()[:-1])


@pytest.mark.parametrize("kind", FORMS)
def test_cleartext_that_is_no_record_is_broken(kind: RecordKind) -> None:
    for clear in (b"", b"\x01", b"\x01\xc1", b"\x01nonsense", b"\x00", b"\x09\x93\x01\x02\x03"):
        with pytest.raises(SealBroken):
            FORMS[kind].read(clear)


def test_record_of_another_vault_does_not_open() -> None:
    (sample, *_) = SAMPLES
    with pytest.raises(SealBroken):
        FORMS[_kind(sample)].open(sealer(), VaultId(VAULT + 1), OBJECT, sample.read_bytes())


class First(Record, frozen=True):
    """A record as it was."""

    name: str
    old: str = ""


class Third(Record, frozen=True):
    """The same, two forms later."""

    title: str
    size: int = 0


_FIRST: RecordForm[First] = RecordForm(RecordKind.FOLDER, 1, First)
_THIRD: RecordForm[Third] = RecordForm(RecordKind.FOLDER, 3, Third, {1: lambda fields: {"title": fields["name"]}})


def test_earlier_form_is_read_through_what_came_between() -> None:
    assert _THIRD.read(_FIRST.written(First(name="x", old="y"))) == Third(title="x")


def test_later_form_is_read_for_what_is_known_of_it() -> None:
    class Later(Record, frozen=True):
        name: str
        hologram: int = 0

    later: RecordForm[Later] = RecordForm(RecordKind.FOLDER, 9, Later)
    assert _FIRST.read(later.written(Later(name="x", hologram=3))) == First(name="x")


def test_later_form_without_what_must_be_there_is_broken() -> None:
    with pytest.raises(SealBroken):
        _FIRST.read(_THIRD.written(Third(title="x")))


def test_earlier_form_without_what_must_be_there_is_broken() -> None:
    with pytest.raises(SealBroken):
        _THIRD.read(b"\x01" + msgspec.msgpack.encode({"old": "y"}))


def test_packed_record_of_a_later_form_is_read_for_its_first_fields() -> None:
    assert unpacked(packed(RecordKind.WIRE, b"one", b"two", b"three"), 2) == [b"one", b"two"]


def test_packed_record_that_is_too_short_is_broken() -> None:
    with pytest.raises(SealBroken):
        unpacked(packed(RecordKind.WIRE, b"one"), 2)
    with pytest.raises(SealBroken):
        unpacked(packed(RecordKind.WIRE, b"one")[:-1], 1)
    with pytest.raises(SealBroken):
        unpacked(b"\x01", 1)
