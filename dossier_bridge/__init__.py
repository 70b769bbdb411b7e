"""From clinical files to the patient's dossier: pure readers, and the worker processes they run in."""
