"""Zip: a strict reader of archives held in memory."""
