"""Examinations as the pages show them, over `gateway.services.record.examinations`."""

from gateway.domain.access import Actor
from gateway.services.record.examinations import CSV, ExaminationList, ExaminationPage, Examinations
from gateway.services.record.result_csv import csv_of
from webmail.references import file_name_of, number_of
from webmail.results.port import ResultFile
from webmail.services import SpaceServices

SHOWN = 60
"""Results of an examination on one page: a year of weekly ones."""


class ResultPages:
    """Implements `webmail.results.port.ResultService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._examinations = Examinations(services.store, services.clock)
        self._bundle = services.results_bundle

    async def examinations(self, actor: Actor, words: str, page: int, *, only_outside: bool) -> ExaminationList:
        """List one page of examinations."""
        return await self._examinations.listed(actor, words, page, only_outside=only_outside)

    async def examination(self, actor: Actor, reference: str, page: int) -> ExaminationPage:
        """Read one page of an examination."""
        return await self._examinations.read(actor, number_of(reference), page, SHOWN)

    async def result_file(self, actor: Actor, reference: str, form: str) -> ResultFile:
        """Write every result of an examination as CSV, or as a FHIR bundle."""
        taken = await self._examinations.taken_away(actor, number_of(reference), form)
        if form == CSV:
            media_type, data = "text/csv", csv_of(taken.examination)
        else:
            media_type, data = "application/fhir+json", self._bundle(taken.patient, taken.results, taken.at)
        return ResultFile(file_name_of(f"{taken.examination.label} - résultats", media_type), media_type, data)
