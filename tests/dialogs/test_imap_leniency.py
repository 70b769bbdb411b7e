"""What mail clients send that no standard asks for, and what another session took away meanwhile: the talk goes on."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.errors import StoreUnavailable
from tests.builders.imap_site import a_message, running

ENCODED = "Subject: =?utf-8?q?Cr=C3=A9atinine_=C3=A9lev=C3=A9e?=\r\n\r\nTexte accentué.\r\n".encode()


async def test_numbers_of_expunged_messages_do_not_keep_the_others_from_being_given_and_flagged() -> None:
    async with running() as site:
        await site.fill(*[a_message(f"m{number}") for number in range(6)])
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 2,5 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            for items in ("UID", "(FLAGS RFC822.SIZE)", "ENVELOPE", "BODY.PEEK[HEADER.FIELDS (Subject)]", "BODY[TEXT]"):
                reply = await client.good(f"FETCH 1:6 {items}")
                assert reply.completion.startswith("OK [EXPUNGEISSUED]")
                given = [line for line in reply.untagged if not line.endswith(b"FETCH (FLAGS (\\Seen))")]
                assert [int(line.split()[0]) for line in given] == [1, 3, 4, 6]
            assert (await client.good("FETCH 2 BODY[]")).completion.startswith("OK [EXPUNGEISSUED]")
            flagged = await client.good("STORE 4:6 +FLAGS (\\Flagged)")
            assert flagged.completion.startswith("OK [EXPUNGEISSUED]")
            assert [int(line.split()[0]) for line in flagged.untagged] == [4, 6]
            assert (await client.good("STORE 5 +FLAGS.SILENT (\\Flagged)")).completion.startswith("OK [EXPUNGEISSUED]")
            # By UID nothing is missing: there are no such messages (RFC 3501 §6.4.8).
            assert (await client.good("UID FETCH 1:6 UID")).completion == "OK done"
            assert (await client.good("FETCH 1:4 UID")).completion == "OK done"


async def test_nothing_is_told_behind_bye() -> None:
    async with running() as site:
        await site.fill(a_message(), a_message())
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 1 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            await other.append("INBOX", a_message())
            reply = await client.ask("LOGOUT")
            assert [line.split()[0] for line in reply.untagged] == [b"BYE"]
            assert await client.closed()


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ('SUBJECT "créatinine"'.encode(), [1]),
        ('CHARSET utf8 SUBJECT "élevée"'.encode(), [1]),
        ('CHARSET "UTF8" TEXT "ACCENTUÉ"'.encode(), [1]),
        ('OR SUBJECT "absent ¡" BODY "accentué"'.encode(), [1]),
        ('CHARSET latin1 BODY "accentué"'.encode("latin-1"), [1]),
        ('CHARSET ISO-8859-15 BODY "œuvre"'.encode("iso-8859-15"), []),
        (b"CHARSET ASCII SUBJECT creatinine", [1]),
        ('NOT SUBJECT "été"'.encode(), [1]),
    ],
)
async def test_text_beyond_ascii_is_searched_in_quoted_strings_and_under_any_name_of_its_charset(
    keys: bytes, found: list[int]
) -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        await client.append("INBOX", ENCODED)
        assert (await client.good(b"SEARCH " + keys)).numbers == found


async def test_text_in_a_quoted_string_that_is_not_of_its_charset_is_bad_and_the_talk_goes_on() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        for line in (b'SEARCH TEXT "\xe9"', b'SEARCH CHARSET utf8 TEXT "\xff"', b'SEARCH CHARSET ASCII TEXT "\xc3"'):
            assert (await client.ask(line)).completion.startswith("BAD text is not of its charset")
        # A name that is not in modified UTF-7 is well formed, and no mailbox has it.
        assert (await client.ask('CREATE "Été"'.encode())).completion.startswith("NO [CANNOT]")
        assert (await client.good(b'ID ("name" "Courrier \xe9")')).untagged == [b'ID ("name" "Pli")']
        await client.good("NOOP")


async def test_sign_in_with_accents_in_quoted_strings_is_refused_as_wrong_not_as_bad() -> None:
    async with running() as site, site.connected() as client:
        reply = await client.ask('LOGIN "hélène" "clé"'.encode())
        assert reply.completion.startswith("NO [AUTHENTICATIONFAILED]")


async def test_id_of_thirty_long_fields_is_answered_before_and_after_sign_in() -> None:
    fields = " ".join(f'"{number:030}" "{"v" * 1_024}"' for number in range(30))
    assert len(fields) > 30_000
    async with running() as site, site.connected() as client:
        assert (await client.good(f"ID ({fields})")).untagged == [b'ID ("name" "Pli")']
        await client.good("LOGIN camille.exemple@medecin.mssante.fr k3vq8z-aaaaaa-bbbbbb")
        assert (await client.good(f"ID ({fields})")).untagged == [b'ID ("name" "Pli")']
        many = " ".join(f'"k{number}" NIL' for number in range(60))
        assert (await client.good(f"ID ({many})")).untagged == [b'ID ("name" "Pli")']


async def test_header_fields_are_labelled_as_they_were_asked_for() -> None:
    async with running() as site:
        await site.fill(a_message("un"))
        async with site.signed_in("INBOX") as client:
            for asked in ("subject From", "FROM from X-None", '"a b" to', "DaTe"):
                [line] = (await client.good(f"FETCH 1 BODY.PEEK[HEADER.FIELDS ({asked})]")).untagged
                assert line.startswith(f"1 FETCH (BODY[HEADER.FIELDS ({asked})] {{".encode())
            [line] = (await client.good("FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (to date)]<5.7>")).untagged
            assert line == b"1 FETCH (BODY[HEADER.FIELDS.NOT (to date)]<5> {7}\r\n Labo <)"
            [line] = (await client.good("FETCH 1 BODY.PEEK[HEADER.FIELDS (from From)]")).untagged
            assert line.count(b"labo@biologie.example") == 1


async def test_a_large_message_that_is_being_read_comes_whole_though_it_is_expunged_meanwhile() -> None:
    message = a_message("Imagerie", body="\r\n".join(f"{number:07} {'x' * 900}" for number in range(20_000)))
    async with running() as site:
        await site.fill(message)
        [ref] = site.at.blobs.older_than(datetime.now(UTC) + timedelta(days=1))
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            tag = await client.begin("FETCH 1 BODY.PEEK[]")
            assert await client.line() == b"* 1 FETCH (BODY[] {%d}\r\n" % len(message)
            client.stop_reading()
            await other.good("STORE 1 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            with pytest.raises(StoreUnavailable):
                site.at.blobs.delete(ref)  # what the outbox does now, and again later
            client.go_on_reading()
            assert await client.octets(len(message)) == message
            assert await client.line() == b")\r\n"
            assert (await client.finish(tag)).ok
            site.at.blobs.delete(ref)
            assert (await client.good("NOOP")).untagged == [b"1 EXPUNGE"]
        assert list(site.at.blobs.older_than(datetime.now(UTC) + timedelta(days=1))) == []
