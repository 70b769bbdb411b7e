"""`docs/configuration.md` and `gateway/config.py` name the same settings with the same defaults."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import msgspec

from gateway.config import Settings
from gateway.config_sections import SettingsSection
from tests.builders.repository import text

ROW = re.compile(r"^\| `(\w+)` \| `(.+?)` \| (.+) \| (.+) \|$")


def _documented() -> dict[str, object]:
    found: dict[str, object] = {}
    name = ""
    for line in text("docs/configuration.md").splitlines():
        if line.startswith("#"):
            heading = re.fullmatch(r"## \[(\w+)\]", line)
            name = heading[1] if heading else ""
        row = ROW.match(line)
        if name and row:
            assert f"{name}.{row[1]}" not in found
            found[f"{name}.{row[1]}"] = tomllib.loads(f"value = {row[2]}")["value"]
    return found


def _existing() -> dict[str, object]:
    settings = Settings(root=Path())
    found: dict[str, object] = {}
    for section in fields(settings):
        value = getattr(settings, section.name)
        if isinstance(value, SettingsSection):
            table = msgspec.json.decode(msgspec.json.encode(value), type=dict[str, object])
            found |= {f"{section.name}.{name}": default for name, default in table.items()}
    return found


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    assert _documented() == _existing()


def test_the_table_without_fixed_keys_is_documented() -> None:
    tables = {item.name for item in fields(Settings) if not _is_section(item.name)}
    assert tables - {"root"} == {"routes"}
    assert "\n## [routes]\n" in text("docs/configuration.md")


def _is_section(name: str) -> bool:
    return isinstance(getattr(Settings(root=Path()), name), SettingsSection)
