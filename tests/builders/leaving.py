"""Leaving a space, over a real store, with papers that cost nothing."""

from collections.abc import Mapping
from datetime import timedelta

import orjson

from gateway.ports.papers import PaperValue
from gateway.services.space.erasure import Erasure
from gateway.services.space.leaving import Leaving
from tests.builders.store import StoreAt

PAUSE, LIFE = timedelta(days=30), timedelta(minutes=10)


class PlainPapers:
    """Papers as the values they were made of; `tests/contract/test_papers.py` tries real ones."""

    def pdf_of(self, template: str, values: Mapping[str, PaperValue]) -> bytes:
        """Give template and values."""
        return b"%PDF-" + orjson.dumps([template, values])


def leaving_at(at: StoreAt) -> Leaving:
    """Bind the service to a store."""
    return Leaving(at.store, at.clock, PlainPapers(), Erasure(at.store, at.clock), PAUSE, LIFE)
