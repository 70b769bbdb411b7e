"""Which way out the settings name for notices of each channel: relay, SMS service and letters, or files."""

import json
import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from certs import contexts
from gateway.config import Settings
from gateway.config_sections import RelayTls
from gateway.domain.address import MailAddress
from gateway.domain.errors import ConfigurationError, InvalidValue
from gateway.domain.notices import Channel
from gateway.domain.place_names import is_host_and_port
from gateway.notices.by_channel import NoticesByChannel
from gateway.notices.dkim_signing import signer_of
from gateway.notices.email_relay import EmailRelay, RelaySettings
from gateway.notices.files import FileNotices
from gateway.notices.letter_files import LetterFiles
from gateway.notices.sms_service import SmsService, SmsSettings, filled_template
from gateway.papers.typst_papers import TypstPapers
from gateway.ports.clock import Clock
from gateway.ports.notices import Notices

_SMS_TEMPLATE = '{"to": "{to}", "text": "{text}", "id": "{id}"}'
Context = Callable[[], ssl.SSLContext]


def ways_of(settings: Settings, clock: Clock) -> NoticesByChannel:
    """Give the ways out. Raises `ConfigurationError` for what the settings name and cannot be used."""
    section, files = settings.notices, FileNotices(settings.path(settings.paths.notices), clock)
    ways: dict[Channel, Notices] = {}
    if section.letters:
        ways[Channel.LETTER] = LetterFiles(settings.path(section.letters), TypstPapers())
    if section.relay or section.sms_url:
        context = _context(settings)
        if section.relay:
            ways[Channel.EMAIL] = _relay(settings, clock, context)
        if section.sms_url:
            ways[Channel.SMS] = _sms(settings, context)
    return NoticesByChannel(files, ways)


def _context(settings: Settings) -> Context:
    file = settings.path(settings.notices.authorities) if settings.notices.authorities else None
    return contexts.Renewable(lambda: contexts.client(file), [file] if file else [], time.monotonic).current


def _relay(settings: Settings, clock: Clock, context: Context) -> EmailRelay:
    section = settings.notices
    if not is_host_and_port(section.relay):
        raise ConfigurationError('notices.relay must be "host:port"')
    host, _, port = section.relay.rpartition(":")
    try:
        sender = MailAddress.parse(section.sender)
    except InvalidValue as error:
        raise ConfigurationError("notices.sender must be the mail address of e-mail notices") from error
    relay = RelaySettings(
        hostname=settings.gateway.hostname,
        host=host,
        port=int(port),
        sender=sender,
        implicit_tls=section.relay_tls is RelayTls.IMPLICIT,
        user=section.relay_user,
        password=_secret(settings, "relay_password", section.relay_password) if section.relay_user else "",
        timeout=timedelta(seconds=section.seconds),
        at_once=section.at_once,
    )
    key = section.dkim_key
    signer = signer_of(sender.domain, section.dkim_selector, settings.path(key)) if key else None
    return EmailRelay(relay, context, clock, signer)


def _sms(settings: Settings, context: Context) -> SmsService:
    section = settings.notices
    if urlsplit(section.sms_url).scheme != "https":
        raise ConfigurationError("notices.sms_url must begin with https://")
    template = section.sms_template or _SMS_TEMPLATE
    try:
        json.loads(filled_template(template, dict.fromkeys(("to", "text", "id"), "1")))
    except ValueError as error:
        raise ConfigurationError("notices.sms_template must be JSON with {to}, {text} and {id}") from error
    signed = section.sms_signature_header
    return SmsService(
        SmsSettings(
            url=section.sms_url,
            template=template,
            token=_secret(settings, "sms_token", section.sms_token) if section.sms_token else "",
            signature_header=signed,
            signature_key=_secret(settings, "sms_signature_key", section.sms_signature_key).encode() if signed else b"",
            timeout=timedelta(seconds=section.seconds),
            at_once=section.at_once,
        ),
        context,
    )


def _secret(settings: Settings, key: str, name: str) -> str:
    file: Path = settings.path(name)
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"notices.{key} must name a readable file that holds the secret alone") from error
