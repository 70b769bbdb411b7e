"""Every refusal of IMAP says reason and advice in both languages; one for a limit names it."""

import pytest

from gateway.domain.errors import LimitExceeded, PliError
from gateway.imap import farewells, replies
from gateway.imap.replies import Answer
from gateway.imap.settings import ImapSettings
from gateway.imap.verbs.store import MAX_KEYWORDS, check_keywords
from gateway.imap.wire.refusal import CommandRefused
from gateway.services.mailbox.folders import FolderNameTooLong, TooManyFolders

LIMITS = ImapSettings()
WORDS = [value.text for value in vars(replies).values() if isinstance(value, Answer) and not value.is_ok] + [
    *(value for name, value in vars(farewells).items() if name.isupper()),
    farewells.too_slow(500),
    farewells.too_many_bad_commands(20),
    farewells.too_many_failures(5, LIMITS.auth_failure_window),
]


@pytest.mark.parametrize("words", WORDS)
def test_every_refusal_and_farewell_says_reason_and_advice_in_both_languages(words: str) -> None:
    english, _, french = words.partition(" / ")
    assert words.isascii()
    assert ": " in english
    assert ": " in french


@pytest.mark.parametrize(
    ("error", "numbers"),
    [(TooManyFolders("x"), ("1000",)), (FolderNameTooLong("x"), ("1000", "20")), (LimitExceeded("x"), ())],
)
async def test_what_is_beyond_a_limit_is_told_with_its_number(error: PliError, numbers: tuple[str, ...]) -> None:
    async def work() -> Answer:
        raise error

    answer = await replies.guarded("c", "CREATE", work())
    assert (answer.condition.value, answer.code) == (b"NO", b"LIMIT")
    assert all(answer.text.count(number) == 2 for number in numbers)


def test_too_many_keywords_are_told_with_their_limit() -> None:
    with pytest.raises(CommandRefused, match="more than 60 keywords, or 100 octets of one: ask for less at"):
        check_keywords(frozenset(f"k{number}" for number in range(MAX_KEYWORDS + 10)))
