"""The picture of a sweep, as SVG: a map over two parameters, or a line with its spread over one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from experiments.model.measured import MeasuredNumber
from experiments.sweep.averages import Averages, averages_of, lines_of
from experiments.sweep.axis import PlanError, SweptAxis, swept_field
from experiments.sweep.clipping import Spot, line_between, polygon_between
from experiments.sweep.colours import colour_of
from experiments.sweep.measuring import Row
from experiments.sweep.plan import SweepPlan, observables_of

_INK, _PAPER, _NOTHING = "#222222", "#ffffff", "#e4e4e4"
_LEFT, _TOP, _WIDE, _HIGH = 72.0, 40.0, 480.0, 400.0
_RIGHT, _BELOW = 120.0, 64.0
_BAR_X, _BAR_WIDE = _LEFT + _WIDE + 24.0, 16.0
_MOST_TICKS: Final = 6

MOST_DRAWN: Final = 2
"""Parameters that a picture can be over."""


class Picture(str):
    """The text of an SVG file, which notebooks show as what it is."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return self


def picture_of(plan: SweepPlan, name: str, values: NDArray[np.float64]) -> Picture:
    """An SVG file's text.

    Parameters
    ----------
    plan
        Of the sweep: over one or two parameters.
    name
        Of what is drawn.
    values
        Of each run, nan where there is none; shape ``(*plan.shape, seeds)``. Of a cell the mean
        is drawn, on a map as a colour, with grey where there is none; over one parameter as a
        line, with a band from the least to the greatest. The scale has the bounds of what is
        measured; where there are none, the extremes. Of an angle the ends of the scale are one:
        they have one colour, and a line that leaves at the one comes in again at the other.

    Raises
    ------
    PlanError
        It is over more parameters.
    """
    if len(plan.axes) > MOST_DRAWN:
        raise PlanError(f"a picture must be over one or two parameters, got {len(plan.axes)}")
    is_map = len(plan.axes) == MOST_DRAWN
    measured = observables_of((name,))[name]
    averages = averages_of(measured, values)
    low, high = scale_of(measured, averages.means if is_map else values)
    draws = _map if is_map else _line
    inside = [*draws(measured, averages, low, high), *_frame(plan, name, low, high)]
    width, height = _LEFT + _WIDE + _RIGHT, _TOP + _HIGH + _BELOW
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width:g}" height="{height:g}" fill="{_PAPER}"/>\n'
        + "\n".join(inside)
        + "\n</svg>\n"
    )


def scale_of(measured: MeasuredNumber, shown: NDArray[np.float64]) -> tuple[float, float]:
    """What the ends of the scale mean: the bounds, or the extremes of what has none."""
    low, high = measured.bounds
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    known = shown[~np.isnan(shown)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _map(measured: MeasuredNumber, averages: Averages, low: float, high: float) -> Iterator[str]:
    means, is_angle = averages.means, measured.is_angle
    n_x, n_y = means.shape
    wide, tall = _WIDE / n_x, _HIGH / n_y
    yield _box(_LEFT, _TOP, _WIDE, _HIGH, _NOTHING)
    yield '<g shape-rendering="crispEdges">'
    for x in range(n_x):
        for y in range(n_y):
            if not math.isnan(means[x, y]):
                colour = colour_of((means[x, y] - low) / (high - low), is_angle=is_angle)
                yield _box(_LEFT + x * wide, _TOP + (n_y - 1 - y) * tall, wide, tall, colour)
    yield "</g>"
    n = 64
    for k in range(n):
        colour = colour_of(k / (n - 1), is_angle=is_angle)
        yield _box(_BAR_X, _TOP + _HIGH * (n - 1 - k) / n, _BAR_WIDE, _HIGH / n + 0.5, colour)


def _line(measured: MeasuredNumber, averages: Averages, low: float, high: float) -> Iterator[str]:
    n = len(averages.means)
    at = [_LEFT + (k + 0.5) * _WIDE / n for k in range(n)]

    def spots(some: list[int], values: NDArray[np.float64]) -> list[Spot]:
        ys = below - _HIGH * ((values - low) / (high - low))
        return [(at[k], y) for k, y in zip(some, ys.tolist(), strict=True)]

    below, ink = _TOP + _HIGH, colour_of(0.1)
    for some in _stretches(averages.means):
        for line in lines_of(measured, averages.at(some), low, high):
            around = [*spots(some, line.greatest), *spots(some, line.least)[::-1]]
            if band := polygon_between(around, _TOP, below):
                yield f'<polygon points="{_listed(band)}" fill="{colour_of(0.7)}" opacity="0.5"/>'
            for piece in line_between(spots(some, line.means), _TOP, below):
                yield (
                    f'<polyline points="{_listed(piece)}" fill="none" stroke="{ink}" '
                    'stroke-width="2"/>'
                )
        for x, y in spots(some, averages.means[some]):
            yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="3" fill="{ink}"/>'


def _listed(spots: Iterable[Spot]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in spots)


def _stretches(means: NDArray[np.float64]) -> list[list[int]]:
    """Neighbours that have a value."""
    found: list[list[int]] = [[]]
    for k, value in enumerate(means):
        if math.isnan(value):
            found.append([])
        else:
            found[-1].append(k)
    return [some for some in found if some]


def _frame(plan: SweepPlan, name: str, low: float, high: float) -> Iterator[str]:
    measured = observables_of((name,))[name]
    what = f"{name}: {measured.words}" + (f", {measured.unit}" if measured.unit else "")
    yield _text(_LEFT, _TOP - 16.0, what, anchor="start")
    yield (
        f'<rect x="{_LEFT:g}" y="{_TOP:g}" width="{_WIDE:g}" height="{_HIGH:g}" fill="none" '
        f'stroke="{_INK}"/>'
    )
    below = _TOP + _HIGH
    for share, words in _ticks(plan.axes[0]):
        x = _LEFT + share * _WIDE
        yield f'<path d="M{x:.2f} {below:g}v5" stroke="{_INK}"/>'
        yield _text(x, below + 20.0, words)
    yield _text(_LEFT + _WIDE / 2, below + 44.0, plan.axes[0].label)
    is_map = len(plan.axes) == MOST_DRAWN
    scale = [((k / 4), f"{low + (high - low) * k / 4:.3g}") for k in range(5)]
    for share, words in _ticks(plan.axes[1]) if is_map else scale:
        y = below - share * _HIGH
        yield f'<path d="M{_LEFT:g} {y:.2f}h-5" stroke="{_INK}"/>'
        yield _text(_LEFT - 8.0, y + 4.0, words, anchor="end")
    side = plan.axes[1].label if is_map else name
    middle = _TOP + _HIGH / 2
    yield _text(18.0, middle, side, turn=f"rotate(-90 18 {middle:g})")
    for share, words in scale if is_map else ():
        yield _text(_BAR_X + _BAR_WIDE + 6.0, below - share * _HIGH + 4.0, words, anchor="start")


def _ticks(axis: SweptAxis) -> list[tuple[float, str]]:
    """Where values of an axis are written, as shares of its length, and how."""
    step = max(1, math.ceil((len(axis) - 1) / (_MOST_TICKS - 1)))
    field = swept_field(axis.name)
    return [
        ((k + 0.5) / len(axis), _short(field.text(axis.values[k])))
        for k in range(0, len(axis), step)
    ]


def _short(text: str) -> str:
    try:
        return f"{float(text):.4g}"
    except ValueError:
        return text


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{colour}"/>'
    )


def _text(x: float, y: float, words: str, *, anchor: str = "middle", turn: str = "") -> str:
    turned = f' transform="{turn}"' if turn else ""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="{_INK}"{turned}>'
        f"{escape(words)}</text>"
    )


def values_of_rows(plan: SweepPlan, name: str, rows: Iterable[Row]) -> NDArray[np.float64]:
    """An observable of each run, nan where there is none; shape ``(*plan.shape, seeds)``."""
    found = np.full((plan.n_cells, plan.seeds), np.nan)
    for row in rows:
        if (value := row.get(name)) is not None:
            found[row["cell"], row["replicate"]] = value
    return found.reshape(*plan.shape, plan.seeds)
