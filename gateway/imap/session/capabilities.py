"""What is offered, before and after sign-in."""

BEFORE_SIGN_IN = (b"IMAP4rev1", b"SASL-IR", b"LITERAL+", b"ID", b"ENABLE", b"IDLE", b"AUTH=PLAIN")
SIGNED_IN = (
    b"IMAP4rev1", b"LITERAL+", b"ID", b"ENABLE", b"IDLE", b"NAMESPACE", b"UIDPLUS", b"UNSELECT", b"MOVE",
    b"SPECIAL-USE", b"CHILDREN", b"LIST-EXTENDED", b"LIST-STATUS", b"ESEARCH", b"STATUS=SIZE",
)  # fmt: skip
