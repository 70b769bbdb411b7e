"""Pieces of CDA markup of a test's own, for reports whose body no synthetic report has."""

import re

from dossier_bridge.synthetic import SyntheticReport, laboratory_report

QUANTITY = '<value xsi:type="PQ" value="5.8" unit="mmol/L"/>'


def report_with_body(report: SyntheticReport, sections: str) -> bytes:
    """Write a report whose structured body is made of `sections`."""
    written = laboratory_report(report).decode()
    body = f"<structuredBody>{sections}</structuredBody>"
    return re.sub(r"<structuredBody.*(?=</component></ClinicalDocument>)", lambda _: body, written, flags=re.S).encode()


def section(entries: str = "", narrative: str = "", title: str = "Biochimie", inner: str = "") -> str:
    """Write a section with its text, its entries and the sections inside it."""
    text = f"<text>{narrative}</text>" if narrative else ""
    return f"<component><section><title>{title}</title>{text}{entries}{inner}</section></component>"


def observed(inside: str = QUANTITY, attributes: str = "", code: str = 'code="1-8" displayName="Examen"') -> str:
    """Write an observation."""
    return f"<observation {attributes}><code {code}/>{inside}</observation>"


def entries(*statements: str) -> str:
    """Write statements as the entries of a section."""
    return "".join(f"<entry>{statement}</entry>" for statement in statements)


def sampled(name: str, kind: str = "MAT") -> str:
    """Write a specimen, or the germ that was grown from one (MIC)."""
    playing = f'<specimenPlayingEntity classCode="{kind}"><code code="1" displayName="{name}"/></specimenPlayingEntity>'
    return f"<specimen><specimenRole>{playing}</specimenRole></specimen>"


def commented(words: str) -> str:
    """Write a comment of an act."""
    return f'<act><code code="48767-8"/><text>{words}</text></act>'


def ranged(low: str, high: str, inside: str = "") -> str:
    """Write a reference range; `inside` stands behind its bounds."""
    bounds = f'<low value="{low}" unit="mmol/L"/><high value="{high}" unit="mmol/L"/>'
    value = f'<value xsi:type="IVL_PQ">{bounds}</value>'
    return f"<referenceRange><observationRange>{value}{inside}</observationRange></referenceRange>"
