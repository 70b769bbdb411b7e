"""One transaction as the services see it: the repositories, bound to one connection."""

from gateway.domain.access_settings import AccessSettings
from gateway.ports.clock import Clock
from gateway.store.backend.sql import Runner
from gateway.store.backend.transaction import Transaction
from gateway.store.rows.agendas import AgendaRows
from gateway.store.rows.agents import AgentRows
from gateway.store.rows.attempts import SqlAttemptRows
from gateway.store.rows.audit import AuditRows
from gateway.store.rows.blob_holds import SqlBlobRows
from gateway.store.rows.care_acts import CareActRows
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.document_lists import DocumentListRows
from gateway.store.rows.documents import DocumentRows
from gateway.store.rows.entries import MailRows
from gateway.store.rows.erased import ErasedRows
from gateway.store.rows.exchanges import ExchangeRows
from gateway.store.rows.goals import GoalRows
from gateway.store.rows.happenings import HappeningRows
from gateway.store.rows.head_log import HeadLogRows
from gateway.store.rows.health_links import HealthLinkRows
from gateway.store.rows.inspection import InspectionRows
from gateway.store.rows.integrity import IntegrityRows
from gateway.store.rows.mandates import MandateRows
from gateway.store.rows.measures import MeasureRows
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.rows.observed import ObservedRows
from gateway.store.rows.outbox import OutboxRows
from gateway.store.rows.own_exports import OwnExportRows
from gateway.store.rows.passkeys import PasskeyRows
from gateway.store.rows.patient_choices import PatientChoiceTable
from gateway.store.rows.profile_entries import ProfileRows
from gateway.store.rows.quarantine import QuarantineRows
from gateway.store.rows.record_openings import RecordOpeningRows
from gateway.store.rows.rights_requests import RightsRequestRows
from gateway.store.rows.space_places import SpacePlaces
from gateway.store.rows.spaces import SpaceRows
from gateway.store.rows.step_places import StepPlaces
from gateway.store.rows.traced_changes import TracedChanges
from gateway.store.rows.withholdings import WithholdingRows
from gateway.store.seal.sealer import Sealer


class SqlTx(Transaction):
    """Implements `gateway.ports.store.Tx`."""

    def __init__(self, runner: Runner, sealer: Sealer, clock: Clock, access_settings: AccessSettings) -> None:
        super().__init__(runner)
        self.access_settings = access_settings
        noted = NotedChanges()
        self.coded = CodedRows(runner, sealer)
        self.blobs = SqlBlobRows(runner, sealer, noted)
        self.mail = MailRows(runner, sealer, clock, self.coded, noted, self.blobs, self.touched)
        self.spaces = SpaceRows(runner, sealer, clock, self.coded)
        self.passkeys = PasskeyRows(runner, sealer, self.coded)
        self.mandates = MandateRows(runner, sealer, self.coded)
        self.erasures = ErasedRows(runner, sealer)
        self.exchanges = ExchangeRows(runner, sealer, self.coded)
        self.documents = DocumentRows(runner, sealer, self.coded)
        self.profile = ProfileRows(runner, sealer, self.coded)
        self.patient_choices = PatientChoiceTable(runner, sealer, self.coded)
        self.goals = GoalRows(runner, sealer)
        self.observed = ObservedRows(runner, sealer, self.coded)
        self.document_lists = DocumentListRows(runner, sealer, self.coded)
        self.withholdings = WithholdingRows(runner, sealer)
        self.measures = MeasureRows(runner, sealer, self.coded)
        self.care_acts = CareActRows(runner, sealer, self.coded)
        self.quarantine = QuarantineRows(runner, sealer, self.blobs, noted)
        self.outbox = OutboxRows(runner, sealer, noted, self.touched)
        self.attempts = SqlAttemptRows(runner)
        self.audit = AuditRows(runner, sealer, clock, noted, self.coded.epoch, self.touched)
        self.head_log = HeadLogRows(runner, self.audit)
        self.happenings = HappeningRows(runner, sealer, self.audit)
        self.agendas = AgendaRows(runner, sealer)
        self.own_exports = OwnExportRows(runner, sealer)
        self.health_links = HealthLinkRows(runner, sealer)
        self.record_openings = RecordOpeningRows(runner, sealer, self.coded)
        self.rights_requests = RightsRequestRows(runner, sealer)
        self.agents = AgentRows(runner, sealer, self.coded)
        self.integrity = IntegrityRows(runner, self.coded, self.audit)
        traced = TracedChanges(runner, sealer, self.audit, self.coded)
        steps, spaces = StepPlaces(runner, clock), SpacePlaces(runner, self.spaces)
        self.inspection = InspectionRows(runner, sealer, self.audit, self.integrity, traced, steps, spaces)

    def begin(self) -> None:
        """Begin with nothing noted."""
        super().begin()
        self.outbox.forget()
        self.audit.forget()
        self.coded.forget()

    def settle(self) -> None:
        """Write steps that were put off, the traces that events were added to, and heads of coded rows that changed."""
        self.outbox.settle()
        self.audit.settle()
        self.coded.settle(self.audit.length)
