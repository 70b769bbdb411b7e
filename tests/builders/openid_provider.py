"""Other people's OpenID provider, in a process of its own, and the settings by which the gateway trusts it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.config_sign_in import OpenidSection
from tests.builders.repository import ROOT
from tests.builders.smtp_tls import TestAuthority

_COMMAND = "-m", "tests.builders.openid_provider_main"


@asynccontextmanager
async def serving_provider(folder: Path, users: Mapping[str, Mapping[str, str]]) -> AsyncIterator[OpenidSection]:
    """Serve it until the block ends; `users` are claims by the name under which somebody signs in."""
    authority, secret = TestAuthority(folder, "Provider CA"), folder / "secret"
    secret.write_text("un secret\n")
    said = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, *_COMMAND, str(authority.server.path), json.dumps(users), cwd=ROOT, stdin=said, stdout=said,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield OpenidSection(
            issuer=f"https://localhost:{port}",
            client_id="pli",
            client_secret=str(secret),
            scopes=("openid", "profile"),
            authorities=str(authority.path),
        )
    finally:
        process.kill()
        await process.wait()
