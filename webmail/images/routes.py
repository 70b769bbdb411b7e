"""Pictures of an examination: a page with its series, pictures that any browser shows, values for its script."""

import orjson
from aiohttp import web

from gateway.domain.medical_picture import Obstacle, Shown, VoiWindow
from webmail.context import page, person_of, pulse_of
from webmail.identifiers import DocumentId
from webmail.images.model import PRESETS, ExaminationPictures, PictureFile, Series
from webmail.images.port import IMAGES
from webmail.images.wording import OBSTACLES, facts_of, scale_words, series_name
from webmail.paths import ID

routes = web.RouteTableDef()
_PICTURE = f"/documents/{{document:{ID}}}/{{face}}/{{scan:{ID}}}/{{image:[0-9]{{1,5}}}}"
_SHOWN = {"": Shown.PICTURE, "petite": Shown.SMALL}


@routes.get(f"/documents/{{document:{ID}}}/images", name="images")
async def images(request: web.Request) -> web.Response:
    """Show one picture of one series, with what leads to the others."""
    pulse = await pulse_of(request)
    found = await request.app[IMAGES].examination_pictures(
        person_of(request).actor, DocumentId(request.match_info["document"])
    )
    at = min(_number(request, "serie"), len(found.series))
    series = found.series[at - 1]
    place = min(_number(request, "image", default=(series.count + 1) // 2), series.count)
    return page(
        request,
        "images.html",
        tab="documents",
        pulse=pulse,
        examination=found,
        series=series,
        at=at,
        place=place,
        chosen=series.place(place),
        preset=request.query.get("fenetre", "") if request.query.get("fenetre", "") in PRESETS else "",
        presets={word: label for word, (label, _) in PRESETS.items()} if series.modality == "CT" else {},
        windows={word: (window.center, window.width) for word, (_, window) in PRESETS.items()},
        names=[series_name(each) for each in found.series],
        middles=[each.place((each.count + 1) // 2) for each in found.series],
        said=[OBSTACLES[obstacle] for obstacle in Obstacle if obstacle in series.obstacles],
        scale=scale_words(series),
        facts=facts_of(found.patient),
        told=_told(found, series),
    )


def _number(request: web.Request, name: str, default: int = 1) -> int:
    text = request.query.get(name, "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) <= 6 else default


def _told(found: ExaminationPictures, series: Series) -> str:
    """Tell the script of the page which pictures there are, and how stored values become shown ones."""
    files = [_file(file) for file in series.shown]
    return orjson.dumps({"path": f"/documents/{found.id}/pixels/", "unit": _unit(series), "files": files}).decode()


def _unit(series: Series) -> str:
    return series.files[0].picture.unit


def _file(file: PictureFile) -> list[object]:
    it = file.picture
    window = it.windows[0] if it.windows else None
    shown = [window.center, window.width] if window else None
    return [file.which, it.frames, it.slope, it.intercept, shown, it.spacing, it.scale.value, it.is_inverted]


@routes.get(_PICTURE.replace("{face}", "images"), name="image")
async def image(request: web.Request) -> web.Response:
    """Give a picture as a PNG, in the window that is asked for."""
    shown = _SHOWN.get(request.query.get("taille", ""), Shown.PICTURE)
    preset = PRESETS.get(request.query.get("fenetre", ""))
    return await _drawn(request, shown, preset[1] if preset else None)


@routes.get(_PICTURE.replace("{face}", "pixels"), name="pixels")
async def pixels(request: web.Request) -> web.Response:
    """Give the stored values of a picture, packed by gzip."""
    return await _drawn(request, Shown.VALUES, None)


async def _drawn(request: web.Request, shown: Shown, window: VoiWindow | None) -> web.Response:
    info = request.match_info
    document, number = DocumentId(info["document"]), int(info["image"])
    obstacle, data = await request.app[IMAGES].medical_picture(
        person_of(request).actor, document, info["scan"], number, shown, window
    )
    if obstacle is not Obstacle.NONE:
        # 422: the file is there, and makes no picture (RFC 9110 §15.5.21); the page says so beside it.
        return web.Response(status=422, text=OBSTACLES[obstacle])
    if shown is Shown.VALUES:
        return web.Response(
            body=data, content_type="application/octet-stream", headers={"Content-Encoding": "gzip"}
        )
    return web.Response(body=data, content_type="image/png")
