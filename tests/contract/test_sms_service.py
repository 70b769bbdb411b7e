"""Notices by SMS: one signed request each, tried again or refused as the service says."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from certs import contexts
from certs.contexts import KeyPair
from gateway.domain.errors import NoticeDeferred, NoticeRefused
from gateway.domain.notices import Channel
from gateway.notices.sms_service import SmsService, SmsSettings, filled_template
from tests.builders.notice_takers import SmsDesk, a_notice, an_sms_desk
from tests.builders.other_operator import free_port
from tests.builders.smtp_tls import TestAuthority

TEMPLATE = '{"recipient": "{to}", "body": "{text}", "reference": "{id}"}'
KEY = b"une cle d'essai"
NUMBER = "+33600000001"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """Give an authority that the service's certificate is of."""
    return TestAuthority(tmp_path_factory.mktemp("authority"))


def _way(authority: TestAuthority, url: str) -> SmsService:
    settings = SmsSettings(
        url=url, template=TEMPLATE, token="jeton", signature_header="X-Signature", signature_key=KEY
    )
    context = authority.client()
    return SmsService(settings, lambda: context)


async def _sent(authority: TestAuthority, to: str = NUMBER, status: int = 202, times: int = 1) -> SmsDesk:
    served = contexts.web(KeyPair(authority.server.path, authority.server.path))
    async with an_sms_desk(served) as desk:
        desk.status = status
        for _ in range(times):
            await _way(authority, desk.url).send(a_notice(Channel.SMS, to))
    return desk


async def test_service_is_asked_once_with_the_words_of_the_notice(authority: TestAuthority) -> None:
    ((_headers, body),) = (await _sent(authority)).asked
    text = "Bonjour,\n\nIl est prêt.\n\n1. Tapez l'adresse."
    assert json.loads(body) == {"recipient": NUMBER, "body": text, "reference": "3f2a"}


async def test_request_bears_token_signature_and_the_same_key_at_each_try(authority: TestAuthority) -> None:
    asked = (await _sent(authority, times=2)).asked
    for headers, body in asked:
        assert headers["Authorization"] == "Bearer jeton"
        assert headers["X-Signature"] == hmac.new(KEY, body, hashlib.sha256).hexdigest()
        assert headers["Idempotency-Key"] == "3f2a"
    assert len({body for _, body in asked}) == 1


@pytest.mark.parametrize("status", [302, 400, 401, 429, 500, 503])
async def test_service_that_does_not_take_it_now_defers(authority: TestAuthority, status: int) -> None:
    with pytest.raises(NoticeDeferred):
        await _sent(authority, status=status)


@pytest.mark.parametrize("status", [404, 410, 422])
async def test_number_that_is_none_ends_the_notice(authority: TestAuthority, status: int) -> None:
    with pytest.raises(NoticeRefused):
        await _sent(authority, status=status)


async def test_service_that_is_down_or_not_trusted_defers(authority: TestAuthority, tmp_path: Path) -> None:
    with pytest.raises(NoticeDeferred):
        await _way(authority, f"https://localhost:{free_port()}/send").send(a_notice(Channel.SMS, NUMBER))
    other = TestAuthority(tmp_path, "Other CA")
    served = contexts.web(KeyPair(other.server.path, other.server.path))
    async with an_sms_desk(served) as desk:
        with pytest.raises(NoticeDeferred):
            await _way(authority, desk.url).send(a_notice(Channel.SMS, NUMBER))
    assert desk.asked == []


async def test_number_is_sent_without_gaps(authority: TestAuthority) -> None:
    ((_headers, body),) = (await _sent(authority, "06 00.00-00 (01)")).asked
    assert json.loads(body)["recipient"] == "0600000001"


@pytest.mark.parametrize("to", ["", "jeanne", "+33 6 00 00 00 00 00 00 00 00", "0600000001\r\nX: y", "٠٦٠٠٠٠٠٠"])
async def test_contact_that_is_no_number_is_refused_unsent(authority: TestAuthority, to: str) -> None:
    with pytest.raises(NoticeRefused):
        await _sent(authority, to)


def test_words_cannot_leave_their_place_in_the_template() -> None:
    filled = filled_template(TEMPLATE, {"to": '"}', "text": '{id} \\" \n', "id": "1"})
    assert json.loads(filled) == {"recipient": '"}', "body": '{id} \\" \n', "reference": "1"}
