"""Pli's web space: pages for patients, rendered on the server, readable and usable without scripts.

A folder is a feature: its routes, what its pages show (`model`), what they ask of the services (`port`), how the
services answer (`adapter`), and its templates. What all pages share stands beside the folders.

Texts are as the documents and messages hold them; the pages escape, shorten, translate codes and hide
technical prefixes (STD §1.4) themselves. Every instant is an aware UTC `datetime`.
"""
