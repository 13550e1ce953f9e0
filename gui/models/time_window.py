"""The part of a run that the plots over time show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

LEAST_SPAN_S: Final = 1.0
"""Ten samples of R: nearer there is nothing more to see."""

PERIODS_LATEST: Final = 5.0
"""Periods that are seen of the present."""

_SPAN_AT_FIRST_S: Final = 30.0
_ROUND: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5)
_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3_600.0
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """From when to when, seconds of virtual time.

    Attributes
    ----------
    begin, end
        Its ends.
    is_latest
        Whether it follows the present, which is then at its end.
    """

    begin: float
    end: float
    is_latest: bool = False

    @property
    def span(self) -> float:
        """Seconds between its ends."""
        return self.end - self.begin

    def at(self, now: float) -> TimeWindow:
        """What it shows at virtual time `now`."""
        return TimeWindow(now - self.span, now, True) if self.is_latest else self

    def wish(self) -> tuple[float, ...]:
        """What of it is up to the user, and not to the time that passes."""
        return (self.span,) if self.is_latest else (self.begin, self.end)


def whole_window(now: float) -> TimeWindow:
    """All of a run at virtual time `now`.

    Its end runs ahead in round steps, so that the curve stays put for a while: of a run of 20 s
    or more at least two thirds of the plot are filled.
    """
    return TimeWindow(0.0, _round_span(now))


def latest_window(now: float, period: float) -> TimeWindow:
    """The last five periods, seconds each, on from virtual time `now`."""
    return TimeWindow(now - PERIODS_LATEST * period, now, True)


def zoomed(shown: TimeWindow, factor: float, about: float, now: float) -> TimeWindow | None:
    """What to show when everything becomes larger by `factor` about a time that stays put.

    Parameters
    ----------
    shown
        What is shown by now.
    factor
        Above 1 to see less time.
    about
        Seconds, within what is shown.
    now
        Until when there is something to see.

    Returns
    -------
    TimeWindow or None
        None for all of the run, as it grows.
    """
    whole = whole_window(now)
    span = max(LEAST_SPAN_S, shown.span / factor)
    if span >= whole.span:
        return None
    if shown.is_latest:  # goes on with the present
        return TimeWindow(now - span, now, True)
    share = min(max((about - shown.begin) / shown.span, 0.0), 1.0)
    return _kept_in(TimeWindow(about - share * span, about + (1.0 - share) * span), whole)


def shifted(shown: TimeWindow, by: float, now: float) -> TimeWindow | None:
    """What to show `by` seconds later; None for all of the run, as before."""
    whole = whole_window(now)
    if shown.span >= whole.span:
        return None
    return _kept_in(TimeWindow(shown.begin + by, shown.end + by), whole)


def _kept_in(wanted: TimeWindow, whole: TimeWindow) -> TimeWindow:
    begin = min(max(wanted.begin, whole.begin), whole.end - wanted.span)
    return TimeWindow(begin, begin + wanted.span)


def _round_span(now: float) -> float:
    if now <= _SPAN_AT_FIRST_S:
        return _SPAN_AT_FIRST_S
    if now <= 45.0:
        return 45.0
    for unit, longest in ((_MINUTE_S, _HOUR_S), (_HOUR_S, _DAY_S), (_DAY_S, math.inf)):
        if now <= longest:
            exponent = math.floor(math.log10(max(1.0, now / unit)))
            counts = [count * 10.0**k for k in (exponent, exponent + 1) for count in _ROUND]
            return min(longest, next(unit * count for count in counts if unit * count >= now))
    return now
