"""Which way out the settings name, and what they must say for it."""

from pathlib import Path
from typing import Any

import pytest

from gateway.config import settings_of
from gateway.domain.errors import ConfigurationError
from gateway.notice_ways import ways_of
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import ManualClock

RELAY = {"relay": "relais.example:587", "sender": "ne-pas-repondre@espace.example"}
SMS = {"sms_url": "https://sms.example/send"}
Table = dict[str, Any]  # Any: as TOML gives it


def _ways(folder: Path, table: Table) -> None:
    ways_of(settings_of({"notices": table}, folder), ManualClock())


@pytest.mark.parametrize("table", [{}, RELAY, SMS, {"letters": "letters"}, {**RELAY, **SMS, "relay_tls": "implicit"}])
def test_settings_that_can_be_used_are_taken(tmp_path: Path, table: Table) -> None:
    _ways(tmp_path, table)


def test_secrets_and_authorities_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    secrets = dict.fromkeys(("relay_password", "sms_token", "sms_signature_key"), "secret")
    named = {"relay_user": "pli", "sms_signature_header": "X-Signature"}
    authorities = TestAuthority(tmp_path).path.name
    _ways(tmp_path, {**RELAY, **SMS, **secrets, **named, "authorities": authorities})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({**RELAY, "relay": "relais.example"}, "notices.relay must be"),
        ({**RELAY, "sender": ""}, "notices.sender must be"),
        ({**RELAY, "relay_user": "pli", "relay_password": "missing"}, "notices.relay_password must name"),
        ({**RELAY, "dkim_key": "missing"}, "notices.dkim_key"),
        ({**RELAY, "authorities": "missing"}, "authorities file"),
        ({**SMS, "sms_url": "http://sms.example/"}, "notices.sms_url must begin with https://"),
        ({**SMS, "sms_template": "to={to}"}, "notices.sms_template must be JSON"),
        ({**SMS, "sms_token": "missing"}, "notices.sms_token must name a readable file"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, table: Table, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        _ways(tmp_path, table)
