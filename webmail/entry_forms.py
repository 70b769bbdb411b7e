"""Forms of entries of a profile, on every site: what is typed, and what is wrong with it. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.domain.profile import ProfileEntry
from gateway.domain.profile_checks import FieldFault, shown_value
from gateway.domain.profile_fields import FieldKind, SectionRules

FAULTS: Mapping[FieldFault, str] = MappingProxyType(
    {
        FieldFault.MISSING: "Remplissez ce champ.",
        FieldFault.TOO_LONG: "Ce texte est trop long. Raccourcissez-le.",
        FieldFault.NO_DATE: "Cette date n’est pas comprise. Écrivez par exemple 12/06/1987, 06/1987 ou 1987.",
        FieldFault.BEFORE_BIRTH: "Cette date est avant la naissance. Vérifiez-la.",
        FieldFault.AHEAD: "Cette date n’est pas encore passée. Vérifiez-la.",
        FieldFault.ENDS_BEFORE: "Cette fin est avant le début. Vérifiez les deux dates.",
        FieldFault.NO_CHOICE: "Choisissez dans la liste.",
        FieldFault.NO_PHONE: "Ce numéro n’est pas compris. Écrivez par exemple 06 12 34 56 78.",
        FieldFault.NO_EMAIL: "Cette adresse n’est pas complète. Elle s’écrit comme nom@exemple.fr.",
        FieldFault.TAKEN: "Une autre fiche le dit déjà. Modifiez-la d’abord, ou supprimez-la.",
        FieldFault.FULL: "Cette rubrique est pleine. Supprimez d’abord ce qui ne sert plus.",
    }
)


def typed_fields(rules: SectionRules, entry: ProfileEntry) -> dict[str, str]:
    """Give the fields of an entry as their holder would type them."""
    shown = {field.name: shown_value(field, entry.fields.get(field.name, "")) for field in rules.fields}
    chosen = {field.name: entry.fields.get(field.name, "") for field in rules.fields if field.kind is FieldKind.CHOICE}
    return shown | chosen
