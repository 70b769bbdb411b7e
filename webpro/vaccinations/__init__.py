"""Vaccinations of a record that is open: a professional confirms one, and the patient changes it no more (E23)."""
