"""Debian's Thunderbird on a screen that nobody sees, driven from within by Marionette, its own protocol for tests.

A message of it is ``length:json``, ``[type, id, name or error, parameters or result]``; what a script returns, once its
promise is kept, comes back as JSON.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.builders.store import RAM_DISK

PROGRAM = Path("/usr/lib/thunderbird/thunderbird-bin")
SCREEN = Path("/usr/bin/Xvfb")
_PATIENCE = 60.0
_QUIET: Mapping[str, object] = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.policies.runOncePerModification.extensionsInstall": "",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "mail.biff.on_new_window": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mailnews.start_page.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Thunderbird:
    """One that runs; `run` carries a script out in it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._serial = 0

    async def run(self, script: str, *arguments: object) -> Any:  # Any: whatever JSON the script returns
        """Carry a script out as a part of the program, and give what it returns."""
        whole = f"return (async function () {{ {script} }}).apply({{}}, arguments);"
        return (await self.call("WebDriver:ExecuteScript", script=whole, args=arguments))["value"]

    async def call(self, name: str, **parameters: object) -> Any:  # Any: as above
        self._serial += 1
        octets = json.dumps([0, self._serial, name, parameters]).encode()
        self._writer.write(b"%d:%b" % (len(octets), octets))
        _, _, error, result = await self.heard()
        assert error is None, error
        return result

    async def heard(self) -> Any:  # Any: as above
        async with asyncio.timeout(_PATIENCE):
            length = await self._reader.readuntil(b":")
            return json.loads(await self._reader.readexactly(int(length[:-1])))


@asynccontextmanager
async def thunderbird(preferences: Mapping[str, object]) -> AsyncIterator[Thunderbird]:
    """Start one with a profile of its own; everything goes with the block."""
    for program in (PROGRAM, SCREEN):
        assert program.exists(), f"{program.name} is missing: apt-get install thunderbird xvfb"
    async with AsyncExitStack() as stack:
        # Below a folder in memory: a profile is a hundred small files, each synchronised.
        profile = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="pli-tb-", dir=RAM_DISK, ignore_cleanup_errors=True))
        )
        lines = [f"user_pref({name!r}, {json.dumps(value)});\n" for name, value in {**_QUIET, **preferences}.items()]
        (profile / "user.js").write_text("".join(lines))
        display = await stack.enter_async_context(_screen())
        environment = {"HOME": str(profile), "DISPLAY": display, "PATH": "/usr/bin:/bin", "GDK_BACKEND": "x11"}
        options = ("--no-remote", "--profile", str(profile), "--marionette", "--remote-allow-system-access")
        await stack.enter_async_context(_started(str(PROGRAM), *options, env=environment))
        port = await _port_in(profile / "MarionetteActivePort")
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 26)
        stack.callback(writer.transport.abort)
        client = Thunderbird(reader, writer)
        await client.heard()  # who it is
        await client.call("WebDriver:NewSession")
        await client.call("Marionette:SetContext", value="chrome")
        yield client


@asynccontextmanager
async def _screen() -> AsyncIterator[str]:
    """Give the name of a screen that is free."""
    reading, writing = os.pipe()
    try:
        arguments = ("-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp")
        async with _started(str(SCREEN), *arguments, pass_fds=(writing,)):
            os.close(writing)
            writing = -1
            number = await asyncio.to_thread(os.read, reading, 20)
            yield f":{number.decode().strip()}"
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)


@asynccontextmanager
async def _started(*command: str, **how: Any) -> AsyncIterator[asyncio.subprocess.Process]:  # Any: as Popen takes it
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=quiet, stdout=quiet, stderr=quiet, **how)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def _port_in(file: Path) -> int:
    async with asyncio.timeout(_PATIENCE):
        while not (file.exists() and file.read_text().strip()):
            await asyncio.sleep(0.05)
    return int(file.read_text())
