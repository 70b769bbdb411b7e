"""Clinical documents inside other files, in every way that was thought of, and the ordinary files of letters.

Each way is a function of a CDA document (or of an archive that holds one) to the octets that are attached, with the
file name and media type they travel under. All are written by the standard library, not by the code under test.
"""

import base64
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from dossier_bridge.faults import FaultReason
from dossier_bridge.synthetic import Submitted, xdm_archive
from tests.builders.clinical import a_patient

OCTETS = "application/octet-stream"
TNEF = b"\x78\x9f\x3e\x22\x01\x00"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which a document travels: the name and type it bears, and how its octets are made of a CDA."""

    name: str
    media_type: str
    made: Callable[[bytes], bytes] = field(repr=False)


def a_zip(**files: bytes) -> bytes:
    """Write a zip; keyword names have ``__`` for ``.`` and ``_0_`` for ``/``."""
    return zip_of({name.replace("_0_", "/").replace("__", "."): data for name, data in files.items()})


def zip_of(files: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write a zip of files given by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packed) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zip_in_zip(data: bytes, levels: int, name: str = "document.xml") -> bytes:
    """Wrap a file in zips, one inside another."""
    for level in range(levels):
        data, name = zip_of({name: data}), f"niveau{level}.zip"
    return data


def outlook_attribute(identifier: int, content: bytes) -> bytes:
    """Write one attribute of a TNEF stream."""
    return struct.pack("<BLL", 2, identifier, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def winmail(*files: bytes) -> bytes:
    """Write a winmail.dat with attached files."""
    return TNEF + b"".join(outlook_attribute(0x0006800F, data) for data in files)


def winmail_with_a_message(inner: bytes) -> bytes:
    """Write a winmail.dat whose attachment is a message, itself a TNEF stream."""
    return TNEF + outlook_attribute(0x00069005, bytes(24) + inner)


_SIGNED_DATA = b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80"


def _folded(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n ")


def _tar(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("document.xml")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _mail(data: bytes) -> bytes:
    body = base64.encodebytes(data)
    return b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body


def _encrypted_zip(data: bytes) -> bytes:
    archive = bytearray(zip_of({"document.xml": data}))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    archive[6] |= 1
    return bytes(archive)


def _submission(data: bytes, name: str = "DOC0001.XML", media_type: str = "text/xml") -> bytes:
    return xdm_archive([Submitted(name=name, data=data, media_type=media_type)], a_patient())


def again(data: bytes, codec: str) -> bytes:
    """Write bytes as if each were a character."""
    return data.decode("latin-1").encode(codec)


def _times(count: int, way: Callable[[bytes], bytes], data: bytes) -> bytes:
    for _ in range(count):
        data = way(data)
    return data


def _short(data: bytes) -> bytes:
    text = base64.b64encode(data)
    return b"\n".join(text[at : at + 40] for at in range(0, len(text), 40))


def _latin(data: bytes, codec: str) -> bytes:
    return data.decode().encode(codec)


READ: dict[str, Way] = {
    "zip": Way("document.zip", "application/zip", lambda cda: zip_in_zip(cda, 1)),
    "zip in a zip": Way("envoi.zip", "application/zip", lambda cda: zip_in_zip(cda, 2)),
    "zip without its name": Way("envoi.bin", OCTETS, lambda cda: zip_in_zip(cda, 1, "a.dat")),
    "zip called a picture": Way("photo.jpg", "image/jpeg", lambda cda: zip_in_zip(cda, 1)),
    "zip called a text": Way("notes.txt", "text/plain", lambda cda: zip_in_zip(cda, 1)),
    "inside an Office document": Way(
        "lettre.docx", OCTETS, lambda cda: a_zip(_Content_Types___xml=b"<Types/>", word_0_embeddings_0_a__xml=cda)
    ),
    "gzip": Way("document.xml.gz", "application/gzip", gzip.compress),
    "gzip called XML": Way("document.xml", "text/xml", gzip.compress),
    "gzip of several members": Way("a.gz", OCTETS, lambda cda: gzip.compress(cda[:900]) + gzip.compress(cda[900:])),
    "gzip of a zip": Way("a.zip.gz", OCTETS, lambda cda: gzip.compress(zip_in_zip(cda, 1))),
    "UTF-16": Way("document.xml", "text/xml", lambda cda: _latin(cda, "utf-16")),
    "UTF-16 little end first, no mark": Way("document.xml", "text/xml", lambda cda: _latin(cda, "utf-16-le")),
    "UTF-16 big end first, no mark": Way("document.xml", "text/plain", lambda cda: _latin(cda, "utf-16-be")),
    "UTF-32": Way("document.xml", "application/xml", lambda cda: _latin(cda, "utf-32")),
    "UTF-32 without mark": Way("document.bin", OCTETS, lambda cda: _latin(cda, "utf-32-be")),
    "base64 text": Way("document.b64", OCTETS, base64.b64encode),
    "base64 text called a picture": Way("photo.png", "image/png", base64.encodebytes),
    "base64 text of a zip": Way("document.txt", "text/plain", lambda cda: base64.encodebytes(zip_in_zip(cda, 1))),
    "base64 text of UTF-16": Way("a.txt", "text/plain", lambda cda: base64.b64encode(_latin(cda, "utf-16-be"))),
    "base64 text in short lines of UTF-16": Way("a.txt", "text/plain", lambda cda: _short(_latin(cda, "utf-16-be"))),
    "base64 text of a base64 text in UTF-32 twice": Way(
        "a.bin",
        "text/plain",
        lambda cda: base64.b64encode(again(again(base64.b64encode(cda), "utf-32-be"), "utf-32-be")),
    ),
    "gzip of UTF-16 of a base64 text": Way(
        "a.bin", "text/plain", lambda cda: gzip.compress(again(base64.b64encode(cda), "utf-16"))
    ),
    "gzip written as UTF-16": Way("a.txt", "text/plain", lambda cda: again(gzip.compress(cda), "utf-16-le")),
    "gzip written as UTF-8": Way("a.txt", "text/plain", lambda cda: again(gzip.compress(cda), "utf-8")),
    "zip written as UTF-32 with its mark": Way("a.bin", OCTETS, lambda cda: again(zip_in_zip(cda, 1), "utf-32")),
    "base64 text behind a mark that was encoded twice": Way(
        "a.txt", "text/plain", lambda cda: again(b"\xef\xbb\xbf", "utf-8") + base64.b64encode(gzip.compress(cda))
    ),
    "second base64 text behind the first": Way(
        "a.b64", OCTETS, lambda cda: base64.b64encode(b"<a>" + b"x" * 61) + b"\n" + base64.b64encode(cda)
    ),
    "Outlook's winmail.dat": Way("winmail.dat", "application/ms-tnef", lambda cda: winmail(b"x", cda)),
    "zip in winmail.dat": Way("a.bin", OCTETS, lambda cda: winmail(zip_in_zip(cda, 1))),
    "message in winmail.dat": Way(
        "winmail.dat", "application/ms-tnef", lambda cda: winmail_with_a_message(winmail(cda))
    ),
    "base64 text behind blanks": Way("a.txt", "text/plain", lambda cda: b" " * 70_000 + base64.b64encode(cda)),
    "long prologue": Way(
        "a.xml", "text/xml", lambda cda: cda.replace(b"?>\n", b"?><!--" + b"x" * 90_000 + b"-->\n", 1)
    ),
    "four levels": Way("a.zip", OCTETS, lambda cda: zip_in_zip(cda, 4)),
}
"""Opened and read as if the document had been attached itself."""

_R = FaultReason
REFUSED: dict[str, tuple[FaultReason, Way]] = {
    "7z": (_R.ARCHIVE_FORMAT, Way("a.bin", OCTETS, lambda cda: b"7z\xbc\xaf\x27\x1c\0\4" + cda)),
    "7z by its name": (_R.ARCHIVE_FORMAT, Way("resultats.7z", OCTETS, lambda _: bytes(range(200)))),
    "RAR": (_R.ARCHIVE_FORMAT, Way("a.bin", "application/zip", lambda cda: b"Rar!\x1a\x07\x01\0" + cda)),
    "tar": (_R.ARCHIVE_FORMAT, Way("a.bin", OCTETS, _tar)),
    "tar and gzip": (_R.ARCHIVE_FORMAT, Way("a.bin", OCTETS, lambda cda: gzip.compress(_tar(cda)))),
    "bzip2": (_R.ARCHIVE_FORMAT, Way("a.bin", OCTETS, bz2.compress)),
    "xz": (_R.ARCHIVE_FORMAT, Way("a.bin", OCTETS, lzma.compress)),
    "xz in a zip": (_R.ARCHIVE_FORMAT, Way("a.zip", OCTETS, lambda cda: a_zip(a=lzma.compress(cda)))),
    "archive that unpacks itself": (
        _R.ARCHIVE_FORMAT, Way("a.run", OCTETS, lambda cda: b"\1\2" + bytes(500) + zip_in_zip(cda, 1)),
    ),
    "uuencode": (_R.ARCHIVE_FORMAT, Way("a.txt", "text/plain", lambda _: b"begin 644 IHE_XDM.zip\nM...\nend\n")),
    "zip with a password": (_R.ZIP_ENCRYPTED, Way("a.zip", "application/zip", _encrypted_zip)),
    "zip cut short": (_R.ZIP_MALFORMED, Way("a.zip", "application/zip", lambda cda: zip_in_zip(cda, 1)[:-30])),
    "zip that is none": (_R.ZIP_MALFORMED, Way("a.zip", "application/zip", lambda _: b"Bonjour")),
    "gzip cut short": (_R.GZIP_DAMAGED, Way("a.gz", OCTETS, lambda cda: gzip.compress(cda)[:-12])),
    "gzip that goes on": (_R.GZIP_DAMAGED, Way("a.gz", OCTETS, lambda cda: gzip.compress(b"x") + cda)),
    "five levels": (_R.TOO_DEEP, Way("a.zip", OCTETS, lambda cda: zip_in_zip(cda, 5))),
    "S/MIME": (_R.ENCRYPTED, Way("smime.p7m", "application/pkcs7-mime", lambda _: b"0\x80\x06\x09" + bytes(50))),
    "S/MIME by its octets": (
        _R.ENCRYPTED, Way("a.bin", OCTETS, lambda _: b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03" + bytes(50)),
    ),
    "PGP": (_R.ENCRYPTED, Way("a.asc", "text/plain", lambda _: b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n")),
    "message as a file": (_R.NESTED_MESSAGE, Way("a.bin", OCTETS, _mail)),
    "message in a zip": (_R.NESTED_MESSAGE, Way("a.zip", OCTETS, lambda cda: a_zip(a__eml=_mail(cda)))),
    "Outlook message": (_R.NESTED_MESSAGE, Way("transfert.msg", OCTETS, lambda cda: COMPOUND + bytes(2_000) + cda)),
    "Outlook message by its octets": (
        _R.NESTED_MESSAGE,
        Way("a.bin", OCTETS, lambda _: COMPOUND + bytes(500) + "__substg1.0_37010102".encode("utf-16-le")),
    ),
    "in the midst of a file": (_R.HIDDEN_DOCUMENT, Way("a.bin", OCTETS, lambda cda: bytes(range(256)) * 8 + cda)),
    "in an old Word document": (
        _R.HIDDEN_DOCUMENT, Way("a.doc", "application/msword", lambda cda: COMPOUND + bytes(900) + cda),
    ),
    "behind blanks": (_R.HIDDEN_DOCUMENT, Way("a.txt", "text/plain", lambda cda: b" " * 70_000 + cda)),
    "as base64 in an envelope": (
        _R.HIDDEN_DOCUMENT,
        Way("a.xml", "application/xml", lambda cda: b"<e:Envelope><Doc>" + base64.encodebytes(cda) + b"</Doc>"),
    ),
    "behind the words of a text file": (
        _R.HIDDEN_DOCUMENT, Way("a.txt", "text/plain", lambda cda: b"Bonjour,\r\n" * 900 + base64.encodebytes(cda)),
    ),
    "in an appointment": (
        _R.HIDDEN_DOCUMENT,
        Way("rdv.ics", "text/calendar", lambda cda: b"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64:" + _folded(cda)),
    ),
    "in a DICOM object": (
        _R.HIDDEN_DOCUMENT, Way("a.dcm", "application/dicom", lambda cda: bytes(128) + b"DICM" + bytes(900) + cda),
    ),
    "called winmail.dat": (_R.HIDDEN_DOCUMENT, Way("winmail.dat", OCTETS, lambda cda: bytes(range(256)) * 8 + cda)),
    "broken winmail.dat": (
        _R.HIDDEN_DOCUMENT, Way("winmail.dat", OCTETS, lambda cda: TNEF + b"\7" + zip_in_zip(cda, 1)),
    ),
    "signed S/MIME": (
        _R.SIGNED, Way("smime.p7m", "application/pkcs7-mime", lambda cda: _SIGNED_DATA + cda),
    ),
    "UTF-32 twice": (
        _R.XML_ENCODING, Way("a.xml", "text/plain", lambda cda: again(again(cda, "utf-32-be"), "utf-32-be")),
    ),
    "UTF-16 in UTF-32": (
        _R.XML_MALFORMED, Way("a.xml", "text/plain", lambda cda: again(again(cda, "utf-16"), "utf-32")),
    ),
    "gzip five times": (_R.TOO_DEEP, Way("a.bin", OCTETS, lambda cda: _times(5, gzip.compress, cda))),
    "base64 text five times": (_R.TOO_DEEP, Way("a.txt", "text/plain", lambda cda: _times(5, base64.b64encode, cda))),
    "document behind a line of letters": (
        _R.HIDDEN_DOCUMENT, Way("a.txt", "text/plain", lambda cda: b"Ab" * 40 + b"\n" + cda),
    ),
    "document behind a base64 text": (
        _R.HIDDEN_DOCUMENT,
        Way("a.b64", OCTETS, lambda cda: base64.b64encode(b"<a>" + b"x" * 60) + b"=\n" + cda[:-20]),
    ),
    "EBCDIC": (_R.XML_ENCODING, Way("a.xml", "text/xml", lambda cda: cda.decode().encode("cp500", "replace"))),
    "UTF-7": (
        _R.XML_MALFORMED,
        Way("a.xml", "text/xml", lambda cda: cda.decode().encode("utf-7").replace(b"<", b"+ADw-")),
    ),
    "behind a word": (_R.HIDDEN_DOCUMENT, Way("a.txt", "text/plain", lambda cda: b"Bonjour\n" + cda)),
    "inside HTML": (_R.XML_DOCTYPE, Way("a.html", "text/html", lambda cda: b"<!DOCTYPE html><html><body>" + cda)),
    "HL7 v3 that is no CDA": (
        _R.NOT_A_CDA, Way("a.xml", "text/xml", lambda _: b'<POLB_IN224200 xmlns="urn:hl7-org:v3"></POLB_IN224200>'),
    ),
    "HL7 v2 in XML": (
        _R.FORMAT_UNSUPPORTED, Way("a.xml", "text/xml", lambda _: b'<ORU_R01 xmlns="urn:hl7-org:v2xml"><MSH/>'),
    ),
    "HL7 v2 in UTF-16": (
        _R.FORMAT_UNSUPPORTED, Way("a.txt", "text/plain", lambda _: "MSH|^~\\&|LABO|".encode("utf-16-le")),
    ),
    "HL7 v2 in a zip": (_R.FORMAT_UNSUPPORTED, Way("a.zip", OCTETS, lambda _: a_zip(a=b"MSH|^~\\&|LABO|\r"))),
    "FHIR in XML with a prefix": (
        _R.FORMAT_UNSUPPORTED, Way("a.xml", "text/xml", lambda _: b'<f:Bundle xmlns:f="http://hl7.org/fhir"/>'),
    ),
    "FHIR in JSON, its type last": (
        _R.FORMAT_UNSUPPORTED,
        Way("a.json", "application/json", lambda _: b'{"data": "' + b"x" * 90_000 + b'", "resourceType": "Bundle"}'),
    ),
    "FHIR in a list": (
        _R.FORMAT_UNSUPPORTED, Way("a.json", "application/json", lambda _: b'[{"resourceType": "Observation"}]'),
    ),
    "HPRIM Médecin": (
        _R.FORMAT_UNSUPPORTED, Way("a.txt", "text/plain", lambda _: b"0001\r\nMODELE\r\n****LAB****\r\nGLY|1\r\n"),
    ),
    "HPRIM Médecin letter": (
        _R.FORMAT_UNSUPPORTED, Way("a.txt", "text/plain", lambda _: b"Cher ami\r\n" * 400 + b"****FIN****\r\n"),
    ),
    "HPRIM in XML": (
        _R.FORMAT_UNSUPPORTED, Way("a.xml", "text/xml", lambda _: b'<evt xmlns="http://www.hprim.org/hprimXML"/>'),
    ),
    "zip in a submission": (
        _R.WRAPPED_IN_SUBMISSION,
        Way("IHE_XDM.zip", OCTETS, lambda cda: _submission(zip_in_zip(cda, 1), "DOC0001.ZIP", "application/zip")),
    ),
    "gzip in a submission": (
        _R.WRAPPED_IN_SUBMISSION,
        Way("IHE_XDM.zip", OCTETS, lambda cda: _submission(gzip.compress(cda), "DOC0001.BIN", OCTETS)),
    ),
    "HL7 v2 in a submission": (
        _R.FORMAT_UNSUPPORTED,
        Way("IHE_XDM.zip", OCTETS, lambda _: _submission(b"MSH|^~\\&|LABO|", "DOC0001.HL7", "application/hl7-v2")),
    ),
    "7z in a submission": (
        _R.ARCHIVE_FORMAT,
        Way("IHE_XDM.zip", OCTETS, lambda _: _submission(b"7z\xbc\xaf\x27\x1c\0\4", "DOC0001.BIN", OCTETS)),
    ),
}  # fmt: skip
"""Held and refused with 906: the reason, and how it is made."""

_SVG = b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg>' + b"<g/>" * 20_000
_SHEET = b'<xsl:stylesheet xmlns:n1="urn:hl7-org:v3"><xsl:template match="n1:ClinicalDocument"/>' + b"<x/>" * 20_000
_OFFICE = a_zip(_Content_Types___xml=b"<Types/>", word_0_document__xml=b"<w:document>" + b"<w:p/>" * 30_000)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OPEN = zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}, zipfile.ZIP_STORED)
_SIGNED = b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(50)
ORDINARY: dict[str, Way] = {
    name: Way(filename, media_type, lambda _, data=data: data)  # type: ignore[misc]  # mypy: a default is no parameter
    for name, filename, media_type, data in [
        ("Word document", "lettre.docx", _WORD, _OFFICE),
        ("OpenDocument", "lettre.odt", "application/vnd.oasis.opendocument.text", _OPEN),
        ("Excel sheet", "tableau.xlsx", OCTETS, a_zip(xl_0_workbook__xml=b"<workbook/>", xl_0_a__bin=bytes(300_000))),
        ("Office document inside another", "a.docx", OCTETS, a_zip(word_0_embeddings_0_a__xlsx=_OFFICE)),
        ("old Word document", "lettre.doc", "application/msword", COMPOUND + bytes(3_000)),
        ("RTF", "lettre.rtf", "application/rtf", b"{\\rtf1 Bonjour}"),
        ("text", "notes.txt", "text/plain", b"Bonjour\r\n"),
        ("text in UTF-16", "notes.txt", "text/plain", "Bonjour".encode("utf-16-le")),
        ("table", "tableau.csv", "text/csv", b"a;b\r\n"),
        ("picture", "photo.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 picture"),
        ("picture of a telephone", "photo.heic", "image/heic", b"\0\0\0\x18ftypheic" + bytes(50)),
        ("appointment", "rdv.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ("card", "carte.vcf", "text/vcard", b"BEGIN:VCARD\r\nEND:VCARD\r\n"),
        ("signature", "smime.p7s", "application/pkcs7-signature", _SIGNED),
        ("PGP signature", "signature.asc", "application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\n\nx\n"),
        ("winmail.dat", "winmail.dat", "application/ms-tnef", winmail(b"\xff\xd8\xff picture", _OFFICE)),
        ("no winmail.dat but by name", "winmail.dat", OCTETS, b"Bonjour"),
        ("empty winmail.dat", "winmail.dat", "application/ms-tnef", TNEF + bytes(200)),
        (
            "zip of pictures", "photos.zip", "application/zip",
            a_zip(a__jpg=b"\xff\xd8\xff x", b__pdf=b"%PDF-1.4 x\n%%EOF"),
        ),
        ("gzip of a text", "notes.txt.gz", "application/gzip", gzip.compress(b"Bonjour\r\n")),
        ("drawing", "schema.svg", "image/svg+xml", _SVG),
        ("style sheet", "cda.xsl", "application/xml", _SHEET),
        ("page", "page.html", "text/html", b"<!-- saved --><!DOCTYPE html><html>" + b"<p>x</p>" * 20_000),
        ("JSON", "a.json", "application/json", b'{"type": "Bundle"}'),
        ("token", "jeton.txt", "text/plain", b"eyJ" + b"hbGciOiJIUzI1NiJ9" * 10),
        ("sound", "voix.wav", "audio/wav", b"RIFF\0\0\0\0WAVEfmt " + bytes(2_000)),
        ("nothing", "vide.bin", OCTETS, b""),
    ]
}  # fmt: skip
"""Delivered as they are: the files that letters bring along."""
