"""What a browser that has nothing yet loads of a page: its octets as they go over the wire, scripts apart."""

import re

from tests.builders.web_client import Answer, Browser, browsing
from tests.builders.web_rare_contents import full_world

FIRST_LOAD, SCRIPTS = 150_000, 60_000
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)[^"]*"[^>]*>')
_FILE = re.compile(r'<(?:link|script)\b[^>]*\b(?:href|src)="(/static/[^"]+)"')
_NOT_WALKED = re.compile(r"/(decouvrir|.*/(fichiers|ouvrir|pieces|texte|mise-en-forme)|agenda\?vue=mois&amp;mois)")


def _sent(answer: Answer) -> int:
    """Give the octets of a body as it came, before anything was decompressed."""
    return int(answer.headers["Content-Length"])


async def _loads(browser: Browser) -> dict[str, tuple[int, int]]:
    """Give what each page that links lead to costs with everything that it names, and its scripts alone."""
    found: dict[str, tuple[int, int]] = {}
    files: dict[str, int] = {}
    waiting = ["/", "/connexion"]
    while waiting:
        path = waiting.pop()
        answer = await browser.get(path)
        if path in found or answer.status != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        named = _FILE.findall(answer.text)
        for file in named:
            files[file] = files.get(file) or _sent(await browser.get(file))
        scripts = sum(files[file] for file in named if ".js" in file)
        found[path] = _sent(answer) + sum(files[file] for file in named), scripts
        waiting += [link for link in _LINK.findall(answer.text) if not _NOT_WALKED.match(link) and link not in found]
    return found


async def test_first_load_of_every_page_is_small() -> None:
    async with browsing(full_world()) as browser:
        loads = await _loads(browser)
    assert {"/", "/messages", "/documents", "/profil"} < loads.keys()
    assert {path: load for path, load in loads.items() if load[0] > FIRST_LOAD or load[1] > SCRIPTS} == {}


async def test_our_files_are_compressed_and_pages_never_are(browser: Browser) -> None:
    page = await browser.get("/messages", Accept_Encoding="gzip, deflate, br")
    assert "Content-Encoding" not in page.headers
    for file in _FILE.findall(page.text):
        answer = await browser.get(file, Accept_Encoding="gzip")
        assert answer.headers["Content-Encoding"] == "gzip", file
        assert _sent(answer) < len(answer.body), file
