"""The sections of the profile and the fields of each: a table to which one adds.

Names of fields and codes of choices are stored, so they are for good; labels may change.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.domain.profile import ProfileSection
from gateway.domain.profile_fields import (
    EMAIL,
    LINE,
    LONG,
    NOTE,
    PHONE,
    REMARK,
    YES_NO,
    Field,
    FieldKind,
    SectionRules,
    choice_field,
    choices_of,
    date_field,
    needed_field,
)
from gateway.domain.profile_of_health import OF_HEALTH

_OF_LIFE = (
    SectionRules(
        section=ProfileSection.HABITS,
        label="Habitudes de vie",
        one="une habitude",
        about="Alimentation, activité, sommeil, tabac, alcool\u00a0: seulement si vous le voulez.",
        fields=(
            choice_field(
                "genre",
                "À propos de",
                choices_of(
                    alimentation="Alimentation", activite="Activité physique", sommeil="Sommeil", ecrans="Écrans",
                    alcool="Alcool", tabac="Tabac",
                ),
                is_needed=True,
            ),
            Field(name="texte", label="En quelques mots", kind=FieldKind.NOTE, longest=NOTE, is_needed=True),
        ),
    ),
    SectionRules(
        section=ProfileSection.BLOOD_GROUP,
        label="Groupe sanguin",
        one="mon groupe sanguin",
        about="En cas de transfusion, un laboratoire le vérifie toujours.",
        fields=(
            choice_field(
                "groupe",
                "Groupe sanguin",
                MappingProxyType(
                    {
                        "a-plus": "A+", "a-moins": "A−", "b-plus": "B+", "b-moins": "B−", "ab-plus": "AB+",
                        "ab-moins": "AB−", "o-plus": "O+", "o-moins": "O−",
                    }
                ),
                is_needed=True,
            ),
            date_field("date", "Date de la carte"),
            Field(name="source", label="Laboratoire"),
        ),
        is_single=True,
    ),
    SectionRules(
        section=ProfileSection.CONTACTS,
        label="Entourage",
        one="une personne",
        about="Qui prévenir en cas d’urgence. La première de la liste est appelée d’abord.",
        fields=(
            needed_field("nom", "Nom et prénom"),
            choice_field(
                "role",
                "Rôle",
                choices_of(
                    urgence="À prévenir en cas d’urgence", confiance="Personne de confiance", aidant="Aidant",
                    aide="Aide à domicile",
                ),
            ),
            choice_field(
                "lien",
                "Lien",
                choices_of(
                    mere="Mère", pere="Père", enfant="Enfant", conjoint="Conjoint", tuteur="Tuteur ou curateur",
                    autre="Autre",
                ),
            ),
            PHONE,
            EMAIL,
            REMARK,
        ),
        is_ordered=True,
    ),
    SectionRules(
        section=ProfileSection.WISHES,
        label="Volontés",
        one="une volonté",
        about="Directives anticipées, don d’organes\u00a0: écrits, gardés avec leur date, retirés quand vous voulez.",
        fields=(
            choice_field(
                "sujet",
                "Sujet",
                choices_of(directives="Directives anticipées", organes="Don d’organes", autre="Autre souhait"),
                is_needed=True,
            ),
            Field(name="texte", label="Ce que je souhaite", kind=FieldKind.NOTE, longest=LONG, is_needed=True),
            choice_field("proches", "Mes proches sont au courant", YES_NO),
        ),
    ),
    SectionRules(
        section=ProfileSection.PROFESSIONALS,
        label="Professionnels qui me suivent",
        one="un professionnel",
        about="Médecin traitant, cardiologue, kinésithérapeute… Ceux qui vous connaissent.",
        fields=(
            needed_field("nom", "Nom"),
            choice_field(
                "role",
                "Rôle",
                choices_of(
                    traitant="Médecin traitant", sage_femme="Sage-femme référente",
                    pharmacien="Pharmacien correspondant", autre="Autre",
                ),
            ),
            Field(name="specialite", label="Spécialité", hint="Par exemple cardiologue."),
            PHONE,
            Field(name="adresse", label="Adresse", kind=FieldKind.NOTE, longest=LINE * 2),
            REMARK,
        ),
        unique=("role", "traitant"),
    ),
)
SECTIONS: Mapping[ProfileSection, SectionRules] = MappingProxyType(
    {rules.section: rules for rules in (*OF_HEALTH, *_OF_LIFE)}
)
"""Every section that is shown, in the order of the page."""
