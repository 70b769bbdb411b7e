"""Patients as a professional knows them at the console: their own ones, found, and exchanges ended."""
