"""Messages that differ in everything IMAP shows: headers, addresses, structures, encodings, and what is broken."""


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


_HEAD = (
    "From: Labo <labo@biologie.example>",
    "To: Camille Exemple <camille.exemple@medecin.mssante.fr>",
    "Date: Mon, 02 Mar 2026 12:00:00 +0100",
    "Message-ID: <1@biologie.example>",
)

PLAIN = _lines(*_HEAD, "Subject: analyse sanguine", "", "creatinine", "deux lignes")
MINIMAL = _lines("Subject: seul", "", "corps")
NO_BODY = _lines(*_HEAD, "Subject: rien", "")
ENCODED = _lines(
    "From: =?utf-8?q?H=C3=A9l=C3=A8ne?= <helene@biologie.example>",
    "To: =?iso-8859-1?q?Andr=E9?= <andre@x.example>, b@x.example",
    "Subject: =?utf-8?b?UsOpc3VsdGF0cw==?= et",
    " suite",
    "Date: Tue, 03 Mar 2026 23:30:00 -0500",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "H=C3=A9moglobine =",
    "elevee",
)
ADDRESSES = _lines(
    'From: "Dr. \\"X\\" Exemple" <x@a.example>',
    "Sender: sec@a.example",
    "Reply-To: Un <un@a.example>, deux@a.example",
    "To: Groupe: a@x.example, B <b@x.example>;",
    "Cc: copie@a.example (commentaire)",
    "Bcc: cache@a.example",
    "In-Reply-To: <0@a.example>",
    "Subject: adresses",
    "Date: Wed, 04 Mar 2026 08:00:00 +0000",
    "X-Folded: alpha",
    " beta",
    "",
    "biologie",
)
MIXED = _lines(
    *_HEAD,
    "Received: from a.example by b.example; Mon, 02 Mar 2026 11:00:00 +0000",
    "Subject: =?utf-8?q?analyse_jointe?=",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b 1"',
    "",
    "preambule",
    "--b 1",
    "Content-Type: text/plain; charset=us-ascii; format=flowed",
    "Content-Language: fr, en",
    "",
    "Bonjour",
    "",
    "--b 1",
    'Content-Type: application/pdf; name="resultat.pdf"',
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="resultat.pdf"; size=10',
    "Content-ID: <pdf@biologie.example>",
    "Content-Description: le document",
    "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==",
    "",
    "JVBERi0xLjQ=",
    "--b 1--",
    "epilogue",
)
ALTERNATIVE = _lines(
    *_HEAD,
    "Subject: deux formes",
    "MIME-Version: 1.0",
    "Content-Type: multipart/alternative; boundary=alt",
    "",
    "--alt",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    "créatinine élevée",
    "--alt",
    "Content-Type: multipart/related; boundary=rel; type=\"text/html\"",
    "",
    "--rel",
    "Content-Type: text/html; charset=utf-8",
    "",
    "<p>creatinine</p>",
    "--rel",
    "Content-Type: image/png",
    "Content-Transfer-Encoding: base64",
    "Content-Location: image.png",
    "",
    "iVBORw0KGgo=",
    "--rel--",
    "--alt--",
)
FORWARDED = _lines(
    *_HEAD,
    "Subject: transfert",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=fwd",
    "",
    "--fwd",
    "",
    "voir ci-dessous",
    "--fwd",
    "Content-Type: message/rfc822",
    "Content-Disposition: inline",
    "",
    "From: a@x.example",
    "Subject: interne",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=inner",
    "",
    "--inner",
    "",
    "profond",
    "--inner",
    "Content-Type: text/csv; charset=utf-8; name*=utf-8''r%C3%A9sultat.csv",
    "",
    "a;b",
    "--inner--",
    "",
    "--fwd--",
)
REPORT = _lines(
    *_HEAD,
    "Subject: accuse",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type="disposition-notification"; boundary=mdn',
    "",
    "--mdn",
    "Content-Type: text/plain",
    "",
    "lu",
    "--mdn",
    "Content-Type: message/disposition-notification",
    "",
    "Final-Recipient: rfc822; x@a.example",
    "",
    "--mdn--",
)
NESTED_ONLY = _lines(
    *_HEAD, "Subject: enveloppe", "MIME-Version: 1.0", "Content-Type: message/rfc822", "",
    "Subject: dedans", "Date: Thu, 05 Mar 2026 08:00:00 +0000", "", "texte interne",
)  # fmt: skip
UNCLOSED = _lines(
    *_HEAD, "Subject: ouvert", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=open", "",
    "--open", "", "sans fin",
)  # fmt: skip
ODD_ADDRESSES = _lines(
    "From: Cabinet <@relais.example,@b.example:cabinet@soins.example>",
    "To: accueil (standard)@ clinique.example (urgences), <alba (le matin)@ clinique.example>",
    "Cc: Groupe: <@r.example:un@x.example>;, lea@x.example (M\\(artin\\))", "Subject: detours", "", "texte",
)  # fmt: skip
ODD_PARTS = _lines(
    *_HEAD, "Subject: vides", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=lim", "",
    "--lim", "Content-Transfer-Encoding: X-Zip64", "", "abc", "--lim", "", "--lim", "Content-Type: application/pdf",
    "Content-Transfer-Encoding: uuencode", "", "", "--lim--",
)  # fmt: skip
LATIN = b"".join((_lines(*_HEAD, "Subject: brut"), b"X-Raw: caf\xe9\r\n\r\n", b"caf\xe9\r\n"))

MESSAGES = (
    PLAIN, MINIMAL, NO_BODY, ENCODED, ADDRESSES, MIXED, ALTERNATIVE, FORWARDED, REPORT, NESTED_ONLY, UNCLOSED, LATIN,
    ODD_ADDRESSES, ODD_PARTS,
)  # fmt: skip
