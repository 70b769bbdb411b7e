"""Which measures there are: their names, units, limits and codes. A table to which one adds.

Codes are of LOINC, units of UCUM. What is outside `possible` cannot be, and is refused. What is outside `usual` is
asked again: people mistype more often than they weigh 250 kg.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from gateway.domain.measures import MeasureKind

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureUnit:
    """One unit: `words` as people read it; a number times `factor` plus `offset` is in the first unit of its kind."""

    ucum: str
    words: str
    factor: Decimal = _ONE
    offset: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From what to what a number may be and usually is, in the first unit of its kind.

    Attributes:
        label: of its field.
        loinc: of this number.
        usual_of_child: the same as `usual`, below sixteen years.
    """

    label: str
    loinc: str
    possible: tuple[Decimal, Decimal]
    usual: tuple[Decimal, Decimal]
    usual_of_child: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """One kind of measure.

    Attributes:
        of: it in the middle of a sentence, with its article.
        about: one sentence for its page.
        loinc: of the whole; that of its one number where there is one.
        places: figures after the comma, at most.
        is_typed: people type it; else it is computed.
    """

    kind: MeasureKind
    label: str
    of: str
    units: tuple[MeasureUnit, ...]
    numbers: tuple[Limits, ...]
    loinc: str
    about: str = ""
    places: int = 1
    is_typed: bool = True

    @property
    def unit(self) -> MeasureUnit:
        """Give the unit of curves and goals."""
        return self.units[0]

    def unit_named(self, ucum: str) -> MeasureUnit | None:
        """Find a unit by its code."""
        return next((one for one in self.units if one.ucum == ucum), None)

    def in_first_unit(self, number: Decimal, ucum: str) -> Decimal:
        """Turn a number into the unit of curves, to the figures that one types of it."""
        unit = self.unit_named(ucum) or self.unit
        if unit is self.unit:
            return number
        turned = number * unit.factor + unit.offset
        return turned.quantize(_ONE.scaleb(-self.places))


def _range(low: str, high: str) -> tuple[Decimal, Decimal]:
    return Decimal(low), Decimal(high)


def _one(
    kind: MeasureKind, label: str, of: str, unit: MeasureUnit, loinc: str,
    possible: tuple[str, str], usual: tuple[str, str], *,
    of_child: tuple[str, str] | None = None, about: str = "", places: int = 1, more: tuple[MeasureUnit, ...] = (),
    is_typed: bool = True,
) -> KindRules:  # fmt: skip
    limits = Limits(
        label="Valeur",
        loinc=loinc,
        possible=_range(*possible),
        usual=_range(*usual),
        usual_of_child=_range(*of_child) if of_child else None,
    )
    return KindRules(
        kind=kind, label=label, of=of, units=(unit, *more), numbers=(limits,), loinc=loinc, about=about,
        places=places, is_typed=is_typed,
    )  # fmt: skip


_CENTIMETRES = MeasureUnit(ucum="cm", words="cm")
_PER_CENT = MeasureUnit(ucum="%", words="%")
_MMHG = MeasureUnit(ucum="mm[Hg]", words="mmHg")
_CMHG = MeasureUnit(ucum="cm[Hg]", words="cmHg", factor=Decimal(10))
_GRAMS = MeasureUnit(ucum="g/L", words="g/L")
# 180.16 g/mol of glucose; 2.15 and 0.0915 are the master equation of IFCC and NGSP for HbA1c.
_MORE_OF_GLUCOSE = (
    MeasureUnit(ucum="mmol/L", words="mmol/L", factor=Decimal("0.18016")),
    MeasureUnit(ucum="mg/dL", words="mg/dL", factor=Decimal("0.01")),
)
_MILLIMOLES_A_MOLE = MeasureUnit(ucum="mmol/mol", words="mmol/mol", factor=Decimal("0.0915"), offset=Decimal("2.15"))

_ALL = (
    _one(
        MeasureKind.WEIGHT, "Poids", "un poids", MeasureUnit(ucum="kg", words="kg"), "29463-7",
        ("0.3", "500"), ("35", "180"), of_child=("1.5", "110"), places=3,
    ),
    _one(
        MeasureKind.HEIGHT, "Taille", "une taille", _CENTIMETRES, "8302-2",
        ("20", "260"), ("130", "210"), of_child=("35", "200"),
    ),
    _one(
        MeasureKind.BMI, "IMC", "un IMC", MeasureUnit(ucum="kg/m2", words="kg/m²"), "39156-5",
        ("5", "200"), ("15", "50"), is_typed=False,
        about="L’indice de masse corporelle, calculé avec votre poids et votre dernière taille notée avant.",
    ),
    _one(
        MeasureKind.WAIST, "Tour de taille", "un tour de taille", _CENTIMETRES, "8280-0",
        ("20", "300"), ("50", "160"), of_child=("30", "120"),
    ),
    KindRules(
        kind=MeasureKind.BLOOD_PRESSURE,
        label="Tension",
        of="une tension",
        units=(_MMHG, _CMHG),
        numbers=(
            Limits(
                label="Systolique (le plus grand nombre)", loinc="8480-6", possible=_range("40", "300"),
                usual=_range("80", "200"), usual_of_child=_range("50", "150"),
            ),
            Limits(
                label="Diastolique (le plus petit nombre)", loinc="8462-4", possible=_range("20", "200"),
                usual=_range("40", "120"), usual_of_child=_range("25", "100"),
            ),
        ),
        loinc="85354-9",
        about="Deux nombres, par exemple 128 et 79. Assis, au calme, après cinq minutes de repos.",
    ),
    _one(
        MeasureKind.HEART_RATE, "Fréquence cardiaque", "une fréquence cardiaque",
        MeasureUnit(ucum="/min", words="battements/min"), "8867-4", ("20", "300"), ("40", "180"),
        of_child=("50", "220"), places=0,
    ),
    _one(
        MeasureKind.TEMPERATURE, "Température", "une température", MeasureUnit(ucum="Cel", words="°C"), "8310-5",
        ("25", "45"), ("35", "41"), places=2,
    ),
    _one(
        MeasureKind.PAIN, "Douleur", "une douleur", MeasureUnit(ucum="{score}", words="sur 10"), "72514-3",
        ("0", "10"), ("0", "10"), places=0, about="De 0, aucune douleur, à 10, la pire que vous imaginez.",
    ),
    _one(
        MeasureKind.STEPS, "Pas", "un nombre de pas", MeasureUnit(ucum="{steps}/d", words="pas"), "41950-7",
        ("0", "200000"), ("0", "60000"), places=0, about="Les pas d’une journée.",
    ),
    _one(
        MeasureKind.GLUCOSE, "Glycémie", "une glycémie", _GRAMS, "2339-0", ("0.1", "20"), ("0.4", "4"),
        places=2, more=_MORE_OF_GLUCOSE, about="Au bout du doigt ou au laboratoire.",
    ),
    _one(
        MeasureKind.INTERSTITIAL_GLUCOSE, "Glucose interstitiel", "un glucose interstitiel", _GRAMS, "99504-3",
        ("0.1", "20"), ("0.4", "4"), places=2, more=_MORE_OF_GLUCOSE, about="Ce que lit un capteur sous la peau.",
    ),
    _one(
        MeasureKind.HBA1C, "HbA1c", "une HbA1c", _PER_CENT, "4548-4", ("2", "25"), ("4", "14"),
        more=(_MILLIMOLES_A_MOLE,), about="L’hémoglobine glyquée, reflet des trois derniers mois.",
    ),
    _one(
        MeasureKind.GMI, "GMI", "un GMI", _PER_CENT, "97506-0", ("2", "25"), ("4", "14"),
        about="L’indicateur de gestion du glucose, donné par un capteur.",
    ),
    _one(
        MeasureKind.HEAD, "Périmètre crânien", "un périmètre crânien", _CENTIMETRES, "9843-4", ("15", "80"),
        ("50", "65"), of_child=("28", "60"),
    ),
)  # fmt: skip
KINDS: Mapping[MeasureKind, KindRules] = MappingProxyType({rules.kind: rules for rules in _ALL})
"""Every kind, in the order of the page."""
