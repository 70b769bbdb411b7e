"""What three laboratories call their tests, in which units and with which ranges: no two of them alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from dossier_bridge.synthetic import BIOLOGIST, SyntheticReport, claimed, laboratory_report, pdf_page
from gateway.demonstration.invented_people import LABORATORIES, DemoPatient
from gateway.demonstration.lives.life import LaboratoryVisit
from gateway.domain.document import LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.identity import Sex
from gateway.domain.timestamp import Timestamp

LILAS, BIOLAB, HOSPITAL = LABORATORIES
_LOINC = "2.16.840.1.113883.6.1"
_ROOT = "1.2.250.1.213.999.3"
_BLOOD, _CHEMISTRY, _HORMONES, _SEROLOGY = (
    ("HÉMATOLOGIE", "18723-7"), ("BIOCHIMIE", "18719-5"), ("HORMONOLOGIE", "18719-5"), ("SÉROLOGIE", "18727-8"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How one laboratory gives a test: name, LOINC code, unit and range; another range for men where it differs."""

    label: str
    code: str
    unit: str
    low: str = ""
    high: str = ""
    men: tuple[str, str] | None = None


def _way(label: str, code: str, unit: str, low: str = "", high: str = "", men: tuple[str, str] | None = None) -> _Way:
    return _Way(label=label, code=code, unit=unit, low=low, high=high, men=men)


_Chapter = tuple[str, str]
_TESTS: Mapping[str, tuple[_Chapter, tuple[_Way, _Way, _Way]]] = MappingProxyType({
    "hb": (_BLOOD, (
        _way("Hémoglobine", "718-7", "g/dL", "12.0", "16.0", ("13.0", "17.0")),
        _way("HEMOGLOBINE", "718-7", "g/dL", "11.5", "15.5", ("13.5", "17.5")),
        _way("Hémoglobine (sang)", "718-7", "g/L", "120", "160", ("130", "170")),
    )),
    "gb": (_BLOOD, (
        _way("Leucocytes", "6690-2", "10*9/L", "4.0", "10.0"),
        _way("GLOBULES BLANCS", "6690-2", "10*3/uL", "4.0", "11.0"),
        _way("Leucocytes (sang)", "6690-2", "10*9/L", "3.8", "10.0"),
    )),
    "plq": (_BLOOD, (
        _way("Plaquettes", "777-3", "10*9/L", "150", "400"),
        _way("PLAQUETTES", "777-3", "10*3/uL", "150", "450"),
        _way("Plaquettes (sang)", "777-3", "10*9/L", "140", "400"),
    )),
    "chol": (_CHEMISTRY, (
        _way("Cholestérol total", "14647-2", "mmol/L", "3.9", "5.2"),
        _way("CHOLESTEROL TOTAL", "2093-3", "g/L", "1.50", "2.00"),
        _way("Cholestérol (plasma)", "14647-2", "mmol/L", "", "5.0"),
    )),
    "hdl": (_CHEMISTRY, (
        _way("Cholestérol HDL", "14646-4", "mmol/L", "1.3", "", ("1.0", "")),
        _way("CHOLESTEROL HDL", "2085-9", "g/L", "0.45", "", ("0.40", "")),
        _way("HDL-cholestérol (plasma)", "14646-4", "mmol/L", "1.2", ""),
    )),
    "ldl": (_CHEMISTRY, (
        _way("Cholestérol LDL (calculé)", "39469-2", "mmol/L", "", "3.4"),
        _way("CHOLESTEROL LDL CALCULE", "13457-7", "g/L", "", "1.30"),
        _way("LDL-cholestérol calculé", "39469-2", "mmol/L", "", "3.0"),
    )),
    "tg": (_CHEMISTRY, (
        _way("Triglycérides", "14927-8", "mmol/L", "0.4", "1.7"),
        _way("TRIGLYCERIDES", "2571-8", "g/L", "0.35", "1.50"),
        _way("Triglycérides (plasma)", "14927-8", "mmol/L", "", "1.7"),
    )),
    "gly": (_CHEMISTRY, (
        _way("Glycémie à jeun", "14771-0", "mmol/L", "3.9", "6.1"),
        _way("GLYCEMIE A JEUN", "1558-6", "g/L", "0.70", "1.10"),
        _way("Glucose à jeun (plasma)", "14771-0", "mmol/L", "4.1", "5.9"),
    )),
    "a1c": (_CHEMISTRY, (
        _way("Hémoglobine glyquée (HbA1c)", "4548-4", "%", "4.0", "6.0"),
        _way("HBA1C (HPLC)", "4548-4", "%", "4.0", "6.0"),
        _way("Hémoglobine A1c", "4548-4", "%", "", "6.0"),
    )),
    "creat": (_CHEMISTRY, (
        _way("Créatinine", "14682-9", "umol/L", "45", "84", ("59", "104")),
        _way("CREATININE", "2160-0", "mg/L", "5.1", "9.5", ("6.7", "11.7")),
        _way("Créatinine (plasma)", "14682-9", "umol/L", "44", "80", ("62", "106")),
    )),
    "dfg": (_CHEMISTRY, (
        _way("DFG estimé (CKD-EPI)", "62238-1", "mL/min/{1.73_m2}", "60", ""),
        _way("DFG CKD-EPI", "62238-1", "mL/min/{1.73_m2}", "60", ""),
        _way("Débit de filtration glomérulaire estimé", "62238-1", "mL/min/{1.73_m2}", "60", ""),
    )),
    "k": (_CHEMISTRY, (
        _way("Potassium", "2823-3", "mmol/L", "3.5", "5.1"),
        _way("POTASSIUM", "2823-3", "mmol/L", "3.4", "4.5"),
        _way("Potassium (plasma)", "2823-3", "mmol/L", "3.5", "5.0"),
    )),
    "fer": (_CHEMISTRY, (
        _way("Ferritine", "2276-4", "ug/L", "15", "150", ("30", "400")),
        _way("FERRITINE", "2276-4", "ng/mL", "13", "150", ("30", "400")),
        _way("Ferritine (plasma)", "2276-4", "ug/L", "10", "120", ("20", "300")),
    )),
    "crp": (_CHEMISTRY, (
        _way("Protéine C réactive", "1988-5", "mg/L", "", "5.0"),
        _way("C.R.P.", "1988-5", "mg/L", "", "5.0"),
        _way("CRP (plasma)", "1988-5", "mg/L", "", "4.0"),
    )),
    "tsh": (_HORMONES, (
        _way("TSH", "3016-3", "m[IU]/L", "0.40", "4.00"),
        _way("T.S.H. ULTRASENSIBLE", "3016-3", "u[IU]/mL", "0.27", "4.20"),
        _way("Thyréostimuline (TSH)", "3016-3", "m[IU]/L", "0.35", "4.50"),
    )),
    "hcg": (_HORMONES, (
        _way("Bêta-hCG", "21198-7", "[IU]/L", "", "5"),
        _way("BETA HCG", "21198-7", "[IU]/L", "", "5"),
        _way("hCG totale (plasma)", "21198-7", "[IU]/L", "", "5"),
    )),
    "toxo": (_SEROLOGY, (
        _way("Toxoplasmose, IgG", "", "[IU]/mL", "", "8"),
        _way("TOXOPLASMOSE IGG", "", "[IU]/mL", "", "7"),
        _way("Toxoplasma gondii, IgG", "", "[IU]/mL", "", "8"),
    )),
})  # fmt: skip


def report_of(patient: DemoPatient, visit: LaboratoryVisit, at: datetime) -> bytes:
    """Write the report of a visit as its laboratory sends it, a CDA R2 document with its copy as PDF."""
    sampled, written = at.strftime("%Y%m%d081500+0100"), at.strftime("%Y%m%d170000+0100")
    results = tuple(_result(name, value, patient, visit, sampled) for name, value in visit.found.items())
    name = f"{patient.identity.traits.birth_name} {patient.identity.traits.given_names[0]}"
    lines = [visit.laboratory.name, "Compte rendu d'examens biologiques", name, f"Prélèvement du {at:%d/%m/%Y}", ""]
    lines += [f"{one.label} : {one.value.display}" for one in results]
    unique = f"{patient.identity.ins.value[:13].replace('A', '0').replace('B', '0').lstrip('0')}.{at:%Y%m%d}"
    report = SyntheticReport(
        patient=claimed(patient.identity),
        results=results,
        unique_id=f"{_ROOT}.1.{unique}",
        set_id=f"{_ROOT}.2.{unique}",
        effective_time=written,
        title=f"Examens biologiques, {visit.laboratory.name}",
        author=replace(BIOLOGIST, organisation=visit.laboratory.name),
        pdf=pdf_page(lines),
    )
    return laboratory_report(report)


def _result(name: str, value: str, patient: DemoPatient, visit: LaboratoryVisit, sampled: str) -> LabResult:
    chapter, ways = _TESTS[name]
    way = ways[LABORATORIES.index(visit.laboratory)]
    is_man = patient.identity.traits.sex is Sex.MALE
    low, high = way.men if is_man and way.men else (way.low, way.high)
    number = Decimal(value.lstrip("<"))
    below = value.startswith("<")
    return LabResult(
        label=way.label,
        value=ResultValue(
            kind=ValueKind.INTERVAL if below else ValueKind.QUANTITY,
            text=value.lstrip("<"), number=number, comparator="<" if below else "", unit=way.unit,
        ),
        code=way.code,
        code_system=_LOINC if way.code else "",
        time=Timestamp(sampled),
        status="completed",
        interpretation=(_mark(value, low, high),),
        ranges=(ReferenceRange(low=_bound(low), high=_bound(high), unit=way.unit, interpretation="N"),),
        chapter=chapter[0],
        section_code=chapter[1],
    )  # fmt: skip


def _mark(value: str, low: str, high: str) -> str:
    """Give the interpretation that a laboratory prints: low, high, or neither."""
    if value.startswith("<"):
        return "N"
    return "L" if low and Decimal(value) < Decimal(low) else "H" if high and Decimal(value) > Decimal(high) else "N"


def _bound(text: str) -> Decimal | None:
    return Decimal(text) if text else None
