"""DICOM: whose pictures a file says it holds (PS3.10)."""
