"""Notices by e-mail: over TLS to the operator's relay, signed, tried again or refused as the relay says."""

import base64
import email
import email.policy
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.domain.address import MailAddress
from gateway.domain.errors import ConfigurationError, NoticeDeferred, NoticeRefused
from gateway.notices.dkim_signing import DkimSigner, signer_of
from gateway.notices.email_relay import EmailRelay, RelaySettings
from tests.builders.notice_takers import PASSWORD, USER, Relay, a_notice, a_relay
from tests.builders.other_operator import free_port
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import ManualClock

SENDER = MailAddress.parse("ne-pas-repondre@espace.example")
Make = Callable[..., EmailRelay]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """Give an authority whose certificates the notices trust."""
    return TestAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """Give the key that notices are signed with."""
    return rsa.generate_private_key(65_537, 2048)


def _way(
    relay: Relay, context: ssl.SSLContext, *, signer: DkimSigner | None = None, user: str = "", implicit: bool = False
) -> EmailRelay:
    settings = RelaySettings(
        hostname="pli.example", host="localhost", port=relay.port, sender=SENDER, implicit_tls=implicit,
        user=user, password=PASSWORD,
    )  # fmt: skip
    return EmailRelay(settings, lambda: context, ManualClock(), signer)


def _octets(relay: Relay) -> bytes:
    (envelope,) = relay.taken
    assert isinstance(envelope.content, bytes)
    return envelope.content


@pytest.mark.parametrize("implicit", [False, True])
async def test_relay_takes_the_notice_over_tls(authority: TestAuthority, implicit: bool) -> None:
    async with a_relay(authority, implicit_tls=implicit) as relay:
        await _way(relay, authority.client(), implicit=implicit).send(a_notice())
    (envelope,) = relay.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == (str(SENDER), ["jeanne@courriel.example"])
    message = email.message_from_bytes(_octets(relay), policy=email.policy.default)
    assert message["Subject"] == "Votre espace santé"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<notice.3f2a@espace.example>"
    lines = message.get_content().splitlines()
    assert [line for line in lines if line] == ["Bonjour,", "Il est prêt.", "1. Tapez l'adresse."]


async def test_relay_that_asks_is_told_who_we_are(authority: TestAuthority) -> None:
    async with a_relay(authority, asks=True) as relay:
        await _way(relay, authority.client(), user=USER).send(a_notice())
        assert relay.signed_in
        with pytest.raises(NoticeDeferred):
            await _way(relay, authority.client()).send(a_notice())


async def test_notice_goes_to_no_relay_whose_certificate_is_not_trusted(
    authority: TestAuthority, tmp_path: Path
) -> None:
    async with a_relay(TestAuthority(tmp_path, "Other CA")) as relay:
        with pytest.raises(NoticeDeferred):
            await _way(relay, authority.client()).send(a_notice())
    assert relay.taken == []


async def test_relay_that_is_down_defers(authority: TestAuthority) -> None:
    with pytest.raises(NoticeDeferred):
        await _way(Relay(port=free_port()), authority.client()).send(a_notice())


@pytest.mark.parametrize(
    ("verb", "reply", "error"),
    [
        ("RCPT", "550 5.1.1 no such mailbox", NoticeRefused),
        ("RCPT", "450 4.2.1 later", NoticeDeferred),
        ("MAIL", "550 5.7.1 not you", NoticeDeferred),
        ("DATA", "451 4.3.0 later", NoticeDeferred),
        ("DATA", "554 5.7.1 looks like spam", NoticeDeferred),
    ],
)
async def test_only_a_mailbox_that_is_refused_for_good_ends_a_notice(
    authority: TestAuthority, verb: str, reply: str, error: type[Exception]
) -> None:
    async with a_relay(authority) as relay:
        relay.replies[verb] = reply
        with pytest.raises(error):
            await _way(relay, authority.client()).send(a_notice())
        relay.replies.clear()
        await _way(relay, authority.client()).send(a_notice())
    assert len(relay.taken) == 1


@pytest.mark.parametrize(
    "to", ["", "jeanne", "a@b.example>\r\nRCPT TO:<c@d.example", "é@x.example", "a@b.example, c@d.example"]
)
async def test_contact_that_is_no_address_is_refused_unsent(authority: TestAuthority, to: str) -> None:
    async with a_relay(authority) as relay:
        with pytest.raises(NoticeRefused):
            await _way(relay, authority.client()).send(a_notice(to=to))
    assert relay.taken == []


def _published(key: rsa.RSAPrivateKey) -> Callable[..., bytes]:
    octets = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(octets)

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"avis._domainkey.espace.example."
        return record

    return look_up


async def test_signature_is_verified_by_another_program(authority: TestAuthority, key: rsa.RSAPrivateKey) -> None:
    async with a_relay(authority) as relay:
        await _way(relay, authority.client(), signer=DkimSigner("espace.example", "avis", key)).send(a_notice())
    assert dkim.verify(_octets(relay), dnsfunc=_published(key))


@pytest.mark.parametrize(
    ("old", "new"), [(b"Subject: ", b"Subject: x"), (b"To: ", b"To: x@y.example\r\nTo: "), (b"\r\n\r\n", b"\r\n\r\nx")]
)
async def test_signature_does_not_hold_for_a_changed_notice(
    authority: TestAuthority, key: rsa.RSAPrivateKey, old: bytes, new: bytes
) -> None:
    async with a_relay(authority) as relay:
        await _way(relay, authority.client(), signer=DkimSigner("espace.example", "avis", key)).send(a_notice())
    changed = _octets(relay).replace(old, new, 1)
    assert not dkim.verify(changed, dnsfunc=_published(key))


@pytest.mark.parametrize("length", range(40, 90, 7))
async def test_signature_holds_for_long_subjects_and_addresses(
    authority: TestAuthority, key: rsa.RSAPrivateKey, length: int
) -> None:
    notice = a_notice(to=f"{'a' * 60}@{'b' * 60}.example")
    long = replace(notice, wording=replace(notice.wording, subject="é" * length))
    async with a_relay(authority) as relay:
        await _way(relay, authority.client(), signer=DkimSigner("espace.example", "avis", key)).send(long)
    assert dkim.verify(_octets(relay), dnsfunc=_published(key))


@pytest.mark.parametrize("made", [rsa.generate_private_key(65_537, 1024), ec.generate_private_key(ec.SECP256R1())])
def test_weak_keys_and_others_are_refused(tmp_path: Path, made: rsa.RSAPrivateKey) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(
        made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(ConfigurationError, match="RSA key of 2048 bits"):
        signer_of("espace.example", "avis", file)


def test_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read as a PEM key"):
        signer_of("espace.example", "avis", tmp_path / "missing.pem")
