"""The sections of the profile that tell of a person's health (`profile_sections`)."""

from gateway.domain.profile import ProfileSection
from gateway.domain.profile_fields import (
    REMARK,
    YES_NO,
    Field,
    SectionRules,
    choice_field,
    choices_of,
    date_field,
    needed_field,
)

OF_HEALTH = (
    SectionRules(
        section=ProfileSection.ALLERGIES,
        label="Allergies",
        one="une allergie",
        about="Médicaments, aliments, pollens, piqûres… Ce que les soignants doivent savoir d’abord.",
        fields=(
            needed_field("nom", "Allergie à quoi ?", "Par exemple pénicilline, arachide, latex."),
            choice_field(
                "genre",
                "De quel genre ?",
                choices_of(
                    medicament="Médicament", aliment="Aliment", pollen="Pollen, animal, poussière", insecte="Insecte",
                    contact="Contact, par exemple latex", autre="Autre",
                ),
            ),
            choice_field("gravite", "Gravité", choices_of(legere="Légère", moderee="Modérée", grave="Grave")),
            Field(name="reaction", label="Que se passe-t-il ?", hint="Par exemple plaques, gêne pour respirer."),
            date_field("debut", "Depuis quand ?"),
            REMARK,
        ),
        may_be_nothing=True,
    ),
    SectionRules(
        section=ProfileSection.ILLNESSES,
        label="Maladies",
        one="une maladie",
        about="Ce que vous avez, ou avez eu\u00a0: asthme, diabète, dépression…",
        fields=(
            needed_field("nom", "Maladie", terms="maladies"),
            date_field("debut", "Depuis quand ?"),
            date_field("fin", "Finie depuis quand ?"),
            REMARK,
        ),
        may_be_nothing=True,
        ends="fin",
    ),
    SectionRules(
        section=ProfileSection.TREATMENTS,
        label="Traitements",
        one="un traitement",
        about="Médicaments et autres soins, en cours ou passés.",
        fields=(
            needed_field("nom", "Médicament ou traitement", terms="medicaments"),
            Field(name="posologie", label="Comment le prenez-vous ?", hint="Par exemple 1 comprimé le matin."),
            Field(name="raison", label="Pour quelle raison ?"),
            date_field("debut", "Commencé quand ?"),
            date_field("fin", "Fini quand ?", may_be_ahead=True),
            REMARK,
        ),
        may_be_nothing=True,
        ends="fin",
    ),
    SectionRules(
        section=ProfileSection.VACCINATIONS,
        label="Vaccinations",
        one="un vaccin",
        about="Les vaccins que vous avez reçus, avec leur date.",
        fields=(
            needed_field("nom", "Vaccin", "Le nom du vaccin, ou la maladie dont il protège."),
            date_field("date", "Date"),
            Field(name="lot", label="Numéro de lot", longest=40),
            Field(name="par", label="Fait par"),
            REMARK,
        ),
    ),
    SectionRules(
        section=ProfileSection.STAYS,
        label="Hospitalisations",
        one="une hospitalisation",
        about="Vos séjours à l’hôpital ou en clinique.",
        fields=(
            needed_field("motif", "Pour quelle raison ?"),
            Field(name="lieu", label="Établissement"),
            date_field("debut", "Entrée"),
            date_field("fin", "Sortie"),
            REMARK,
        ),
        may_be_nothing=True,
    ),
    SectionRules(
        section=ProfileSection.HISTORY,
        label="Antécédents",
        one="un antécédent",
        about="Opérations, accidents, grossesses\u00a0: ce qui compte encore.",
        fields=(needed_field("nom", "Opération, accident ou événement"), date_field("date", "Date"), REMARK),
    ),
    SectionRules(
        section=ProfileSection.FAMILY,
        label="Antécédents familiaux",
        one="un antécédent familial",
        about="Les maladies de vos proches parents.",
        fields=(
            needed_field("nom", "Maladie", terms="maladies"),
            choice_field(
                "parent",
                "De qui ?",
                choices_of(
                    mere="Mère", pere="Père", soeur="Sœur", frere="Frère", fille="Fille", fils="Fils",
                    grand_mere="Grand-mère", grand_pere="Grand-père", tante="Tante", oncle="Oncle",
                    autre="Autre parent",
                ),
            ),
            Field(name="age", label="À quel âge ?", longest=40),
            REMARK,
        ),
        may_be_nothing=True,
    ),
    SectionRules(
        section=ProfileSection.DISABILITIES,
        label="Handicaps",
        one="un handicap",
        about="Ce dont les soignants doivent tenir compte pour vous accueillir.",
        fields=(
            choice_field(
                "genre",
                "De quel genre ?",
                choices_of(
                    sensoriel="Sensoriel", neuro="Trouble du neurodéveloppement", psychique="Psychique",
                    moteur="Moteur", multiple="Plusieurs handicaps", maladie="Maladie invalidante", autre="Autre",
                ),
                is_needed=True,
            ),
            Field(name="nom", label="Lequel ?"),
            choice_field(
                "taux",
                "Taux d’incapacité",
                choices_of(
                    moins50="Moins de 50\u00a0%", de50="De 50 à 79\u00a0%", de80="80\u00a0% ou plus",
                    inconnu="Je ne sais pas",
                ),
            ),
            choice_field("aide", "Une personne vous aide-t-elle ?", YES_NO),
            REMARK,
        ),
        may_be_nothing=True,
    ),
)
