"""PDF files of some pages, a line of text on each."""

import zlib


def a_pdf(*lines: str) -> bytes:
    """Make a PDF with one page a line, in letters of Latin-1."""
    count = len(lines)
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(count))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
               "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]  # fmt: skip
    for at, line in enumerate(lines):
        drawn = f"BT /F1 18 Tf 60 760 Td ({line}) Tj ET"
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * at} 0 R"
        page += "/Resources<</Font<</F1 3 0 R>>>>>>"
        objects += [page, f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream"]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def with_object_stream(
    pdf: bytes, objects: bytes, kind: bytes = b"/ObjStm", filters: bytes = b"/FlateDecode"
) -> bytes:
    """Put objects into a compressed object stream before the first object of a PDF (ISO 32000-1 §7.5.7)."""
    octets = zlib.compress(objects)
    stream = b"9 0 obj <</Type %b /N 1 /First 4 /Filter %b /Length %d>> stream\n" % (kind, filters, len(octets))
    return pdf.replace(b"1 0 obj", stream + octets + b"\nendstream endobj\n1 0 obj", 1)
