"""The agenda of a patient: its entries, when they take place, and calendars as others write them (RFC 5545, 5546)."""
