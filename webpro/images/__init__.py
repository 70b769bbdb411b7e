"""Pictures of scanners and X-rays of a record that is open, looked at on a page (F37, F58)."""
