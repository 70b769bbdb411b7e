"""The FHIR R4 edge: programs with a patient's token read documents and results."""
