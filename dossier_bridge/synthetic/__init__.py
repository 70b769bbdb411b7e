"""Invented documents for demonstration, bench and tests: laboratory reports, PDF pages, XDM archives, mail.

Deterministic: the same arguments give the same bytes; identifiers and dates come from the caller. What is
written follows the national profiles (STD §1.4, §1.5, §4.2, §4.6) closely enough for any reader, and
resembles no real laboratory, professional or person. Nothing that serves imports this package.
"""

from dossier_bridge.synthetic.archive import Submitted, xdm_archive, xdm_metadata, zipped
from dossier_bridge.synthetic.mail import ResultMail, result_mail
from dossier_bridge.synthetic.pdf_page import pdf_page
from dossier_bridge.synthetic.report import BIOLOGIST, PRESCRIBER, SyntheticReport, claimed, laboratory_report
from dossier_bridge.synthetic.results import example_results

__all__ = [
    "BIOLOGIST",
    "PRESCRIBER",
    "ResultMail",
    "Submitted",
    "SyntheticReport",
    "claimed",
    "example_results",
    "laboratory_report",
    "pdf_page",
    "result_mail",
    "xdm_archive",
    "xdm_metadata",
    "zipped",
]
