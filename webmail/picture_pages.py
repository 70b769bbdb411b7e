"""The page of an examination's pictures, and each picture, as every site answers them.

Addresses below a document are the same everywhere: ``images`` is the page, ``images/FILE/NUMBER`` a picture that any
browser shows, ``pixels/FILE/NUMBER`` its stored values for the script of the page.
"""

from collections.abc import Mapping

import orjson
from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.medical_picture import Obstacle, Shown, VoiWindow
from webmail.identifiers import DocumentId
from webmail.medical_pictures import ImageService
from webmail.paths import ID
from webmail.picture_series import PRESETS, ExaminationPictures, PictureFile, Series
from webmail.picture_words import OBSTACLES, facts_of, scale_words, series_name

ONE_PICTURE = f"{{scan:{ID}}}/{{image:[0-9]{{1,5}}}}"
"""The end of a picture's route: the key of its file, and its number in that, from 1."""
_SHOWN = {"": Shown.PICTURE, "petite": Shown.SMALL}


def viewer_of(request: web.Request, found: ExaminationPictures, documents: str) -> Mapping[str, object]:
    """Give what `picture_viewer.html` shows of the series and the picture that are asked for.

    `documents` is the address below which the documents of the site are.
    """
    at = min(_number(request, "serie"), len(found.series))
    series = found.series[at - 1]
    place = min(_number(request, "image", default=(series.count + 1) // 2), series.count)
    preset = request.query.get("fenetre", "")
    return {
        "examination": found,
        "series": series,
        "at": at,
        "place": place,
        "chosen": series.place(place),
        "preset": preset if preset in PRESETS else "",
        "presets": {word: label for word, (label, _) in PRESETS.items()} if series.modality == "CT" else {},
        "windows": {word: (window.center, window.width) for word, (_, window) in PRESETS.items()},
        "names": [series_name(each) for each in found.series],
        "middles": [each.place((each.count + 1) // 2) for each in found.series],
        "said": [OBSTACLES[obstacle] for obstacle in Obstacle if obstacle in series.obstacles],
        "scale": scale_words(series),
        "facts": facts_of(found.patient),
        "document": f"{documents}/{found.id}",
        "told": _told(f"{documents}/{found.id}/pixels/", series),
    }


async def answered_picture(
    request: web.Request, pictures: ImageService, actor: Actor, *, values: bool = False
) -> web.Response:
    """Give the picture of an address as a PNG, in the window that is asked for, or its values packed by gzip."""
    if values:
        return await _drawn(request, pictures, actor, Shown.VALUES, None)
    preset = PRESETS.get(request.query.get("fenetre", ""))
    shown = _SHOWN.get(request.query.get("taille", ""), Shown.PICTURE)
    return await _drawn(request, pictures, actor, shown, preset[1] if preset else None)


def _number(request: web.Request, name: str, default: int = 1) -> int:
    text = request.query.get(name, "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) <= 6 else default


def _told(path: str, series: Series) -> str:
    """Tell the script of the page which pictures there are, and how stored values become shown ones."""
    files = [_file(file) for file in series.shown]
    return orjson.dumps({"path": path, "unit": series.files[0].picture.unit, "files": files}).decode()


def _file(file: PictureFile) -> list[object]:
    it = file.picture
    window = it.windows[0] if it.windows else None
    shown = [window.center, window.width] if window else None
    return [file.which, it.frames, it.slope, it.intercept, shown, it.spacing, it.scale.value, it.is_inverted]


async def _drawn(
    request: web.Request, pictures: ImageService, actor: Actor, shown: Shown, window: VoiWindow | None
) -> web.Response:
    info = request.match_info
    document, number = DocumentId(info["document"]), int(info["image"])
    obstacle, data = await pictures.medical_picture(actor, document, info["scan"], number, shown, window)
    if obstacle is not Obstacle.NONE:
        # 422: the file is there, and makes no picture (RFC 9110 §15.5.21); the page says so beside it.
        return web.Response(status=422, text=OBSTACLES[obstacle])
    if shown is Shown.VALUES:
        return web.Response(
            body=data, content_type="application/octet-stream", headers={"Content-Encoding": "gzip"}
        )
    return web.Response(body=data, content_type="image/png")
