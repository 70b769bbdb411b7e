"""Debian's Dovecot as an oracle: its `imap` program on a mailbox of its own, spoken to over pipes."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.builders.imap_client import ImapClient
from tests.builders.store import RAM_DISK

PROGRAM = Path("/usr/lib/dovecot/imap")
_NOBODY = 65_534
_CONFIGURATION = """\
protocols = imap
ssl = no
log_path = {folder}/log
mail_location = maildir:{folder}/mail:LAYOUT=fs
mail_uid = {uid}
mail_gid = {uid}
first_valid_uid = 0
first_valid_gid = 0
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


@asynccontextmanager
async def dovecot() -> AsyncIterator[ImapClient]:
    """Give a client that is signed in to an empty mailbox."""
    assert PROGRAM.exists(), "Dovecot is missing: apt-get install dovecot-imapd"
    folder = Path(tempfile.mkdtemp(prefix="pli-dovecot-", dir=RAM_DISK if RAM_DISK.is_dir() else None))
    # Dovecot gives no mailbox to root.
    user = _NOBODY if os.getuid() == 0 else os.getuid()
    (folder / "dovecot.conf").write_text(_CONFIGURATION.format(folder=folder, uid=user))
    if user != os.getuid():
        os.chown(folder, user, user)
    process = await asyncio.create_subprocess_exec(
        str(PROGRAM), "-c", str(folder / "dovecot.conf"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26,
        env={"USER": "oracle", "HOME": str(folder), "TZ": "UTC"}, cwd=folder,
        user=user if user != os.getuid() else None, group=user if user != os.getuid() else None,
    )  # fmt: skip
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        client = ImapClient(0, None)
        await client.greeted_on(process.stdout, process.stdin)
        assert client.greeting.startswith(b"* PREAUTH")
        yield client
        process.stdin.close()
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        shutil.rmtree(folder)
