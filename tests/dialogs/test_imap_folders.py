"""Folders: made, renamed, deleted, subscribed to and listed."""

import pytest

from tests.builders.imap_client import ImapClient
from tests.builders.imap_site import a_message, running


async def _names(client: ImapClient, command: str = 'LIST "" "*"') -> list[str]:
    return [line.rsplit(b" ", 1)[1].decode() for line in (await client.good(command)).untagged]


async def test_special_uses_are_shown_in_every_kind_of_list() -> None:
    """IOS wants them in plain LIST, Outlook in LSUB and XLIST."""
    async with running() as site, site.signed_in() as client:
        for command in ('LIST "" "*"', 'LIST "" "*" RETURN (SPECIAL-USE)', 'LSUB "" "*"', 'XLIST "" "*"'):
            reply = await client.good(command)
            assert rb"\Trash) " in reply.named(b"Corbeille")[0]
            assert rb"\Sent) " in reply.named(b"Envoy&AOk-s")[0]
            assert rb"\Drafts) " in reply.named(b"Brouillons")[0]
        assert rb"\Inbox" in (await client.good('XLIST "" INBOX')).untagged[0]


async def test_list_with_status_as_ios_asks_for_it() -> None:
    async with running() as site, site.signed_in() as client:
        await site.fill(a_message())
        reply = await client.good('LIST "" "*" RETURN (SPECIAL-USE STATUS (UNSEEN))')
        assert reply.untagged[:2] == [b'LIST (\\HasNoChildren) "/" INBOX', b"STATUS INBOX (UNSEEN 1)"]
        assert len(reply.named(b"STATUS ")) == len(reply.named(b"LIST ")) == 5


async def test_create_makes_what_stands_above() -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE Labo/2026/mars/")
        assert await _names(client, 'LIST "" "Labo*"') == ["Labo", "Labo/2026", "Labo/2026/mars"]
        assert await _names(client, 'LIST "" "%"') == [
            "INBOX", "Brouillons", "Corbeille", "Envoy&AOk-s", "Labo", "Termin&AOk-s",
        ]  # fmt: skip
        assert await _names(client, 'LIST "Labo/" "%"') == ["Labo/2026"]
        [line] = (await client.good('LIST "" Labo')).untagged
        assert line == b'LIST (\\HasChildren) "/" Labo'


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("CREATE inbox", "NO [ALREADYEXISTS]"),
        ("CREATE Corbeille", "NO [ALREADYEXISTS]"),
        ('CREATE "a*"', "NO [CANNOT]"),
        ("CREATE a//b", "NO [CANNOT]"),
        (f"CREATE {'a/' * 30}b", "NO [LIMIT]"),
        (f"CREATE {'a' * 2000}", "NO [LIMIT]"),
        ("CREATE Envoy&x", "NO [CANNOT]"),
        ("DELETE INBOX", "NO [CANNOT]"),
        ("DELETE Corbeille", "NO [CANNOT]"),
        ("DELETE absent", "NO [NONEXISTENT]"),
        ("DELETE parent", "NO [HASCHILDREN]"),
        ("RENAME absent autre", "NO [NONEXISTENT]"),
        ("RENAME parent Corbeille", "NO [ALREADYEXISTS]"),
        ("RENAME parent INBOX", "NO [ALREADYEXISTS]"),
        ("RENAME parent parent/child/deeper", "NO [CANNOT]"),
        ("SUBSCRIBE absent", "NO [NONEXISTENT]"),
        ("STATUS absent (MESSAGES)", "NO [NONEXISTENT]"),
    ],
)
async def test_what_cannot_be_done_to_folders_is_refused_with_its_code(command: str, answer: str) -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE parent/child")
        before = await _names(client)
        assert (await client.ask(command)).completion.startswith(answer)
        assert await _names(client) == before


async def test_rename_takes_everything_below_along() -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE a/b/c")
        await client.good("CREATE ab")
        await client.append("a/b", a_message())
        await client.good("RENAME a x/y")
        assert await _names(client, 'LIST "" "*"') == [
            "INBOX", "Brouillons", "Corbeille", "Envoy&AOk-s", "Termin&AOk-s", "ab", "x", "x/y", "x/y/b", "x/y/b/c",
        ]  # fmt: skip
        assert (await client.good("STATUS x/y/b (MESSAGES)")).untagged == [b"STATUS x/y/b (MESSAGES 1)"]


async def test_renaming_inbox_moves_its_messages_and_keeps_it() -> None:
    async with running() as site, site.signed_in() as client:
        await site.fill(a_message(), a_message())
        await client.good("CREATE INBOX/sous")
        await client.good("RENAME INBOX Vieux")
        assert (await client.good("STATUS INBOX (MESSAGES)")).untagged == [b"STATUS INBOX (MESSAGES 0)"]
        assert (await client.good("STATUS Vieux (MESSAGES)")).untagged == [b"STATUS Vieux (MESSAGES 2)"]
        assert "INBOX/sous" in await _names(client)


async def test_deleted_folder_takes_its_messages_along() -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE a")
        await client.append("a", a_message())
        await client.good("DELETE a")
        assert "a" not in await _names(client)
        assert (await site.at.store.read(lambda tx: tx.outbox.counts()))["waiting"] == 1


async def test_deleting_the_selected_folder_leaves_none_selected() -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE a")
        await client.good("SELECT a")
        await client.good("DELETE a")
        assert (await client.ask("FETCH 1:* FLAGS")).completion.startswith("BAD")
        await client.good("SELECT INBOX")


async def test_session_whose_folder_somebody_deleted_is_shown_out() -> None:
    async with running() as site, site.signed_in() as client, site.signed_in() as other:
        await client.good("CREATE a")
        await client.good("SELECT a")
        tag = await client.idle()
        await other.good("DELETE a")
        assert (await client.response()).startswith(b"* BYE the selected mailbox was deleted")
        assert await client.closed()
        assert tag


async def test_session_goes_on_in_a_folder_that_somebody_renamed() -> None:
    async with running() as site, site.signed_in() as client, site.signed_in() as other:
        await client.good("CREATE a")
        await client.good("SELECT a")
        await other.good("RENAME a b")
        await other.append("b", a_message())
        assert (await client.good("NOOP")).untagged == [b"1 EXISTS", b"1 RECENT"]


async def test_lsub_lists_what_is_subscribed_and_what_stands_above_it() -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE a/b")
        await client.good("UNSUBSCRIBE a")
        assert "a" not in await _names(client, 'LSUB "" "*"')
        assert "a/b" in await _names(client, 'LSUB "" "*"')
        assert b'LSUB (\\Noselect) "/" a' in (await client.good('LSUB "" "%"')).untagged
        await client.good("SUBSCRIBE a")
        assert b'LSUB (\\HasChildren) "/" a' in (await client.good('LSUB "" "%"')).untagged


async def test_extended_list_selects_and_returns() -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE a/b")
        await client.good("UNSUBSCRIBE a")
        assert await _names(client, 'LIST (SPECIAL-USE) "" "*"') == ["Brouillons", "Corbeille", "Envoy&AOk-s"]
        subscribed = await client.good('LIST (SUBSCRIBED) "" ("a*" INBOX)')
        assert subscribed.untagged == [
            b'LIST (\\HasNoChildren \\Subscribed) "/" INBOX',
            b'LIST (\\HasNoChildren \\Subscribed) "/" a/b',
        ]
        recursive = await client.good('LIST (SUBSCRIBED RECURSIVEMATCH) "" "a"')
        assert recursive.untagged == [b'LIST (\\HasChildren) "/" a ("CHILDINFO" ("SUBSCRIBED"))']
        returned = await client.good('LIST "" a/b RETURN (SUBSCRIBED CHILDREN)')
        assert returned.untagged == [b'LIST (\\HasNoChildren \\Subscribed) "/" a/b']


async def test_empty_pattern_asks_for_the_delimiter() -> None:
    async with running() as site, site.signed_in() as client:
        assert (await client.good('LIST "" ""')).untagged == [b'LIST (\\Noselect) "/" ""']
        assert (await client.good("NAMESPACE")).untagged == [b'NAMESPACE (("" "/")) NIL NIL']


async def test_folder_made_elsewhere_becomes_visible() -> None:
    async with running() as site, site.signed_in() as client:
        await site.mailbox.folders.create("Été")
        assert "&AMk-t&AOk-" in await _names(client)
        await client.good('SELECT "&AMk-t&AOk-"')
