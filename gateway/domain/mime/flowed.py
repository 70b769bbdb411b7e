"""Text that was wrapped for the way, and is joined again to be shown: ``format=flowed`` (RFC 3676)."""

_SIGNATURE = "-- "


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Join lines that end with a blank, within one depth of quotation, and undo the stuffing of others.

    Args:
        text: with LF line ends.
        delsp: whether that blank is not part of the text (``DelSp=yes``).
    """
    paragraphs: list[str] = []
    depth, open_line = 0, False
    pieces: list[str] = []

    def close() -> None:
        if pieces:
            paragraphs.append((">" * depth + " " if depth else "") + "".join(pieces))
            pieces.clear()

    for line in text.split("\n"):
        bare = line.lstrip(">")
        level = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != _SIGNATURE
        if not (open_line and level == depth and bare != _SIGNATURE):
            close()
        depth = level
        pieces.append(bare[:-1] if flows and delsp else bare)
        open_line = flows
    close()
    return "\n".join(paragraphs)
