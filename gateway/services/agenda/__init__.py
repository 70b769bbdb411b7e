"""The agenda of a patient: what they write, what comes by mail, what is recommended (F70, F72, F73)."""
