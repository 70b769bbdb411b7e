"""A notice by a channel for which the settings name no way out is neither lost nor sent by another: it is a file."""

from pathlib import Path

import orjson
import pytest

from gateway.config import settings_of
from gateway.domain.errors import NoticeDeferred
from gateway.domain.notices import Channel
from gateway.notice_ways import ways_of
from gateway.notices.by_channel import NoticesByChannel
from tests.builders.notice_takers import a_notice
from tests.builders.store import ManualClock

CONTACTS = {Channel.EMAIL: "jeanne@courriel.example", Channel.SMS: "+33600000012"}


def _with_letters_alone(folder: Path) -> NoticesByChannel:
    return ways_of(settings_of({"notices": {"letters": "letters"}}, folder), ManualClock())


@pytest.mark.parametrize(("channel", "contact"), CONTACTS.items())
async def test_notice_by_a_channel_that_has_no_way_becomes_a_file_that_names_the_channel(
    tmp_path: Path, channel: Channel, contact: str
) -> None:
    notices = _with_letters_alone(tmp_path)
    for _ in range(2):
        await notices.send(a_notice(channel, contact))
    (file,) = (tmp_path / "notices").glob("*.json")
    told = orjson.loads(file.read_bytes())
    assert (told["channel"], told["to"]) == (channel.value, contact)
    assert list(tmp_path.rglob("*.pdf")) == []
    await notices.forget([contact])
    assert list((tmp_path / "notices").iterdir()) == []


async def test_notice_without_a_way_waits_while_no_file_can_be_written(tmp_path: Path) -> None:
    notices = _with_letters_alone(tmp_path)
    (tmp_path / "notices").rmdir()
    with pytest.raises(NoticeDeferred):
        await notices.send(a_notice(Channel.SMS, CONTACTS[Channel.SMS]))
