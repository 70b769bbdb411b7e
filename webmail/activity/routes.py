"""« Historique d'activité »: three lists with filters, and the same lines as a file (E18, E39, E85)."""

import csv
import io
from datetime import date
from itertools import groupby
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from gateway.domain.activity import ActivityKind, ActivitySide
from gateway.services.record.result_csv import plain_cell
from webmail.activity.model import AskedActivity, ShownActivity
from webmail.activity.port import ACTIVITY
from webmail.activity.wording import KINDS_OF_ACT, SIDES
from webmail.context import STARTED, context_of, page, person_of, pulse_of, see_other
from webmail.downloads import content_disposition

PATH = "/historique"
T = TypeVar("T", ActivitySide, ActivityKind)
routes = web.RouteTableDef()
_LONGEST = 100
_HEAD = ("Numéro", "Date", "Heure", "Qui", "Précisions", "Action", "Pourquoi", "Données")


@routes.get(PATH, name="activity")
async def activity(request: web.Request) -> web.Response:
    """Show one list, newest first."""
    context, asked, pulse = context_of(request), _asked(request), await pulse_of(request)
    found = await request.app[ACTIVITY].activity(person_of(request).actor, asked)
    say = context.pages.speech(context.clock.now())
    return page(
        request,
        "activity.html",
        tab="historique",
        pulse=pulse,
        asked=asked,
        days=[(day, list(lines)) for day, lines in groupby(found.lines, key=lambda line: say.heading(line.at))],
        further=_address(asked, found.further) if found.further is not None else "",
        newest=_address(asked) if asked.before is not None else "",
        file=f"{PATH}/fichier?{urlencode(_query(asked))}",
        sides=[(side, words[0], _address(AskedActivity(side=side))) for side, words in SIDES.items()],
        about=SIDES[asked.side][1],
        kinds=KINDS_OF_ACT,
        is_filtered=asked != AskedActivity(side=asked.side, before=asked.before),
        proof=await request.app[ACTIVITY].trace_proof(person_of(request).actor),
        all_of=_address(AskedActivity(side=asked.side)),
    )


@routes.get(f"{PATH}/fichier", name="activity_file")
async def activity_file(request: web.Request) -> web.StreamResponse:
    """Send every line that is looked for as a CSV file (RFC 4180) that French spreadsheets open."""
    context, asked = context_of(request), _asked(request)
    say = context.pages.speech(context.clock.now())
    pieces = await request.app[ACTIVITY].all_activity(person_of(request).actor, asked)
    name = f"historique-{asked.side.value}-{context.clock.now().astimezone(context.settings.time_zone):%Y-%m-%d}.csv"
    response = web.StreamResponse(headers=_as_file("text/csv; charset=utf-8", name))
    await response.prepare(request)
    request[STARTED] = response
    await response.write(b"\xef\xbb\xbf" + _written([_HEAD]))
    async for lines in pieces:
        rows = [_row(line, say.date(line.at), say.time(line.at)) for line in lines]
        await response.write(_written(rows))
    await response.write_eof()
    return response


@routes.get(f"{PATH}/preuve", name="activity_proof")
async def activity_proof(request: web.Request) -> web.StreamResponse:
    """Send what proves the trace, for `scripts/verify_log.py`; back to the page as long as there is nothing."""
    proof = await request.app[ACTIVITY].trace_proof(person_of(request).actor)
    if proof is None:
        return see_other(PATH)
    return web.Response(body=proof.file, headers=_as_file("application/json", "preuve.json"))


@routes.get(f"{PATH}/journal", name="activity_journal")
async def activity_journal(request: web.Request) -> web.StreamResponse:
    """Send the trace with its hashes, which the proof is of."""
    pieces = await request.app[ACTIVITY].journal(person_of(request).actor)
    response = web.StreamResponse(headers=_as_file("application/jsonl", "journal.jsonl"))
    await response.prepare(request)
    request[STARTED] = response
    async for piece in pieces:
        await response.write(piece)
    await response.write_eof()
    return response


def _as_file(media_type: str, name: str) -> dict[str, str]:
    return {
        "Content-Type": media_type,
        "Content-Disposition": content_disposition("attachment", name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }


def _row(line: ShownActivity, day: str, at: str) -> tuple[str, ...]:
    more = f"et {line.more} autres" if line.more else ""
    data = " ; ".join(filter(None, (*(title for _, title in line.documents), *line.things, more)))
    number = "" if line.number is None else str(line.number)
    cells = (day, at, line.who, line.about, line.what, line.why, data)
    return (number, *(plain_cell(cell.replace("\u00a0", " ")) for cell in cells))


def _written(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def _asked(request: web.Request) -> AskedActivity:
    query = request.query
    before = query.get("avant", "")
    return AskedActivity(
        side=_one_of(ActivitySide, query.get("liste", "")) or ActivitySide.OWN,
        kind=_one_of(ActivityKind, query.get("quoi", "")),
        who=" ".join(query.get("qui", "").split())[:_LONGEST],
        since=_day(query.get("du", "")),
        until=_day(query.get("au", "")),
        before=int(before) if before.isascii() and before.isdigit() and len(before) <= 19 else None,
    )


def _one_of(kinds: type[T], text: str) -> T | None:
    try:
        return kinds(text) if text else None
    except ValueError as error:
        raise web.HTTPNotFound from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _query(asked: AskedActivity) -> dict[str, str]:
    said = {
        "liste": asked.side.value,
        "quoi": asked.kind.value if asked.kind else "",
        "qui": asked.who,
        "du": asked.since.isoformat() if asked.since else "",
        "au": asked.until.isoformat() if asked.until else "",
    }
    return {name: value for name, value in said.items() if value}


def _address(asked: AskedActivity, before: int | None = None) -> str:
    query = _query(asked) | ({} if before is None else {"avant": str(before)})
    return f"{PATH}?{urlencode(query)}"
