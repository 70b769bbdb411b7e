"""Which OpenID provider the settings name, and what they must say for it."""

from pathlib import Path
from typing import Any

import pytest

from gateway.cli.openid_findings import openid_findings
from gateway.config import settings_of
from gateway.domain.errors import ConfigurationError
from gateway.openid_provider import openid_provider_of
from tests.builders.other_operator import free_port
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import ManualClock

Table = dict[str, Any]  # Any: as TOML gives it


def _right(folder: Path) -> Table:
    (folder / "secret").write_text("un secret\n")
    return {"issuer": "https://fournisseur.example/api/v2", "client_id": "pli", "client_secret": "secret"}


def test_without_an_issuer_there_is_no_provider(tmp_path: Path) -> None:
    assert openid_provider_of(settings_of({}, tmp_path), ManualClock()) is None
    assert list(openid_findings(settings_of({}, tmp_path))) == []


def test_button_calls_it_franceconnect_or_as_the_operator_says(tmp_path: Path) -> None:
    for table, name in (({}, "FranceConnect"), ({"name": "Mon fournisseur"}, "Mon fournisseur")):
        made = openid_provider_of(settings_of({"openid": _right(tmp_path) | table}, tmp_path), ManualClock())
        assert made is not None
        assert made.name == name


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"issuer": "http://fournisseur.example"}, "openid.issuer must be"),
        ({"issuer": "https://fournisseur.example?x=1"}, "openid.issuer must be"),
        ({"issuer": "https://[fournisseur"}, "openid.issuer must be"),
        ({"client_id": ""}, "openid.client_id must be"),
        ({"client_secret": "missing"}, "openid.client_secret must name a readable file"),
        ({"client_secret": "empty"}, "openid.client_secret must name a file that is not empty"),
        ({"name": " "}, "openid.name must have"),
        ({"name": "x" * 41}, "openid.name must have"),
        ({"scopes": ["profile"]}, "openid.scopes must hold"),
        ({"authorities": "missing"}, "authorities file"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, table: Table, said: str) -> None:
    (tmp_path / "empty").write_text("\n")
    settings = settings_of({"openid": _right(tmp_path) | table}, tmp_path)
    with pytest.raises(ConfigurationError, match=said):
        openid_provider_of(settings, ManualClock())
    (found,) = openid_findings(settings)
    assert found.bad
    assert said in found.advice


def test_doctor_says_that_a_provider_does_not_answer(tmp_path: Path) -> None:
    table = _right(tmp_path) | {
        "issuer": f"https://localhost:{free_port()}", "authorities": TestAuthority(tmp_path).path.name,
    }  # fmt: skip
    (found,) = openid_findings(settings_of({"openid": table}, tmp_path))
    assert (found.bad, "does not answer" in found.what) == (False, True)
