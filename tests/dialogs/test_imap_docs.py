"""`docs/imap.md` names every setting and capability of the edge, and no file that does not exist."""

import re
from dataclasses import fields
from pathlib import Path

from gateway.imap.session.capabilities import BEFORE_SIGN_IN, SIGNED_IN
from gateway.imap.settings import ImapSettings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "imap.md").read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    listening = {"host", "port"}
    names = {field.name for field in fields(ImapSettings)} - listening
    assert [name for name in sorted(names) if f"`{name}`" not in PAGE] == []


def test_every_capability_is_documented() -> None:
    offered = {word.decode() for word in (*BEFORE_SIGN_IN, *SIGNED_IN)} - {"IMAP4rev1", "AUTH=PLAIN"}
    assert [word for word in sorted(offered) if word not in PAGE] == []


def test_every_file_named_in_the_page_exists() -> None:
    named = re.findall(r"`((?:gateway|tests)/[\w/]+\.py)`", PAGE)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
