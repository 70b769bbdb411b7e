"""The first page of an archive: what is in it, in French, for any browser, without script and without Pli. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby
from urllib.parse import quote

from gateway.domain.local_days import day_in_words, local_day
from gateway.services.export.page_style import STYLE


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IndexLine:
    """One file in the index.

    Attributes:
        group: its heading below that of its subject, if it has one.
        data: path of the file that says the same to programs, empty for none.
    """

    path: str
    title: str
    group: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IndexHead:
    """Whose archive it is, when and by which operator it was made, what its key is named by, and what is not in it."""

    person: str
    operator: str
    made_at: datetime
    fingerprint: str
    damaged: tuple[str, ...] = ()


def damaged_page(damaged: Sequence[str]) -> bytes:
    """Write the list of what could not be read, as text."""
    lines = ("Ces fichiers n’ont pas pu être lus en entier. Demandez de l’aide à l’opérateur.", "", *damaged, "")
    return "\n".join(lines).encode()


def index_page(head: IndexHead, subjects: Sequence[tuple[str, Sequence[IndexLine]]]) -> bytes:
    """Write the page."""
    return "".join(_parts(head, [(title, lines) for title, lines in subjects if lines])).encode()


def _parts(head: IndexHead, subjects: Sequence[tuple[str, Sequence[IndexLine]]]) -> Iterator[str]:
    title = f"Mes données de santé – {escape(head.person)}"
    yield f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>'
    yield f"<header><h1>{title}</h1>"
    yield f"<p>Cette archive a été faite le {day_in_words(local_day(head.made_at))} par {escape(head.operator)}.</p>"
    yield "<p>Elle contient une copie de votre espace santé. Gardez-la dans un endroit sûr.</p></header>"
    yield '<nav aria-label="Sommaire"><ul>'
    for place, (name, _) in enumerate(subjects):
        yield f'<li><a href="#partie-{place}">{escape(name)}</a></li>'
    yield "</ul></nav><main>"
    if head.damaged:
        yield "<section><h2>Fichiers abîmés</h2><p>Ce qui suit n’a pas pu être lu en entier. Tout le reste est là.</p>"
        yield "<p>L’opérateur peut vous aider à le retrouver.</p><ul>"
        yield from (f"<li>{escape(one)}</li>" for one in head.damaged)
        yield "</ul></section>"
    for place, (name, lines) in enumerate(subjects):
        yield f'<section><h2 id="partie-{place}">{escape(name)}</h2>'
        yield from _groups(lines)
        yield "</section>"
    yield '</main><footer><h2>Vérifier cette archive</h2><p>Le fichier <a href="manifest.json">manifest.json</a> donne '
    yield "l’empreinte (SHA-256) de chaque fichier. Il est signé par l’opérateur : manifest.sig, cle-operateur.pem.</p>"
    yield f'<p class="soft">Empreinte de la clé : {escape(head.fingerprint)}</p></footer></body></html>'


def _groups(lines: Iterable[IndexLine]) -> Iterator[str]:
    for group, of_group in groupby(lines, key=lambda line: line.group):
        if group:
            yield f"<h3>{escape(group)}</h3>"
        yield "<ul>"
        for line in of_group:
            yield f'<li><a href="{quote(line.path)}">{escape(line.title)}</a>{_data(line)}</li>'
        yield "</ul>"


def _data(line: IndexLine) -> str:
    if not line.data:
        return ""
    name = escape(f"{line.title}, pour un autre logiciel")
    link = f'<a href="{quote(line.data)}" aria-label="{name}">pour un autre logiciel</a>'
    return f' <span class="soft">({link})</span>'
