"""The web listener: pages and FHIR face behind one TLS socket. Part of the composition root."""
