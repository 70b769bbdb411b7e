"""Plain words for examinations: every entry has its pages, its date, and sentences that people can read."""

import re
from datetime import date
from importlib.resources import files

import pytest

from gateway.domain.analytes import ANALYTES
from gateway.services.record.plain_words import PlainWords, every_plain_words, plain_words_of

EVERY = every_plain_words()
_ADVICE = re.compile(
    r"\b(?:devez|devriez|faut|évitez|consultez|prenez|mangez|buvez|conseill|recommand|normal|bon signe)\w*"
)
_LONGEST_WORD = 14


def _sentences(entry: PlainWords) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", f"{entry.measures} {entry.asked}")


def test_fifty_examinations_have_words() -> None:
    assert len(EVERY) >= 50
    codes = [code for entry in EVERY for code in entry.loinc]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.name)
def test_entry_has_its_pages_and_date_and_is_easy_to_read(entry: PlainWords) -> None:
    assert all(page.title and page.publisher and page.url.startswith(("https://", "http://")) for page in entry.pages)
    assert date(2026, 1, 1) < entry.written < date(2100, 1, 1)
    for sentence in _sentences(entry):
        words = re.findall(r"[\w’'-]+", sentence)
        assert 3 < len(words) <= 20, sentence
        assert max(map(len, words)) <= _LONGEST_WORD, sentence
        assert sentence.endswith("."), sentence
    assert not _ADVICE.search(f"{entry.measures} {entry.asked}".casefold())


def test_what_no_page_bears_out_is_known() -> None:
    assert [entry.name for entry in EVERY if not entry.pages] == ["Vitamine D"]


def test_every_page_of_the_file_is_of_an_entry() -> None:
    text = files("gateway.services.record").joinpath("plain_words.toml").read_text("utf-8")
    assert set(re.findall(r'^url = "(.+)"$', text, re.MULTILINE)) == {page.url for one in EVERY for page in one.pages}


@pytest.mark.parametrize("code", [code for entry in EVERY for code in entry.loinc])
def test_code_is_one_of_loinc(code: str) -> None:
    number, _, check = code.partition("-")
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits)]
    assert str(-sum(doubled) % 10) == check


def test_codes_of_one_substance_have_the_same_words() -> None:
    for analyte in ANALYTES:
        assert len({plain_words_of(code) for code in analyte.codes}) == 1


def test_unknown_code_has_no_words() -> None:
    assert plain_words_of("") is None
