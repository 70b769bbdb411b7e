"""Curves of examinations: each result bears the range of its own laboratory; `webmail.trend` draws. Pure."""

from gateway.domain.examinations import Curve, Point
from gateway.domain.result_words import day_words, figures
from gateway.domain.units import unit_words
from webmail.trend import Plotted, Trend, drawn_spark, drawn_trend


def trend_of(curve: Curve) -> Trend | None:
    """Draw a curve; None for fewer than two numbers."""
    unit = unit_words(curve.unit)
    points = [point for point in reversed(curve.points) if point.number is not None]
    if not points:
        return None
    said = f", en {unit}" if unit else ""
    words = f"Courbe de {len(points)} valeurs{said}, {_when(points[0], 'du', 'de')} {_when(points[-1], 'au', 'à')}."
    return drawn_trend([_plotted(curve, unit)], f"{words} Le tableau qui suit donne chaque valeur.")


def sparkline_of(curve: Curve) -> Trend | None:
    """Draw the shape of a curve alone, for a list; None for fewer than two numbers."""
    return drawn_spark(_plotted(curve, ""))


def _plotted(curve: Curve, unit: str) -> list[Plotted]:
    return [
        Plotted(
            micros=point.micros,
            number=point.number,
            low=point.low,
            high=point.high,
            kind=point.where.value,
            is_critical=point.is_critical,
            toward={"<": "down", ">": "up"}.get(point.line.comparator[:1], ""),
            words=_words(point, unit),
        )
        for point in reversed(curve.points)
        if point.number is not None
    ]


def _words(point: Point, unit: str) -> str:
    value = " ".join(filter(None, (figures(f"{point.line.comparator}{point.number}"), unit)))
    said = f"{day_words(point.at) or 'date inconnue'} : {value}"
    return ", ".join(filter(None, (said, point.laboratory)))


def _when(point: Point, of_day: str, of_month: str) -> str:
    return f"{of_day if point.at.day else of_month} {day_words(point.at) or 'date inconnue'}"
