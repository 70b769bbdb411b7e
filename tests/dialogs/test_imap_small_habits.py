"""Small habits of mail clients that test programs for IMAP try: sets, NIL as a word, groups, names below names."""

import pytest

from tests.builders.imap_site import a_message, running

GROUP = (
    b"From: labo@biologie.example\r\n"
    b"To: Garde: nuit@soins.example, jour@soins.example;\r\n"
    b"Subject: NIL\r\n\r\nnil\r\n"
)


async def test_uids_are_answered_behind_expunges_that_were_not_told_and_check_tells_the_next() -> None:
    async with running() as site:
        await site.fill(*[a_message(f"m{number}") for number in range(5)])
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 1,4 +FLAGS.SILENT \\Deleted")
            assert (await other.good("EXPUNGE")).untagged == [b"4 EXPUNGE", b"1 EXPUNGE"]
            reply = await client.good("UID FETCH 3,5 UID")
            assert reply.untagged == [b"3 FETCH (UID 3)", b"5 FETCH (UID 5)", b"4 EXPUNGE", b"1 EXPUNGE"]
            assert (await client.good("UID STORE 5 FLAGS (\\Seen)")).untagged == [b"3 FETCH (UID 5 FLAGS (\\Seen))"]
            await other.good("STORE 1 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            assert (await client.good("CHECK")).untagged == [b"1 EXPUNGE"]
            assert (await client.good("FETCH 1:* UID")).untagged == [b"1 FETCH (UID 3)", b"2 FETCH (UID 5)"]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("1:2,4", [1, 2, 4]), ("4:2", [2, 3, 4]), ("UID 1:4,6", [1, 2, 3, 5]), ("UID 5:3", [2, 3, 4]),
        ("1:3 NOT UID 4", [1, 2]), ("NOT 2,4", [1, 3, 5]), ("OR 1 UID 3", [1, 2]), ("*", [5]), ("UID *", [5]),
        ("7:*", [5]), ("*:7", [5]), ("UID 90:*", [5]), ("*:3", [3, 4, 5]), ("2,*", [2, 5]),
    ],
)  # fmt: skip
async def test_sets_of_numbers_and_of_uids_are_taken_either_way_round(keys: str, found: list[int]) -> None:
    async with running() as site:
        await site.fill(*[a_message(f"m{number}") for number in range(6)])
        async with site.signed_in("INBOX") as client:
            await client.good("STORE 2 +FLAGS.SILENT \\Deleted")
            await client.good("EXPUNGE")
            assert (await client.good(f"SEARCH {keys}")).numbers == found


async def test_nil_is_a_word_like_another_and_members_of_groups_are_found() -> None:
    async with running() as site:
        await site.fill(GROUP, a_message("autre"))
        async with site.signed_in("INBOX") as client:
            for keys in ("SUBJECT NIL", "BODY nil", "TO garde", "TO nuit@soins.example", "TO our@soi"):
                assert (await client.good(f"SEARCH {keys}")).numbers == [1], keys
            assert (await client.good('SEARCH HEADER From ""')).numbers == [1, 2]
            assert (await client.good('SEARCH HEADER Bcc ""')).numbers == []
            await client.good('LIST "" NIL')
