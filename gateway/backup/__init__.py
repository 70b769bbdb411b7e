"""Backups of a gateway that keeps everything in its own folder: made while it serves, put back whole."""
