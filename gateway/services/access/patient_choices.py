"""What a patient chose for whoever asks: consents, blocks, exceptions for one document, emergencies.

Choices that do not open are not known, which puts every access off: nobody can say then who is blocked.
"""

from collections.abc import Callable

from gateway.domain.access import Actor
from gateway.domain.address import MailAddress
from gateway.domain.care_party import issuer_name, mailbox_name
from gateway.domain.dossier import DocumentOutline, FiledDocument
from gateway.domain.errors import InvalidValue, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import NO_CHOICES, EmergencyConsent, PatientChoices
from gateway.policy.access.facts import Consent, DocumentFacts, PersonChoice
from gateway.policy.facts import UNKNOWN, Unknown
from gateway.ports.store import Tx
from gateway.services.patient_blocks import blocks


def is_blocked(tx: Tx, actor: Actor) -> bool | Unknown:
    """Say whether the patient has blocked a professional or their organisation; nobody else can be blocked."""
    if not actor.is_visitor:
        return False
    return blocks(tx, actor.vault, actor.identifiers) if actor.identifiers else UNKNOWN


def consent_for(tx: Tx, actor: Actor) -> Consent | Unknown | None:
    """Give the patient's standing consent to a professional, or to whoever acts for their organisation."""
    choices = _choices(tx, actor.vault)
    if choices is UNKNOWN:
        return UNKNOWN
    if choices.allows(actor.identifiers) is None:
        return None
    return Consent(administers=bool(choices.administered_by(actor.identifiers)))


def emergency_consent(tx: Tx, vault: VaultId, consent: EmergencyConsent) -> bool | Unknown:
    """Say whether the patient gave one of the three consents for emergencies (A5)."""
    choices = _choices(tx, vault)
    return UNKNOWN if choices is UNKNOWN else consent in choices.emergency


def document_facts_for(tx: Tx, actor: Actor) -> Callable[[FiledDocument], DocumentFacts]:
    """Give what says of documents what the rules judge by, for this reader; choices are read once for all of them."""
    visits, choice_of = actor.is_visitor, _exceptions(tx, actor)

    def facts_of(document: FiledDocument) -> DocumentFacts:
        return DocumentFacts(
            category=document.entry.category,
            hidden_from=document.hidden_from,
            is_author=visits and _is_author(actor, document),
            choice=choice_of(document.id),
        )

    return facts_of


def outline_facts_for(tx: Tx, actor: Actor) -> Callable[[DocumentOutline], DocumentFacts]:
    """Give the same of documents that nobody has opened: whether a visitor deposited them is not known of any."""
    is_author: bool | Unknown = UNKNOWN if actor.is_visitor else False
    choice_of = _exceptions(tx, actor)

    def facts_of(outline: DocumentOutline) -> DocumentFacts:
        return DocumentFacts(
            category=outline.category,
            hidden_from=outline.hidden_from,
            is_author=is_author,
            choice=choice_of(outline.number),
        )

    return facts_of


def _exceptions(tx: Tx, actor: Actor) -> Callable[[int], PersonChoice | Unknown | None]:
    """Give the patient's exceptions for single documents and this reader; hidden wins where two count (F55)."""
    choices: PatientChoices | Unknown = _choices(tx, actor.vault) if actor.is_visitor else NO_CHOICES
    if choices is UNKNOWN:
        return lambda _: UNKNOWN
    counting = choices.of(actor.identifiers)
    hidden = frozenset[int]().union(*(one.hidden for one in counting))
    shown = frozenset[int]().union(*(one.shown for one in counting))
    return lambda number: (
        PersonChoice.HIDDEN if number in hidden else PersonChoice.SHOWN if number in shown else None
    )


def _is_author(actor: Actor, document: FiledDocument) -> bool:
    """Say whether they deposited it: by the mailbox that sent it, or the organisation that answers for it (F54)."""
    try:
        sent_by = mailbox_name(MailAddress.parse(document.sender))
    except InvalidValue:  # its patient added it, or it was damaged
        sent_by = ""
    return not actor.identifiers.isdisjoint({sent_by, issuer_name(document.issuer)} - {""})


def _choices(tx: Tx, vault: VaultId) -> PatientChoices | Unknown:
    try:
        return tx.patient_choices.get(vault)
    except SealBroken:
        return UNKNOWN
