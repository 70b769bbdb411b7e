"""ACC-11 to ACC-13: which documents of a space that may be entered are shown to whom (A2, F54, F55, E17)."""

from gateway.domain.access import Audience, Role
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access import reasons
from gateway.policy.access.facts import DocumentFacts, Emergency, Own, PersonChoice
from gateway.policy.access.verdict import Ask, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN, Unknown

_PATIENT_SIDE = {Role.PATIENT, Role.GUARDIAN, Role.CARER, Role.APPLICATION}


@access_rule("ACC-11")
def patient_side_may_read_it(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Withhold what its author has not presented yet, from representatives what is not for them (A27, STD §4.5)."""
    document = ask.facts.document
    if ask.actor.role not in _PATIENT_SIDE or document is None:
        return None
    if document is UNKNOWN or document.hidden_from is UNKNOWN:
        return reasons.not_known("ACC-11", "flags of the document not known")
    hidden = document.hidden_from
    if document.held_until is not None and ask.facts.now >= document.held_until:
        hidden &= ~Audience.PATIENT
    return Refuse(reasons.WITHHELD, "withheld") if hidden & ask.actor.audience else None


@access_rule("ACC-12")
def professional_is_shown_it(ask: Ask, _settings: AccessSettings) -> Objection | None:
    """Hide from a professional what the patient hides, but for its author or by the patient's exception (F54, F55)."""
    document = _asked_by_professional(ask)
    if document is None:
        return None
    if document is UNKNOWN or document.choice is UNKNOWN or document.hidden_from is UNKNOWN:
        return reasons.not_known("ACC-12", "what the patient chose for the document not known")
    if Audience.EVERYBODY in document.hidden_from:
        return Refuse(reasons.HIDDEN, "its patient says that it is not theirs")
    if Audience.BEFORE_ACTIVATION in document.hidden_from:
        return Refuse(reasons.HIDDEN, "the space is not activated yet")
    # What the patient chose for one person is the most precise choice, and stands above flag and authorship.
    if document.choice is not None:
        return Refuse(reasons.HIDDEN, "hidden from them") if document.choice is PersonChoice.HIDDEN else None
    if Audience.PROFESSIONALS not in document.hidden_from:
        return None
    return _hidden(ask, document)


def _hidden(ask: Ask, document: DocumentFacts) -> Objection | None:
    title = ask.facts.title
    if document.is_author is UNKNOWN:
        return reasons.not_known("ACC-12", "author not known")
    if document.is_author:
        return None
    if isinstance(title, Emergency):
        if title.hidden_too is UNKNOWN:
            return reasons.not_known("ACC-12", "emergency consents not known")
        if title.hidden_too:
            return None
    return Refuse(reasons.HIDDEN, "hidden from professionals")


@access_rule("ACC-13")
def profession_reads_this_kind(ask: Ask, settings: AccessSettings) -> Objection | None:
    """Let each profession read the kinds of documents that are for it; an author reads their own (E17)."""
    document = _asked_by_professional(ask)
    if document is None or not settings.readable:
        return None
    if document is UNKNOWN or not ask.actor.profession:
        return reasons.not_known("ACC-13", "profession, or kind of the document not known")
    if document.category in settings.readable.get(ask.actor.profession, ()):
        return None
    if document.is_author is UNKNOWN:
        return reasons.not_known("ACC-13", "author of the document not known")
    if document.is_author:
        return None
    return Refuse(reasons.NOT_YOUR_PROFESSION, "not for this profession")


def _asked_by_professional(ask: Ask) -> DocumentFacts | Unknown | None:
    if ask.actor.role is not Role.PROFESSIONAL or isinstance(ask.facts.title, Own):
        return None
    return ask.facts.document
