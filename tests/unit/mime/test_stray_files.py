"""Files that a broken structure leaves outside every part are noticed, whatever broke it; letters are left alone."""

import base64
import time

import pytest

from gateway.domain.mime import Defect, scan_message

CDA = b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3">' + b"<a/>" * 50 + b"</ClinicalDocument>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
ZIP = b"PK\x03\x04" + bytes(range(256)) * 2
WORDS = "--b\n\nBonjour.\n"


def lines(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def file(data: bytes = ZIP, head: str = 'Content-Type: application/zip; name="a.zip"') -> str:
    return f"--b\n{head}\nContent-Transfer-Encoding: base64\n\n{lines(data)}"


def message(head: str, body: str) -> bytes:
    return f"From: a@b.example\n{head}\n\n{body}".replace("\n", "\r\n").encode()


MIXED = "Content-Type: multipart/mixed; boundary=b"
WHOLE = WORDS + file() + "--b--\n"

LONG = bytes(range(256)) * 8
IN_BASE64 = "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + lines(b"Bonjour, tout va bien.")
XML = "Content-Type: text/xml; name=a.xml\nContent-Disposition: attachment; filename=a.xml\n"

LOST = {
    "no semicolon": message("Content-Type: multipart/mixed boundary=b", WHOLE),
    "no boundary": message("Content-Type: multipart/mixed", WHOLE),
    "another boundary": message("Content-Type: multipart/mixed; boundary=c", WHOLE),
    "indented delimiters": message(MIXED, WHOLE.replace("--b", " --b")),
    "a type given twice": message(f"Content-Type: text/plain\n{MIXED}", WHOLE),
    "a type without colon": message("Content-Type multipart/mixed; boundary=b", WHOLE),
    "fields behind the empty line": message("Subject: a", f"{MIXED}\n\n{WHOLE}"),
    "a letter called HTML": message("Content-Type: text/html", WHOLE),
    "one delimiter misspelt": message(MIXED, WORDS + file().replace("--b\n", "--c\n") + "--b--\n"),
    "behind a picture whose delimiter is misspelt": message(
        MIXED, WORDS + file(PNG, "Content-Type: image/png") + file().replace("--b\n", "--B\n")
    ),
    "before the first delimiter": message(MIXED, file().replace("--b\n", "") + WORDS + "--b--\n"),
    "behind the last delimiter": message(MIXED, WORDS + "--b--\n" + file()),
    "behind the end of a part": message(
        MIXED, "--b\n" + MIXED[:-1] + "i\n\n--i\n\na\n--i--\n" + file().replace("--b", "--i") + "--b--\n"
    ),
    "no empty line": message(MIXED, WORDS + f"--b\nContent-Type: text/xml\n{lines(CDA)}--b--\n"),
    "a body in base64": message(
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64", lines(WHOLE.replace("\n", "\r\n").encode())
    ),
    "a document in clear": message("Content-Type: multipart/mixed", WORDS + "Bonjour.\n" * 200 + CDA.decode()),
    "a document in quoted-printable": message(
        "Content-Type: multipart/mixed", f"{WORDS}--b\n\n<Clinical=\nDocument xmlns=3D'urn:hl7-org:v3'>"
    ),
    "short lines": message("Content-Type: multipart/mixed", WORDS + "UEsDBBQAAAAIABGEfF\n" * 9),
    "uuencode": message("Content-Type: multipart/mixed", WORDS + "begin 644 a.zip\n#0V%T\n`\nend\n"),
    "capitals": message("Content-Type: multipart/mixed", WORDS + file(ZIP[:20]).upper().replace("NAME", "name")),
    "behind a text in base64": message(MIXED, IN_BASE64 + file(LONG).replace("--b\n", "--b;\n") + "--b--\n"),
    "no empty line before base64": message("Subject: a", file(LONG).replace("base64\n\n", "base64\n")),
    "an empty line between the fields": message("Subject: a", file(LONG, "Content-Type: application/zip\n")),
    "a field without colon between": message(
        "Subject: a", "Content-Type: application/zip\nContent-Disposition; attachment\n\n" + lines(LONG)
    ),
    "quoted fields": message("Subject: a", "> Content-Type: application/zip\n> \n" + lines(LONG)),
    "damaged fields behind the last delimiter": message(
        MIXED, WORDS + "--b--\n --b\nContent-Type: application/zip\n\n" + lines(LONG)
    ),
    "among the fields, and a blank line in the document": message(
        MIXED, f"{WORDS}--b\n{XML}{CDA.decode().replace('<a/><a/>', '<a/>', 1)}\n\n<a/>\n--b--\n"
    ),
    "in base64 among the fields, and two blank lines": message(MIXED, f"{WORDS}--b\n{XML}{lines(LONG)}\n\n--b--\n"),
    "an encoding nobody knows": message("Content-Transfer-Encoding: base-64", "Bonjour,\n" + lines(ZIP)),
}  # fmt: skip

LETTERS = {
    "a letter": message("Subject: a", "Bonjour,\n\nObjet : rendez-vous\n\nÀ demain.\n"),
    "a footer behind the last delimiter": message(MIXED, WHOLE + "\nCe message est confidentiel.\n"),
    "words before the first delimiter": message(MIXED, "This is a multi-part message in MIME format.\n" + WHOLE),
    "no boundary and no file": message("Content-Type: multipart/mixed", WORDS),
    "a quoted header": message("Subject: a", "> Content-Type: text/plain; name=a\n>\n> Bonjour\n"),
    "a header returned with a report": message(
        MIXED, f"{WORDS}--b\nContent-Type: text/rfc822-headers\n\nSubject: x\nContent-Type: application/pdf; name=a\n"
        "Content-Transfer-Encoding: base64\n\n--b--\n",
    ),
    "fields of a text": message("Subject: a", "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nBonjour\n"),
    "a key in a letter": message("Subject: a", "---- BEGIN KEY ----\n" + lines(LONG) + "---- END KEY ----\n"),
    "fields in a letter": message("Subject: a", "Content-Type: application/zip manque.\n" + "Bonjour. " * 20 + "\n"),
    "a signature in the header": message("Un champ\nDKIM-Signature: a=b; b=\n " + "Ab1+" * 18, "Bonjour.\n"),
    "fields without an end": message("Subject: a", "Content-Disposition: attachment"),
    "a forwarded message": message(MIXED, f"--b\nContent-Type: message/rfc822\n\n{MIXED.replace('b', 'i')}\n\n--b--\n"),
    "a message sent as a file": message(MIXED, file(WHOLE.encode(), "Content-Type: message/rfc822; name=a.eml")),
}  # fmt: skip


@pytest.mark.parametrize("way", LOST)
def test_file_outside_every_part_is_noticed(way: str) -> None:
    assert Defect.STRAY_FILE in scan_message(LOST[way]).defects


@pytest.mark.parametrize("way", LETTERS)
def test_letter_without_a_lost_file_is_left_alone(way: str) -> None:
    assert Defect.STRAY_FILE not in scan_message(LETTERS[way]).defects


@pytest.mark.parametrize(
    "line",
    [
        "Content-Type: a\n",
        "Content-Type: a; b\n",
        "content-:\n \n",
        "Content-Disposition:\n",
        "A:\n\n",
        "a" * 16 + "\n\n",
    ],
)
def test_search_is_linear(line: str) -> None:
    raw = message("Content-Type: multipart/mixed", "ontent-\n" + line * (1_000_000 // len(line)))
    began = time.process_time()
    scan_message(raw)
    assert time.process_time() - began < 2
