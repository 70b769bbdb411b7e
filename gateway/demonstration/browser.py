"""A patient's browser without a window: keeps cookies, fills in forms, finds links. For the demonstration."""

import asyncio
import html
import re
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import aiohttp
import orjson

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_FORM = re.compile(r'<form[^>]*\baction="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)

NO_FILES: Mapping[str, tuple[str, bytes]] = MappingProxyType({})
"""Names and octets of files, by field."""


class Browser:
    """One browser with its cookies; use inside ``async with``."""

    def __init__(self, origin: str, authority: str) -> None:
        self._origin = origin.rstrip("/")
        self._tls = ssl.create_default_context(cafile=authority)

    async def __aenter__(self) -> "Browser":
        """Open."""
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls), timeout=aiohttp.ClientTimeout(total=15)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self._client.close()

    @property
    def cookies(self) -> str:
        """Give its cookies as they stand in a request."""
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in self._client.cookie_jar)

    async def get(self, path: str) -> str:
        """Open a page; raises on an error page."""
        async with self._client.get(self._origin + path, raise_for_status=True) as answer:
            return await answer.text()

    async def file(self, path: str) -> tuple[str, bytes]:
        """Fetch a file: its type and its octets."""
        async with self._client.get(self._origin + path, raise_for_status=True) as answer:
            return answer.content_type, await answer.read()

    async def headers(self, path: str) -> dict[str, str]:
        """Ask for a file and give what is said of it."""
        async with self._client.get(self._origin + path, raise_for_status=True) as answer:
            return dict(answer.headers)

    async def submit(
        self, page: str, action: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] = NO_FILES
    ) -> str:
        """Fill in and send the form of `page` whose address begins with `action`; gives the page that follows."""
        found = next((form for form in _FORM.finditer(page) if html.unescape(form[1]).startswith(action)), None)
        if found is None:
            raise LookupError(f"the page has no form for {action}")
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(found[2])}
        form = aiohttp.FormData(default_to_multipart='multipart' in found[0].partition(">")[0])
        for name, value in {**hidden, **fields}.items():
            form.add_field(name, value)
        for name, (filename, data) in files.items():
            form.add_field(name, data, filename=filename, content_type="application/octet-stream")
        target = self._origin + html.unescape(found[1])
        headers = {"Origin": self._origin}
        async with self._client.post(target, data=form, headers=headers, raise_for_status=True) as answer:
            return await answer.text()

    async def sign_in(self, identifier: str, password: str, notices: Path) -> str:
        """Sign in with the code that arrives as a notice; gives the first page."""
        before = set(await asyncio.to_thread(_codes, notices))
        page = await self.get("/connexion")
        page = await self.submit(page, "/connexion", {"identifiant": identifier, "mot_de_passe": password})
        code = await asyncio.to_thread(_new_code, notices, before)
        return await self.submit(page, "/connexion/code", {"code": code})


def _new_code(notices: Path, before: set[Path]) -> str:
    """Wait for the notice of a code that was not there before; blocks. Two notices may bear the same six digits."""
    for _ in range(200):
        new = [code for file, code in _codes(notices).items() if file not in before]
        if new:
            return new[0]
        time.sleep(0.05)
    raise TimeoutError("no code arrived")


def _codes(notices: Path) -> dict[Path, str]:
    found = ((file, orjson.loads(file.read_bytes())) for file in notices.glob("[!.]*.json"))
    return {file: notice["code"] for file, notice in found if notice["kind"] == "code"}
