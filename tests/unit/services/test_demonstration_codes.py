"""The demonstration says in the terminal each new code, and whose it is."""

import asyncio
from pathlib import Path

import orjson
import pytest

from gateway.demonstration.codes import NewCodes
from gateway.demonstration.world import Line

CAMILLE = {"email": "camille@courriel.example", "phone": "+33600000012", "identifier": "camille"}
UNNAMED = {"email": "hugo@courriel.example", "phone": "+33600000055"}


def notice(folder: Path, name: str, at: str, code: str, kind: str = "code", text: str = "") -> None:
    content = {"at": at, "to": CAMILLE["email"], "kind": kind, "code": code, "text": text}
    (folder / f"{name}.json").write_bytes(orjson.dumps(content))


def line(folder: Path) -> Line:
    return {"outbox_dir": str(folder), "patients": [CAMILLE, UNNAMED]}


def test_each_code_is_given_once_and_the_oldest_first(tmp_path: Path) -> None:
    notice(tmp_path, "0", "2026-03-12T08:00", "111111")
    codes = NewCodes(line(tmp_path))
    notice(tmp_path, "1", "2026-03-12T09:01", "333333")
    notice(tmp_path, "2", "2026-03-12T09:00", "222222")
    assert codes.take() == [("camille", "222222"), ("camille", "333333")]
    assert codes.take() == []


@pytest.mark.parametrize("kind", ["provisional-code", "contact-code", "erasure-code"])
def test_every_kind_of_code_is_given(tmp_path: Path, kind: str) -> None:
    codes = NewCodes(line(tmp_path))
    notice(tmp_path, "1", "2026-03-12T09:00", "aD3fghjk", kind)
    assert codes.take() == [("camille", "aD3fghjk")]


async def test_link_to_a_new_password_is_said(tmp_path: Path) -> None:
    codes, stop, said = NewCodes(line(tmp_path)), asyncio.Event(), list[str]()
    link = "https://localhost:8443/nouveau-mot-de-passe?lien=Zm9v-_8"
    notice(tmp_path, "1", "2026-03-12T09:00", "", "new-password-link", f"Une seule fois : {link} Pas vous ?")

    def say(text: str) -> None:
        said.append(text.strip())
        stop.set()

    async with asyncio.timeout(5):
        await codes.tell(say, stop)
    assert said == [f"lien pour camille\u00a0: {link}"]


def test_other_notices_are_not_codes(tmp_path: Path) -> None:
    codes = NewCodes(line(tmp_path))
    notice(tmp_path, "1", "2026-03-12T09:00", "", kind="message")
    assert codes.take() == []


async def test_codes_are_said_until_the_demonstration_stops(tmp_path: Path) -> None:
    codes, stop, said = NewCodes(line(tmp_path)), asyncio.Event(), list[str]()
    notice(tmp_path, "1", "2026-03-12T09:00", "592009")

    def say(text: str) -> None:
        said.append(text.strip())
        stop.set()

    async with asyncio.timeout(5):
        await codes.tell(say, stop)
    assert said == ["code pour camille\u00a0: 592009"]
