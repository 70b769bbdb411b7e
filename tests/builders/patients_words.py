"""What patients read, sentence by sentence: templates of pages and papers, texts of notices, sentences in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_SCRIPTED = re.compile(r"<(style|script|svg)\b.*?</\1>", re.DOTALL)
_SET = re.compile(r"\{%-?\s*(?:set|from|import|macro|include|extends|call)\b.*?%\}", re.DOTALL)
_OTHERWISE = re.compile(r"\{%-?\s*(?:el(?:se|if)\b|endmacro|block|endblock).*?%\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_ICON = re.compile(r"\{\{\s*(?:icon|mark|open_letter|face|pager)\(.*?\}\}", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_INLINE = re.compile(r"</?(?:a|strong|em|b|i|time|abbr)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_TYPST = re.compile(r"^\s*#.*$|#[\w.-]+(?:\([^()]*\))?", re.MULTILINE)
_END = re.compile(r"(?<=[.!?])\s+|\n{2,}")


def sentences_of_template(template: str) -> list[str]:
    """Give the sentences of a page; a value counts as one word, each branch of a choice for itself."""
    text = _SCRIPTED.sub(" ", _COMMENT.sub("", template))
    for pattern, put in (
        (_SET, ""), (_OTHERWISE, "\n\n"), (_STATEMENT, ""), (_ICON, ""), (_VALUE, "mot"), (_INLINE, ""), (_TAG, "\n\n"),
    ):  # fmt: skip
        text = pattern.sub(put, text)
    return _cut(text.replace("&nbsp;", "\N{NO-BREAK SPACE}"))


def sentences_of_paper(template: str) -> list[str]:
    """Give the sentences of a paper, without what is for typst."""
    return _cut(_TYPST.sub("", template))


def sentences_of_code(path: Path) -> list[str]:
    """Give the sentences that a module has in French: constants with a French sign, and values as one word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [sentence for text in _texts(tree) if _is_french(text) for sentence in _cut(_TAG.sub("\n\n", text))]


def texts_of_code(path: Path) -> Iterator[str]:
    """Give the constant texts of a module, whatever their language; no docstring."""
    return _texts(ast.parse(path.read_text(encoding="utf-8")))


def sentences_of_text(text: str) -> list[str]:
    """Give the sentences of a plain text."""
    return _cut(text)


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "mot" for part in node.values)  # type: ignore[misc]  # texts only
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):  # docstrings are English
            yield from _texts(child)


def _is_french(text: str) -> bool:
    return " " in text and bool(re.search(r"[’éèêàçùâîôûœ]|\bvous\b|\bVous\b", text))


def _cut(text: str) -> list[str]:
    return [" ".join(piece.split()) for piece in _END.split(text) if piece.strip()]
