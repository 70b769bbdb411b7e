"""`docs/smtp.md` names every setting of the edge, and no test that does not exist."""

import re
from dataclasses import fields
from pathlib import Path

from gateway.smtp.settings import SmtpSettings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "smtp.md").read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    assert [field.name for field in fields(SmtpSettings) if f"`{field.name}`" not in PAGE] == []


def test_every_test_named_in_the_page_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_smtp_*.py"))
    named = re.findall(r"`(test_[a-z_]+)`", PAGE)
    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in sources] == []
