"""The words inside a PDF, read by PDFium in a process without rights; loaded there only.

Nothing of a PDF runs: pages are not drawn, scripts and forms are not started.
"""

import pypdfium2

_MOST_PAGES = 200
_MOST_LETTERS = 64 * 1024
_BROKEN_WORD = "\ufffe"
"""What PDFium puts where a word goes on in the next line."""


def words_of_pdf(data: bytes) -> str:
    """Give the words of the first pages; nothing of what is no PDF, or is locked by a password."""
    try:
        pages = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return ""
    words, room = [], _MOST_LETTERS
    for number in range(min(len(pages), _MOST_PAGES)):
        try:
            text = pages[number].get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            continue  # a page that is damaged costs its own words
        text = text.replace(f"{_BROKEN_WORD}\r\n", "").replace(_BROKEN_WORD, "")[:room]
        words.append(text)
        room -= len(text)
        if room <= 0:
            break
    return "\n".join(words)
