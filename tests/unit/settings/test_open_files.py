"""The gateway takes the open files that its connections need, as far as it is allowed."""

import resource
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.cli.open_files import make_room_for_connections, raised_limit
from gateway.config import Settings
from gateway.config_sections import ImapSection, SmtpSection, WebSection

WITHOUT = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [(1024, 9000, 5000), (1024, 4096, 4096), (8000, 9000, 8000), (1024, WITHOUT, 5000), (WITHOUT, WITHOUT, WITHOUT)],
)
def test_limit_is_raised_as_far_as_needed_and_allowed(soft: int, hard: int, raised: int) -> None:
    assert raised_limit(5000, soft, hard) == raised


def _settings(connections: int) -> Settings:
    return Settings(
        root=Path(),
        smtp=SmtpSection(max_connections=connections),
        imap=ImapSection(max_connections=connections),
        web=WebSection(max_connections=connections),
    )


def test_files_of_all_connections_are_open_to_the_process() -> None:
    before, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        make_room_for_connections(_settings(100))
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1_324, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, hard))


def test_too_low_a_limit_is_told() -> None:
    before, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with capture_logs() as logs:
        make_room_for_connections(_settings(1 << 40))
    resource.setrlimit(resource.RLIMIT_NOFILE, (before, hard))
    assert [entry["event"] for entry in logs] == ["serve.few_open_files"]
