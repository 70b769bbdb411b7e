"""What patients read has twenty words a sentence at most, and no abbreviation that is not everybody's (E99)."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.verdict import Reason
from gateway.policy import reasons as policy_reasons
from gateway.policy.access import reasons as access_reasons
from gateway.policy.access.verdict import AccessReason
from gateway.services.space.notice_texts import TEXTS, worded
from tests.builders.patients_words import (
    sentences_of_code,
    sentences_of_paper,
    sentences_of_template,
    sentences_of_text,
    texts_of_code,
)
from tests.builders.prose import words
from tests.builders.repository import ROOT, named

MOST_WORDS = 20
EVERYBODY_S = {"SMS", "PDF", "ZIP"}
"""Abbreviations that people use in speech."""
FOR_PROFESSIONALS = {NoticeKind.HELP}
"""Notices that the operator reads."""
TEMPLATES = sorted(named(path) for path in ROOT.glob("webmail/**/templates/*.html"))
CONSOLES = sorted(named(path) for place in ("webpro", "webagent") for path in ROOT.glob(f"{place}/**/templates/*.html"))
PAPERS = sorted(named(path) for path in ROOT.glob("gateway/papers/templates/*.typ") if path.name != "page.typ")
MODULES = sorted(
    named(path)
    for place in ("webmail/**", "gateway/papers", "gateway/services/**")
    for path in ROOT.glob(f"{place}/*.py")
)


def _long(sentences: list[str]) -> list[str]:
    return [sentence for sentence in sentences if words(sentence) > MOST_WORDS]


def _abbreviations(sentences: list[str]) -> set[str]:
    return {word for sentence in sentences for word in re.findall(r"\b[A-ZÉÈ]{3,}\b", sentence)} - EVERYBODY_S


@pytest.mark.parametrize("page", TEMPLATES)
def test_sentences_of_pages_are_short(page: str) -> None:
    sentences = sentences_of_template(Path(ROOT / page).read_text(encoding="utf-8"))
    assert _long(sentences) == []
    assert _abbreviations(sentences) == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_sentences_of_papers_are_short(paper: str) -> None:
    assert _long(sentences_of_paper(Path(ROOT / paper).read_text(encoding="utf-8"))) == []


def test_sentences_of_the_terms_of_use_are_short() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "gateway/terms/texts").glob("*.txt")]
    assert texts
    assert [long for text in texts for long in _long(sentences_of_text(text))] == []


def test_sentences_in_the_code_of_pages_and_papers_are_short() -> None:
    long = {module: found for module in MODULES if (found := _long(sentences_of_code(ROOT / module)))}
    assert long == {}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


def test_sentences_of_rules_and_explanations_are_short() -> None:
    """Those of examinations in plain words, of prevention and of sets to follow."""
    rules = {path.name: tomllib.loads(path.read_text("utf-8")) for path in ROOT.glob("gateway/**/*.toml")}
    texts = {name: [one for text in _texts(rule) for one in sentences_of_text(text)] for name, rule in rules.items()}
    assert len(texts) >= 3
    assert {name: long for name, sentences in texts.items() if (long := _long(sentences))} == {}


@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind not in FOR_PROFESSIONALS])
def test_sentences_of_notices_are_short_and_bear_no_link(kind: NoticeKind) -> None:
    text = TEXTS[kind]
    lines = [text.full.subject, *text.full.lines, *text.only_email, text.short]
    sentences = [sentence for line in lines for sentence in sentences_of_text(line)]
    assert _long(sentences) == []
    assert _abbreviations(sentences) == set()
    assert not any("http" in line or "www." in line for line in lines)


def test_sentences_of_refusals_are_short() -> None:
    known = (*vars(access_reasons).values(), *vars(policy_reasons).values())
    sentences = [value.french for value in known if isinstance(value, AccessReason | Reason)]
    assert sentences
    assert _long([one for text in sentences for one in sentences_of_text(text)]) == []


def test_sentences_are_found_in_a_page_and_its_branches() -> None:
    page = "<h1>Un titre</h1><p>Une <strong>phrase</strong> avec {{ x }}.{% if a %} Oui.{% else %} Non.{% endif %}</p>"
    assert sentences_of_template(page) == ["Un titre", "Une phrase avec mot.", "Oui.", "Non."]


def test_quotation_marks_stay_with_what_they_quote() -> None:
    """At the end of a line too: in pages and papers, in the code of pages, and in what is written to people."""
    pages = {one: (ROOT / one).read_text("utf-8") for one in (*TEMPLATES, *CONSOLES, *PAPERS)}
    code = {named(one): "\n".join(texts_of_code(one)) for place in ("webmail", "webpro", "webagent", "gateway/papers")
            for one in ROOT.glob(f"{place}/**/*.py")}  # fmt: skip
    rules = {one.rule: one.french for one in (*access_reasons.REFUSALS, *access_reasons.NOT_KNOWN.values())}
    values = defaultdict[str, str](lambda: "mot")
    written = {kind.value: str(worded(kind, Channel.EMAIL, values).lines) for kind in TEXTS}
    apart = {name for name, text in (pages | code | rules | written).items() if re.search("« | »", text)}
    assert apart == set()
    assert len(pages) + len(code) + len(rules) > 300
    told = worded(NoticeKind.ACTIVATED, Channel.EMAIL, {})
    assert "la page «\N{NO-BREAK SPACE}Aide\N{NO-BREAK SPACE}»" in told.lines[1]
