"""All that the pages ask of the services, in one object, as contract tests call it."""

from collections.abc import Callable
from typing import Protocol

from webmail.access_codes.adapter import AccessCodePages
from webmail.access_codes.port import AccessCodeService
from webmail.activation.adapter import ActivationPages
from webmail.activity.adapter import ActivityPages
from webmail.activity.port import ActivityService
from webmail.agenda.adapter import AgendaPages
from webmail.agenda.port import AgendaService
from webmail.care.adapter import CarePages
from webmail.care.port import CareService
from webmail.carers.adapter import CarerPages
from webmail.carers.port import CarerService
from webmail.delays.adapter import DelayPages
from webmail.delays.port import DelayService
from webmail.documents.adapter import DocumentPages
from webmail.documents.port import DocumentService
from webmail.drafts.adapter import DraftPages
from webmail.feature import Feature
from webmail.happenings.adapter import NewsPages
from webmail.happenings.port import NewsService
from webmail.help.adapter import HelpPages
from webmail.help.port import HelpService
from webmail.home.adapter import HomePage
from webmail.home.port import HomeService
from webmail.images.adapter import ImagePages
from webmail.leaving.adapter import LeavingPages
from webmail.leaving.port import LeavingService
from webmail.live.adapter import SpacePulse
from webmail.measures.adapter import MeasurePages
from webmail.measures.port import MeasureService
from webmail.medical_pictures import ImageService
from webmail.messages.adapter import MessagePages
from webmail.messages.port import MessageService
from webmail.own_contacts.adapter import OwnContactPages
from webmail.own_contacts.port import OwnContactService
from webmail.own_data.adapter import OwnDataPages
from webmail.own_data.port import OwnDataService
from webmail.preferences.adapter import PreferencePages
from webmail.preferences.port import PreferenceService
from webmail.privacy.adapter import PrivacyPages
from webmail.privacy.port import PrivacyService
from webmail.profile.adapter import ProfilePages
from webmail.profile.port import ProfileService
from webmail.pulse import LiveService
from webmail.recovery.adapter import RecoverySteps
from webmail.recovery.port import RecoveryService
from webmail.relatives.adapter import RelativesPages
from webmail.relatives.port import RelativesService
from webmail.results.adapter import ResultPages
from webmail.results.port import ResultService
from webmail.rights.adapter import RightsPages
from webmail.rights.port import RightsService
from webmail.safety.adapter import SafetyPages
from webmail.safety.port import SafetyService
from webmail.services import SpaceServices
from webmail.sharing.adapter import SharingPages
from webmail.sharing.port import SharingService
from webmail.sign_in.adapter import SignInSteps
from webmail.sign_in.port import SignInService
from webmail.synthesis.adapter import SynthesisPages
from webmail.synthesis.port import SynthesisService
from webmail.terms.adapter import TermsPages
from webmail.terms.port import TermsService
from webmail.typed_drafts import DraftService


class PatientSpaceService(
    SignInService,
    RecoveryService,
    SafetyService,
    MessageService,
    DocumentService,
    HomeService,
    LiveService,
    PreferenceService,
    NewsService,
    HelpService,
    LeavingService,
    TermsService,
    DraftService,
    OwnContactService,
    AgendaService,
    OwnDataService,
    ResultService,
    ProfileService,
    MeasureService,
    SynthesisService,
    CareService,
    PrivacyService,
    ImageService,
    SharingService,
    RelativesService,
    ActivityService,
    AccessCodeService,
    RightsService,
    CarerService,
    DelayService,
    Protocol,
):
    """All that the web space calls, sessions apart."""


class PatientSpace(
    SignInSteps,
    RecoverySteps,
    SafetyPages,
    MessagePages,
    DocumentPages,
    HomePage,
    SpacePulse,
    PreferencePages,
    NewsPages,
    HelpPages,
    LeavingPages,
    ActivationPages,
    TermsPages,
    DraftPages,
    OwnContactPages,
    AgendaPages,
    OwnDataPages,
    ResultPages,
    ProfilePages,
    MeasurePages,
    SynthesisPages,
    CarePages,
    PrivacyPages,
    ImagePages,
    SharingPages,
    RelativesPages,
    ActivityPages,
    AccessCodePages,
    RightsPages,
    CarerPages,
    DelayPages,
):
    """Implements `PatientSpaceService`, each subject by its own adapter."""

    def __init__(self, services: SpaceServices) -> None:
        """Take the services."""
        for adapter in (
            SignInSteps,
            RecoverySteps,
            SafetyPages,
            MessagePages,
            DocumentPages,
            HomePage,
            SpacePulse,
            PreferencePages,
            NewsPages,
            HelpPages,
            LeavingPages,
            ActivationPages,
            TermsPages,
            DraftPages,
            OwnContactPages,
            AgendaPages,
            OwnDataPages,
            ResultPages,
            ProfilePages,
            MeasurePages,
            SynthesisPages,
            CarePages,
            PrivacyPages,
            ImagePages,
            SharingPages,
            RelativesPages,
            ActivityPages,
            AccessCodePages,
            RightsPages,
            CarerPages,
            DelayPages,
        ):
            adapter.__init__(self, services)


def everywhere(space: PatientSpaceService) -> Callable[[Feature], object]:
    """Let one object answer every feature."""
    return lambda _: space
