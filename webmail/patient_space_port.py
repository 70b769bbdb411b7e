"""All that the pages ask of the services, in one."""

from typing import Protocol

from webmail.documents.port import DocumentService
from webmail.home.port import HomeService
from webmail.live.port import LiveService
from webmail.messages.port import MessageService
from webmail.sign_in.port import SignInService


class PatientSpaceService(SignInService, MessageService, DocumentService, HomeService, LiveService, Protocol):
    """All that the web space calls, sessions apart."""
