"""Numbers in patients' addresses (A6)."""

import pytest

from gateway.domain.identity import Ins
from gateway.domain.patient_numbers import OPAQUE_NUMBERS, opaque_number


@pytest.mark.parametrize("drawn", [0, 1, OPAQUE_NUMBERS - 1])
def test_opaque_number_has_the_form_and_the_key_of_an_ins_that_nobody_has(drawn: int) -> None:
    number = opaque_number(drawn)
    assert Ins.is_well_formed(number.value)
    assert number.value.startswith(f"9{drawn:012}")
