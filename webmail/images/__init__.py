"""Pictures of scanners and X-rays, looked at on a page (F58)."""
