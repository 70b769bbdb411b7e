"""`docs/configuration.md` and `gateway/config.py` name the same settings with the same defaults."""

import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path

from gateway.config import Settings
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
    settings, found = Settings(root=Path()), {}
    for section in fields(settings):
        value = getattr(settings, section.name)
        if is_dataclass(value):
            for item in fields(value):
                default = getattr(value, item.name)
                found[f"{section.name}.{item.name}"] = list(default) if isinstance(default, tuple) else default
    return found


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    assert _documented() == _existing()


def test_the_table_without_fixed_keys_is_documented() -> None:
    tables = {item.name for item in fields(Settings) if not is_dataclass(getattr(Settings(root=Path()), item.name))}
    assert tables - {"root"} == {"routes"}
    assert "\n## [routes]\n" in text("docs/configuration.md")
