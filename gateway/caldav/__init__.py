"""The CalDAV edge: calendar programs read a patient's agenda by a secret link (RFC 4791, read only)."""
