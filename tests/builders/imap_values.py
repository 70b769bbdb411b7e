"""Values of FETCH responses as Python values, so that two servers' spellings compare."""

import re
from typing import TypeAlias

Value: TypeAlias = "bytes | int | list[Value] | None"
_TOKEN = re.compile(rb'\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|\{(\d+)\}\r\n|((?:\[[^\]]*\]|[^\s()"{\[])+))')


def parsed(text: bytes) -> list[Value]:
    """Read the values of a response, literals included."""
    stack: list[list[Value]] = [[]]
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        assert found, text[at : at + 80]
        at = found.end()
        opening, closing, quoted, literal, atom = found.groups()
        if opening:
            stack.append([])
        elif closing:
            inner = stack.pop()
            stack[-1].append(inner)
        elif quoted is not None:
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", quoted))
        elif literal is not None:
            stack[-1].append(text[at : at + int(literal)])
            at += int(literal)
        else:
            stack[-1].append(None if atom.upper() == b"NIL" else int(atom) if atom.isdigit() else atom)
    return stack[0]


def fetched(responses: list[bytes]) -> dict[int, dict[bytes, Value]]:
    """Give the items of FETCH responses by message number and name."""
    messages: dict[int, dict[bytes, Value]] = {}
    for line in responses:
        found = re.match(rb"(\d+) FETCH ", line)
        if not found:
            continue
        [items] = parsed(line[found.end() :])
        assert isinstance(items, list)
        pairs = messages.setdefault(int(found[1]), {})
        for name, value in zip(items[::2], items[1::2], strict=True):
            assert isinstance(name, bytes)
            pairs[name.upper()] = value
    return messages


def folded(value: Value) -> Value:
    """Forget the case of letters: types, encodings and names of parameters have none."""
    if isinstance(value, list):
        return [folded(each) for each in value]
    return value.lower() if isinstance(value, bytes) else value
