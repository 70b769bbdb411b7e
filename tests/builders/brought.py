"""CDA sections that bring something for the profile, as the national volets write them, and a document made of them."""

from dossier_bridge.synthetic import SyntheticReport
from tests.builders.cda_markup import report_with_body

LOINC = "2.16.840.1.113883.6.1"


def coded_section(code: str, *statements: str, title: str = "Section") -> str:
    """Write a section of a LOINC code with its entries."""
    entries = "".join(f"<entry>{one}</entry>" for one in statements)
    head = f'<code code="{code}" codeSystem="{LOINC}"/><title>{title}</title>'
    return f"<component><section>{head}{entries}</section></component>"


def _material(name: str, lot: str = "") -> str:
    inside = f"<name>{name}</name><lotNumberText>{lot}</lotNumberText>"
    return f"<manufacturedProduct><manufacturedMaterial>{inside}</manufacturedMaterial></manufacturedProduct>"


def vaccination(name: str = "Vaccin tétanique", day: str = "20090928", attributes: str = "") -> str:
    """Write a vaccination."""
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="EVN" {attributes}><statusCode code="completed"/>'
        f'<effectiveTime value="{day}"/><consumable>{_material(name, "4456668")}</consumable>'
        "<performer><assignedEntity><assignedPerson><name><given>Charles</given><family>Muller</family></name>"
        "</assignedPerson></assignedEntity></performer></substanceAdministration>"
    )


def treatment(name: str = "Plavix 75 mg", since: str = "20190811", mood: str = "EVN") -> str:
    """Write a treatment."""
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="{mood}"><statusCode code="completed"/>'
        f'<effectiveTime xsi:type="IVL_TS"><low value="{since}"/></effectiveTime>'
        f"<consumable>{_material(name)}</consumable></substanceAdministration>"
    )


def allergy(name: str = "Pénicilline", status: str = "active", attributes: str = "") -> str:
    """Write an allergy, as a concern with its observation."""
    state = (
        '<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN">'
        f'<value xsi:type="CE" code="{status}" displayName="Inactif"/></observation></entryRelationship>'
    )
    agent = f'<code code="1" displayName="{name}"/>' if name else ""
    return (
        '<act classCode="ACT" moodCode="EVN"><statusCode code="active"/><entryRelationship typeCode="SUBJ">'
        f'<observation classCode="OBS" moodCode="EVN" {attributes}>'
        '<effectiveTime><low value="20180603"/></effectiveTime>'
        f'<participant typeCode="CSM"><participantRole><playingEntity>{agent}</playingEntity></participantRole>'
        f"</participant>{state}</observation></entryRelationship></act>"
    )


def illness(name: str = "Asthme", code: str = "J45") -> str:
    """Write an illness."""
    value = f'<value xsi:type="CD" code="{code}" codeSystem="2.16.840.1.113883.6.3" displayName="{name}"/>'
    return (
        '<act classCode="ACT" moodCode="EVN"><statusCode code="active"/><entryRelationship typeCode="SUBJ">'
        f'<observation classCode="OBS" moodCode="EVN"><effectiveTime><low value="2004"/></effectiveTime>{value}'
        "</observation></entryRelationship></act>"
    )


def of_mother(name: str = "Diabète") -> str:
    """Write what the mother had."""
    return (
        '<organizer classCode="CLUSTER" moodCode="EVN"><statusCode code="completed"/><subject><relatedSubject>'
        '<code code="MTH"/></relatedSubject></subject><component><observation classCode="OBS" moodCode="EVN">'
        f'<value xsi:type="CD" code="E11" displayName="{name}"/></observation></component></organizer>'
    )


def operation(name: str = "Appendicectomie", day: str = "199805") -> str:
    """Write an operation."""
    code = f'<code code="HHFA001" displayName="{name}"/>'
    return f'<procedure classCode="PROC" moodCode="EVN">{code}<effectiveTime value="{day}"/></procedure>'


def handed_out(name: str = "Paracétamol 500 mg", count: str = "2") -> str:
    """Write what a pharmacy handed out."""
    return (
        f'<supply classCode="SPLY" moodCode="EVN"><quantity value="{count}"/>'
        f"<product>{_material(name)}</product></supply>"
    )


WHOLE = "".join((
    coded_section("11369-6", vaccination(), vaccination("Jamais reçu", attributes='negationInd="true"')),
    coded_section("48765-2", allergy(), allergy("Latex", "inactive"), allergy(""), allergy("x", "", 'negationInd="1"')),
    coded_section("11450-4", illness()),
    coded_section("47519-4", operation()),
    coded_section("10157-6", of_mother()),
    coded_section("10160-0", treatment()),
))  # fmt: skip
"""Something of every section."""


def a_summary(report: SyntheticReport, sections: str = WHOLE) -> bytes:
    """Write a medical summary about the patient of a report."""
    return report_with_body(report, sections)
