"""Subscriptions outlive folders, and may be ended where there is none (RFC 3501 §6.3.4, §6.3.7; RFC 5258 §3.1)."""

from tests.builders.imap_client import ImapClient
from tests.builders.imap_site import running

_ALWAYS = frozenset({b"INBOX", b"Envoy&AOk-s", b"Brouillons", b"Corbeille", b"Termin&AOk-s"})


async def _listed(client: ImapClient, command: str) -> list[bytes]:
    """Give the names of an answer, without the folders that every mailbox has."""
    names = [line.split(b'"/" ', 1)[1] for line in (await client.good(command)).untagged]
    return [name for name in names if name not in _ALWAYS]


async def test_a_subscription_is_kept_when_its_folder_is_deleted_until_it_is_ended() -> None:
    async with running() as site, site.signed_in() as client, site.signed_in() as other:
        await client.good("CREATE Labo/2026")
        await client.good("CREATE Seul")
        await client.good("UNSUBSCRIBE Seul")
        for name in ("Labo/2026", "Labo", "Seul"):
            await client.good(f"DELETE {name}")
        assert await _listed(other, 'LSUB "" *') == [b"Labo/2026", b"Labo"]
        assert await _listed(other, 'LSUB "" L%') == [b"Labo"]
        assert (await other.good('LIST (SUBSCRIBED) "" Labo*')).untagged == [
            b'LIST (\\NonExistent \\Subscribed) "/" Labo', b'LIST (\\NonExistent \\Subscribed) "/" Labo/2026',
        ]  # fmt: skip
        assert await _listed(other, 'LIST "" * RETURN (SUBSCRIBED)') == []
        assert (await client.ask("SELECT Labo")).completion.startswith("NO [NONEXISTENT]")
        await client.good("UNSUBSCRIBE Labo")
        assert (await other.good('LIST (SUBSCRIBED RECURSIVEMATCH) "" Labo')).untagged == [
            b'LIST (\\NonExistent) "/" Labo ("CHILDINFO" ("SUBSCRIBED"))',
        ]
        assert (await other.good('LSUB "" L%')).untagged == [b'LSUB (\\Noselect) "/" Labo']
        await client.good("UNSUBSCRIBE Labo/2026")
        assert await _listed(other, 'LSUB "" *') == await _listed(other, 'LIST (SUBSCRIBED) "" *') == []


async def test_ending_a_subscription_that_never_was_is_ok_and_beginning_one_without_a_folder_is_not() -> None:
    async with running() as site, site.signed_in() as client:
        for name in ("Nulle", "Nulle/Part", '"avec blanc"', "&AOk-t&AOk-"):
            await client.good(f"UNSUBSCRIBE {name}")
            assert (await client.ask(f"SUBSCRIBE {name}")).completion.startswith("NO [NONEXISTENT]")
        assert (await client.ask("UNSUBSCRIBE mal&fait")).completion.startswith("NO [CANNOT]")


async def test_a_folder_that_comes_again_under_its_name_takes_its_subscription_up() -> None:
    async with running() as site, site.signed_in() as client:
        for name in ("Un", "Deux", "Trois/Quatre"):
            await client.good(f"CREATE {name}")
        for name in ("Un", "Trois/Quatre", "Trois"):
            await client.good(f"DELETE {name}")
        await client.good("CREATE Trois/Quatre/Cinq")
        await client.good("RENAME Deux Un")
        assert await _listed(client, 'LSUB "" *') == await _listed(client, 'LIST "" *')
        await client.good("DELETE Un")
        assert await _listed(client, 'LSUB "" Un') == [b"Un"]
        assert await _listed(client, 'LSUB "" Deux') == []


async def test_subscriptions_without_folders_are_bounded_and_the_latest_stay() -> None:
    async with running() as site, site.signed_in() as client:
        for number in range(203):
            await client.good(f"CREATE d{number}")
            await client.good(f"DELETE d{number}")
        assert await _listed(client, 'LSUB "" d*') == [f"d{number}".encode() for number in range(3, 203)]
