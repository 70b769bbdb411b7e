"""IMAP without sockets: bytes in, typed commands out; typed answers in, bytes out.

`stream` cuts octets into commands and keeps every limit, `parser` finds the verb, whose module in `commands` has
its value, its arguments and where it may be said; `states` keeps to that, `responses` writes what the server says.
Nothing here knows a mailbox, a clock, a socket or a log; the session that does sits one package above.
RFC 3501 with SASL-IR (4959), ID (2971), NAMESPACE (2342), SPECIAL-USE (6154), UIDPLUS (4315), MOVE (6851),
UNSELECT (3691), IDLE (2177), LITERAL+ (7888), ENABLE (5161); the grammar of ESEARCH (4731), CONDSTORE (7162),
LIST-EXTENDED (5258), LIST-STATUS (5819) and UTF8=ACCEPT (6855) is read too, for the session to offer or refuse.
"""
