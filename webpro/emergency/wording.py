"""What one reads first in an emergency, in words. Pure."""

from collections.abc import Sequence
from datetime import date

from gateway.domain.agenda.prevention import age_in_months
from gateway.domain.dossier import FiledDocument
from gateway.domain.identity import BirthDate, Sex
from gateway.domain.local_days import birth_in_words, day_in_words, known_in_words, local_day
from gateway.domain.patient_names import shown_name
from gateway.domain.profile import ProfileEntry
from gateway.domain.profile_checks import shown_value
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.synthesis import SynthesisPart
from gateway.services.openings.record_openings import OpenRecord
from gateway.services.synthesis.emergency_view import EmergencyView
from gateway.services.synthesis.synthesis_reading import Synthesis
from webmail.wording import phone_number
from webpro.emergency.model import ShownAllergy, ShownContact, ShownEmergency, ShownWish
from webpro.profile_parts import facts_of, shown_part

_SEXES = {Sex.FEMALE: "Femme", Sex.MALE: "Homme"}
_LONGEST_WISH = 300
"""Signs of a wish that are shown; the synthesis has all of it."""
_YEARS_FROM = 24
"""Months from which an age is said in years."""
_NO_ALLERGIES = "Aucune, dit le patient."
_UNSAID = "Non renseigné."
_TO_CALL = "urgence"
_DIRECTIVES = "directives"
_WISHES = {_DIRECTIVES: "Directives anticipées", "organes": "Don d’organes"}


def shown_emergency(view: EmergencyView, opened: OpenRecord) -> ShownEmergency:
    """Give what the page shows."""
    profile, traits = view.profile, view.profile.patient.traits
    born, allergies = traits.birth_date, profile.sections[SynthesisPart.ALLERGIES]
    return ShownEmergency(
        name=shown_name(traits),
        born=birth_in_words(born) if born else "",
        age=age_in_words(born, local_day(profile.at)) if born else "",
        sex=_SEXES.get(traits.sex, ""),
        how=opened.how,
        ends=opened.ends,
        reason=opened.reason,
        allergies=[_allergy(one) for one in (*allergies.current, *allergies.past)],
        no_allergies=_NO_ALLERGIES if allergies.says_nothing else _UNSAID,
        more_allergies=profile.left_out[SynthesisPart.ALLERGIES],
        contacts=_contacts(profile),
        treatments=shown_part(profile, SynthesisPart.TREATMENTS, with_past=False),
        blood=shown_part(profile, SynthesisPart.BLOOD_GROUP),
        illnesses=shown_part(profile, SynthesisPart.ILLNESSES),
        wishes=_wishes(profile, view.directives),
        hides=view.hides,
    )


def age_in_words(born: BirthDate, today: date) -> str:
    """Say an age: of a small child in months; nothing of a birth date that is still to come."""
    months = age_in_months(born, today)
    if months < 0:
        return ""
    return f"{months} mois" if months < _YEARS_FROM else f"{months // 12} ans"


def _allergy(entry: ProfileEntry) -> ShownAllergy:
    rules = SECTIONS[entry.section]
    severity = entry.fields.get("gravite", "")
    return ShownAllergy(
        name=shown_value(rules.field("nom"), entry.fields.get("nom", "")),
        severity=shown_value(rules.field("gravite"), severity),
        is_severe=severity == "grave",
        facts=facts_of(entry, without=("nom", "gravite")),
    )


def _contacts(profile: Synthesis) -> list[ShownContact]:
    """Give everybody in the order of the patient, those to be called in an emergency before others."""
    entries = sorted(
        profile.sections[SynthesisPart.CONTACTS].current, key=lambda one: one.fields.get("role") != _TO_CALL
    )
    return [_contact(one) for one in entries]


def _contact(entry: ProfileEntry) -> ShownContact:
    rules, typed = SECTIONS[entry.section], entry.fields
    asked = ("lien",) if typed.get("role") == _TO_CALL else ("lien", "role")
    said = [shown_value(rules.field(name), typed.get(name, "")) for name in asked]
    phone = typed.get("telephone", "")
    return ShownContact(
        name=typed.get("nom", ""),
        role=" · ".join(filter(None, said)),
        phone=phone_number(phone),
        dialled="".join(letter for letter in phone if letter.isascii() and (letter.isdigit() or letter == "+")),
        remark=typed.get("remarque", ""),
    )


def _wishes(profile: Synthesis, documents: Sequence[FiledDocument]) -> list[ShownWish]:
    written = profile.sections[SynthesisPart.WISHES].current
    by_code = {code: [one for one in written if one.fields.get("sujet") == code] for code in _WISHES}
    return [
        _wish(title, by_code[code], documents if code == _DIRECTIVES else ()) for code, title in _WISHES.items()
    ]


def _wish(title: str, written: Sequence[ProfileEntry], documents: Sequence[FiledDocument]) -> ShownWish:
    """Give what the person wrote in their own words: a refusal of one must never read as a yes."""
    said = [(day_in_words(local_day(one.written_at)), _cut(one.fields.get("texte", ""))) for one in written]
    shown = [(f"{one.id:x}", f"Document {_of_day(one)}".rstrip()) for one in documents]
    return ShownWish(subject=title, written=said, documents=shown)


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST_WISH else f"{words[:_LONGEST_WISH].rsplit(' ', 1)[0]}…"


def _of_day(document: FiledDocument) -> str:
    made = document.entry.effective_time
    known = made.known if made else ()
    return f"du {known_in_words(*known)}" if known else ""
