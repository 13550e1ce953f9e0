"""Words beside marks on an axis: none over another, none outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """Where the words of a mark stand.

    Attributes
    ----------
    index
        Number of the mark.
    left
        Left end of the words, in the unit of the marks.
    lane
        Row, from 0 at the axis.
    """

    index: int
    left: float
    lane: int


def placed_labels(
    marks: Sequence[float],
    widths: Sequence[float],
    left: float,
    right: float,
    lanes: int,
    gap: float,
) -> list[PlacedLabel]:
    """Places for as many words as there is room for, the latest first.

    Words begin at their mark; where they would not end before `right`, they end at it.

    Parameters
    ----------
    marks
        Positions, ascending.
    widths
        Of the words of each.
    left, right
        Ends of the axis.
    lanes
        Rows there are.
    gap
        Least distance between two words.
    """
    placed: list[PlacedLabel] = []
    for index in reversed(range(len(marks))):
        mark, width = marks[index], widths[index]
        begin = mark if mark + width <= right else mark - width
        if begin < left or begin + width > right:
            continue
        for lane in range(lanes):
            if _is_free(lane, begin, begin + width, mark, placed, marks, widths, gap):
                placed.append(PlacedLabel(index, begin, lane))
                break
    return placed[::-1]


def _is_free(
    lane: int,
    begin: float,
    end: float,
    mark: float,
    placed: Sequence[PlacedLabel],
    marks: Sequence[float],
    widths: Sequence[float],
    gap: float,
) -> bool:
    """Whether words there touch no others, and no line from words to their mark crosses words."""
    for other in placed:
        other_end = other.left + widths[other.index]
        if other.lane == lane and begin < other_end + gap and end + gap > other.left:
            return False
        if other.lane > lane and begin - gap < marks[other.index] < end + gap:
            return False
        if other.lane < lane and other.left - gap < mark < other_end + gap:
            return False
    return True


def marks_near(marks: Sequence[float], position: float, reach: float) -> list[int]:
    """Numbers of the marks at most `reach` away from a position."""
    return [k for k, each in enumerate(marks) if abs(each - position) <= reach]
