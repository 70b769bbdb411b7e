"""The IMAP edge: professionals and organisations read their mailboxes here; patients use the web space."""
