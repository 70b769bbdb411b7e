"""Pli's web space: pages for patients, rendered on the server, readable and usable without scripts."""
