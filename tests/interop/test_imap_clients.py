"""Other people's IMAP libraries read, change and wait on a mailbox."""

import asyncio
import imaplib
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any, TypeVar

import aioimaplib
import imapclient

from tests.builders.imap_site import LOGIN, PASSWORD, Site, a_message, running

T = TypeVar("T")


async def _off_loop(site: Site, work: Callable[[Site], T]) -> T:
    """Run a client that blocks while the server runs here."""
    return await asyncio.to_thread(work, site)


async def test_imaplib_goes_through_a_day() -> None:
    def day(site: Site) -> None:
        with imaplib.IMAP4_SSL("localhost", site.port, ssl_context=site.context) as client:
            assert "UIDPLUS" in client.capabilities or client.login(LOGIN, PASSWORD)[0] == "OK"
            assert client.select("INBOX") == ("OK", [b"2"])
            assert client.search(None, "SUBJECT", '"deux"') == ("OK", [b"2"])
            parts = client.fetch("1", "(RFC822)")[1]
            part = parts[0]
            assert isinstance(part, tuple)
            assert message_from_bytes(part[1])["Subject"] == "un"
            assert client.store("1", "+FLAGS", "(\\Deleted)") == ("OK", [b"1 (FLAGS (\\Deleted \\Seen))"])
            assert client.copy("2", "Corbeille")[0] == "OK"
            assert client.expunge() == ("OK", [b"1"])
            assert client.append("Brouillons", "(\\Draft)", None, b"Subject: x\n\ny\n")[0] == "OK"
            assert client.create("Labo/2026") == ("OK", [b"done"])
            assert client.list('""', "Labo*")[1][-1] == b'(\\HasNoChildren) "/" Labo/2026'
            assert client.status("Corbeille", "(MESSAGES)") == ("OK", [b"Corbeille (MESSAGES 1)"])
            assert client.uid("FETCH", "2", "(FLAGS)") == ("OK", [b"1 (UID 2 FLAGS ())"])
            assert client.close() == ("OK", [b"done"])

    async with running() as site:
        await site.fill(a_message("un"), a_message("deux"))
        await _off_loop(site, day)


async def test_imapclient_goes_through_a_day() -> None:
    def day(site: Site) -> None:
        # Any: the library is not typed.
        client: Any = imapclient.IMAPClient("localhost", site.port, ssl_context=site.context)
        with client:
            client.plain_login(LOGIN, PASSWORD)
            assert client.has_capability("MOVE")
            assert client.namespace().personal == (("", "/"),)
            folders = {name: flags for flags, _, name in client.list_folders()}
            assert b"\\Sent" in folders["Envoyés"]
            assert client.find_special_folder(imapclient.imapclient.SENT) == "Envoyés"
            assert client.select_folder("INBOX")[b"EXISTS"] == 2
            assert client.search(["TEXT", "résultat"], "UTF-8") == [2]
            found = client.fetch([1, 2], ["ENVELOPE", "BODYSTRUCTURE", "FLAGS", "INTERNALDATE", "BODY.PEEK[TEXT]"])
            assert found[1][b"ENVELOPE"].subject == b"un"
            assert found[2][b"BODY[TEXT]"] == "Un résultat.\r\n".encode()
            assert client.add_flags([1], [b"$Label1"]) == {1: (b"$Label1",)}
            client.move([1], "Corbeille")
            assert client.search() == [2]
            client.create_folder("Été & Hiver")
            assert client.folder_exists("Été & Hiver")
            assert client.folder_status("Corbeille")[b"MESSAGES"] == 1
            client.append("Été & Hiver", a_message(), flags=[imapclient.SEEN])
            client.idle()
            asyncio.run_coroutine_threadsafe(site.fill(a_message()), loop).result()
            assert (2, b"EXISTS") in client.idle_check(timeout=10)
            client.idle_done()
            client.unselect_folder()

    async with running() as site:
        loop = asyncio.get_running_loop()
        await site.fill(a_message("un"), a_message("deux", "Un résultat."))
        await _off_loop(site, day)


async def test_aioimaplib_waits_and_reads() -> None:
    async with running() as site:
        client = aioimaplib.IMAP4_SSL("localhost", site.port, ssl_context=site.context, timeout=10)
        await client.wait_hello_from_server()
        assert (await client.login(LOGIN, PASSWORD)).result == "OK"
        assert (await client.select("INBOX")).result == "OK"
        idle = await client.idle_start(timeout=10)
        await site.fill(a_message("Nouveau"))
        assert b"1 EXISTS" in await client.wait_server_push()
        client.idle_done()
        await asyncio.wait_for(idle, 10)
        answer = await client.fetch("1", "(UID RFC822)")
        assert answer.result == "OK"
        assert message_from_bytes(bytes(answer.lines[1]))["Subject"] == "Nouveau"
        assert (await client.uid("store", "1", "+FLAGS (\\Deleted)")).result == "OK"
        assert (await client.expunge()).result == "OK"
        assert (await client.logout()).result == "OK"


_MBSYNC = """\
IMAPAccount pli
Host localhost
Port {port}
User {login}
Pass {password}
SSLType IMAPS
CertificateFile {ca}

IMAPStore far
Account pli

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
CopyArrivalDate yes
"""


async def _mbsync(folder: Path, site: Site) -> str:
    (folder / "mail").mkdir(exist_ok=True)
    configuration = folder / "mbsyncrc"
    configuration.write_text(
        _MBSYNC.format(port=site.port, login=LOGIN, password=PASSWORD, ca=site.authority.path, folder=folder)
    )
    process = await asyncio.create_subprocess_exec(
        "mbsync", "-V", "-c", str(configuration), "all",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={"HOME": str(folder), "PATH": "/usr/bin"},
    )  # fmt: skip
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said


def _messages(folder: Path, name: str) -> list[Path]:
    return sorted(path for part in ("cur", "new") for path in (folder / "mail" / name / part).iterdir())


async def test_mbsync_synchronises_both_ways_and_then_finds_nothing_to_do(tmp_path: Path) -> None:
    async with running() as site:
        ids = [f"Message-ID: <{number}@x.example>\r\n" for number in range(30)]
        await site.fill(*[a_message(f"m{number}", more=line) for number, line in enumerate(ids)])
        await site.fill(a_message("envoyé"), mailbox="Envoyés", flags=["\\Seen"])
        await site.mailbox.folders.create("Labo/2026")
        await site.fill(a_message("labo"), mailbox="Labo/2026")
        await _mbsync(tmp_path, site)
        assert len(_messages(tmp_path, "INBOX")) == 30
        assert len(_messages(tmp_path, "Labo/2026")) == 1
        [sent] = _messages(tmp_path, "Envoy&AOk-s")
        assert sent.name.endswith("S")

        # Changed near: one flagged, one deleted, one new. Changed far: one expunged, one new.
        flagged, deleted = _messages(tmp_path, "INBOX")[:2]
        flagged.rename(flagged.parent.parent / "cur" / f"{flagged.name.split(':')[0]}:2,F")
        deleted.unlink()
        (tmp_path / "mail/INBOX/new/fresh").write_bytes(a_message("local").replace(b"\r\n", b"\n"))
        async with site.signed_in("INBOX") as client:
            await client.good("UID STORE 30 +FLAGS.SILENT \\Deleted")
            await client.good("EXPUNGE")
            await client.append("INBOX", a_message("distant"))
        await _mbsync(tmp_path, site)
        assert len(_messages(tmp_path, "INBOX")) == 30
        async with site.signed_in("INBOX") as client:
            assert len((await client.good("SEARCH ALL")).numbers) == 30
            assert len((await client.good("SEARCH FLAGGED")).numbers) == 1
            assert len((await client.good("SEARCH SUBJECT local")).numbers) == 1

        before = {path: path.read_bytes() for path in (tmp_path / "mail").rglob("*") if path.is_file()}
        said = await _mbsync(tmp_path, site)
        after = {path: path.read_bytes() for path in (tmp_path / "mail").rglob("*") if path.is_file()}
        assert {path.name for path in after} == {path.name for path in before}
        assert "Error" not in said
