"""Measures of a record: kinds with their last value, and one kind with its curve and its dates (F37)."""

from aiohttp import web

from gateway.domain.measures import MeasureKind
from gateway.services.profile.measure_reading import MeasurePeriod
from webmail.context import page
from webmail.measure_views import line_of_kind, view_of_kind
from webmail.references import number_of
from webpro.measures.port import MEASURES
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord

routes = web.RouteTableDef()
_LIST = f"{RECORD_PATH}/mesures"
_PERIODS = {period.value: period for period in MeasurePeriod}


@routes.get(_LIST, name="console_measures")
@in_record
async def measures(request: web.Request, record: EnteredRecord) -> web.Response:
    """List the kinds of which there are measures, each with the last."""
    found = await request.app[MEASURES].measures(record.actor)
    lines = [line_of_kind(one) for one in found if one.last is not None]
    return page(request, "record_measures.html", tab="patients", record=record, lines=lines)


@routes.get(f"{_LIST}/{{kind:[a-z0-9-]{{1,40}}}}", name="console_measure_kind")
@in_record
async def measure_kind(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show one kind: its curve, its goal, its measures with their dates."""
    try:
        kind = MeasureKind(request.match_info["kind"])
    except ValueError as error:
        raise web.HTTPNotFound from error
    period = _PERIODS.get(request.query.get("periode", ""), MeasurePeriod.YEAR)
    before = request.query.get("avant", "")
    found = await request.app[MEASURES].measure_series(
        record.actor, kind, period, number_of(before) if before else None
    )
    return page(
        request,
        "record_measure_kind.html",
        tab="patients",
        record=record,
        it=view_of_kind(found),
        period=period.value,
        is_first=not before,
    )
