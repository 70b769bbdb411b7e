"""Words of a narrative: cells, lines and blocks are never glued."""

import pytest
from lxml import etree

from dossier_bridge.cda.spaced_text import spaced_text


def read(markup: str, line: str = "") -> str:
    return spaced_text(etree.fromstring(f'<text xmlns="urn:hl7-org:v3">{markup}</text>'), line)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<table><tr><td>Sodium</td><td>140</td><td>136</td></tr></table>", "Sodium · 140 · 136"),
        ("<paragraph>Valeur 140<br/>10 fois</paragraph>", "Valeur 140 · 10 fois"),
        ("<paragraph>Un</paragraph><paragraph>deux</paragraph>", "Un deux"),
        ("<list><item>A</item><item>B</item></list>", "A B"),
        ("<content>136</content><br/><content>145</content>", "136 · 145"),
        ("<content>136</content><content>145</content>", "136 · 145"),
        ("<content>Sodium</content><content>normal</content>", "Sodium normal"),
        ("<content>G</content>lucose", "Glucose"),
        ("Na<content>140</content>mmol", "Na 140 mmol"),
        ("14<content>5</content>", "14 · 5"),
        ("10<sup>9</sup>/L de H<sub>2</sub>O", "10⁹/L de H₂O"),
        ("1<sup>er</sup> jour", "1er jour"),
        ("<td>a<br/></td><td/>", "a"),
        ("", ""),
    ],
)
def test_words_are_kept_apart(markup: str, words: str) -> None:
    assert read(markup) == words


def test_lines_may_be_kept() -> None:
    assert read("Un<br/>deux<table><tr><td>a</td><td>b</td></tr></table>", "\n") == "Un\ndeux\na · b"
