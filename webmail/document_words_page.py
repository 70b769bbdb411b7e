"""What a document says, as a page shows it: its words as HTML, its results each read against its own range. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

from gateway.domain.readable_html import ShownFile, html_of
from webmail.downloads import VIEWABLE, is_shown_picture
from webmail.number_line import Reading, reading_of
from webmail.shown_documents import Document, OpenableFile, Result, ResultGroup
from webmail.wording import file_kind


def words_of(shown: Document, documents: str) -> Markup:
    """Write what a document says as HTML; `documents` is the address below which its files are."""
    if not shown.text.has_words:
        return Markup()
    files = {file.which: _shown_file(shown, file, documents) for file in shown.files}
    # `html_of` escapes every word and writes no element but its own.
    return Markup(html_of(shown.text, files))  # noqa: S704


def _shown_file(shown: Document, file: OpenableFile, documents: str) -> ShownFile:
    is_picture = is_shown_picture(file.media_type)
    path = f"{documents}/{shown.summary.id}/{'ouvrir' if file.media_type in VIEWABLE else 'fichiers'}/{file.which}"
    name = "Image du document" if is_picture else f"Ouvrir le fichier joint ({file_kind(file.media_type, file.name)})"
    return ShownFile(path, is_picture, name)


def read_groups(groups: Sequence[ResultGroup]) -> list[tuple[str, list[tuple[Result, Reading]]]]:
    """Read every result against its range, chapter by chapter."""
    return [(group.title, [(result, reading_of(result)) for result in group.results]) for group in groups]
