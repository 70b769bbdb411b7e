"""The results of one document as they are stored, and what is known of them without reading them.

They are written once, by whoever read the document, and go to the store as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.domain.glance import NO_GLANCE, Glance, glance_of
from gateway.domain.lab_result import LabResult
from gateway.domain.observed import written_lines
from gateway.domain.result_json import results_from_json, results_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenResults:
    """Results of one document, in its order.

    Attributes:
        json: as `gateway.domain.result_json` writes them.
        has_critical: whether any is marked AA, HH or LL (STD §4.3).
        glance: what a list says of them.
        lines: what pages of examinations read of them (`gateway.domain.observed`).
    """

    json: bytes = field(default=b"[]", repr=False)
    count: int = 0
    has_critical: bool = False
    glance: Glance = NO_GLANCE
    lines: bytes = field(default=b"", repr=False)

    def read(self) -> tuple[LabResult, ...]:
        """Give the results; raise `MalformedContent` when they are none."""
        return results_from_json(self.json)


NO_RESULTS = WrittenResults()
"""Those of a document that has none, or none that can be read."""


def written_results(results: Sequence[LabResult]) -> WrittenResults:
    """Write results."""
    if not results:
        return NO_RESULTS
    return WrittenResults(
        json=results_to_json(results),
        count=len(results),
        has_critical=any(result.is_critical for result in results),
        glance=glance_of(results),
        lines=written_lines(results),
    )
