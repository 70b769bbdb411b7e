"""How ``pli bench`` tells people its figures, and that it measures PostgreSQL; what it measures is not judged here."""

from pathlib import Path

import pytest

from gateway.cli.bench import flattened
from tests.builders.command_line import pli


def test_every_figure_has_a_line_with_its_whole_name() -> None:
    figures = {"plan": {"messages": 2}, "intake": {"filed": {"seconds": 1.5}, "rate": 4}}
    assert dict(flattened(figures)) == {"plan.messages": 2, "intake.filed.seconds": 1.5, "intake.rate": 4}


def test_a_gateway_on_postgresql_is_measured(empty_postgres: str, tmp_path: Path) -> None:
    few = ("--messages", "4", "--connections", "1", "--list-messages", "3", "--pushes", "1", "--size", "20000")
    pages = ("--conversations", "3", "--documents", "1", "--patients", "9", "--serving", "2")
    measured = pli("bench", "--json", "--dir", tmp_path, "--database", empty_postgres, *few, *pages)
    assert measured.code == 0, measured.talk
    assert (measured.data["intake"]["accepted"], measured.data["intake"]["refused"]) == (4, 0)
    assert "9 spaces made" in measured.talk
    assert {"home", "messages_deep", "document"} < measured.data["pages"].keys()
    told = measured.data["push"]
    assert set(told) == {f"{who}_{where}_process" for who in ("idle", "page") for where in ("same", "other")}
    assert all({"p50_ms", "p95_ms", "p99_ms"} < told[which].keys() for which in told)


@pytest.mark.parametrize("option", ["--messages", "--per-connection", "--processes", "--list-messages", "--size"])
def test_a_number_of_nothing_is_refused(option: str) -> None:
    refused = pli("bench", option, "0")
    assert refused.code == 2
    assert option in refused.talk


def test_a_folder_that_is_not_there_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    refused = pli("bench", "--dir", tmp_path / "nowhere")
    assert refused.code == 2
    assert "--dir" in refused.talk
    assert "does not exist" in refused.talk
