"""The table of formats agrees with what is held at intake."""

import pytest

from dossier_bridge.formats import FORMATS
from dossier_bridge.nesting import Bare, Opens, Ordinary, Reads, RefusedFormat, Unread
from gateway.domain.mime.kinds import SIGNS, Kind


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_held_is_read_opened_or_refused_and_nothing_else_is(kind: Kind) -> None:
    expected = (Reads, Unread, Opens, RefusedFormat) if kind.is_held else (Bare, Ordinary)
    assert isinstance(FORMATS[kind], expected)


def test_every_kind_has_one_row_of_signs() -> None:
    assert set(SIGNS) == set(FORMATS) == set(Kind)


@pytest.mark.parametrize("sign", ["media_types", "suffixes", "magic"])
def test_no_two_kinds_claim_one_sign(sign: str) -> None:
    claimed = [value for signs in SIGNS.values() for value in getattr(signs, sign)]
    assert len(claimed) == len(set(claimed))
