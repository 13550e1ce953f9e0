"""Statistics of flashes: intervals, frequencies, return maps, and how well two fireflies lock.

Everything here takes flashes as the log has them, in order of time, and knows nothing of phases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Intervals:
    """The times between two flashes of the same firefly, in order of the second one.

    Attributes
    ----------
    times
        When each ended, seconds, shape ``(m,)``.
    ids
        Whose, shape ``(m,)``.
    lengths
        Seconds, shape ``(m,)``.
    """

    times: FloatArray
    ids: NDArray[np.uint32]
    lengths: FloatArray

    def __len__(self) -> int:
        return len(self.lengths)


def intervals(times: FloatArray, ids: NDArray[np.uint32]) -> Intervals:
    """The inter-flash intervals; a firefly has one fewer than flashes.

    Parameters
    ----------
    times, ids
        Flashes in order: seconds, and fireflies; shape ``(m,)``.
    """
    order = np.argsort(ids, kind="stable")
    same = ids[order][1:] == ids[order][:-1]
    later, earlier = order[1:][same], order[:-1][same]
    in_order = np.argsort(later)
    later, earlier = later[in_order], earlier[in_order]
    return Intervals(times[later], ids[later], times[later] - times[earlier])


def frequencies(times: FloatArray, ids: NDArray[np.uint32], n: int) -> FloatArray:
    """The frequency of each firefly: the inverse of its mean inter-flash interval.

    Parameters
    ----------
    times, ids
        Flashes in order, shape ``(m,)``; seconds.
    n
        Fireflies.

    Returns
    -------
    numpy.ndarray
        Flashes per second, by id, shape ``(n,)``; nan where there aren't two flashes at
        different times.
    """
    counts = np.bincount(ids, minlength=n)
    first, last = np.full(n, math.inf), np.full(n, -math.inf)
    first[ids[::-1]] = times[::-1]  # of those of one firefly, the one assigned last stays
    last[ids] = times
    found = np.full(n, math.nan)
    span = last - first  # -inf for those that never flashed
    known = span > 0.0
    found[known] = (counts[known] - 1) / span[known]
    return found


def return_map(
    times: FloatArray, ids: NDArray[np.uint32]
) -> tuple[FloatArray, FloatArray, NDArray[np.uint32]]:
    """Each interval of a firefly and its next one.

    Parameters
    ----------
    times, ids
        Flashes in order, shape ``(m,)``; seconds.

    Returns
    -------
    lengths, next_lengths
        Intervals n and n + 1, seconds, shape ``(k,)``, in order of the end of the second.
    whose
        Fireflies, shape ``(k,)``.
    """
    each = intervals(times, ids)
    pairs = intervals(np.arange(len(each), dtype=np.float64), each.ids)
    second = pairs.times.astype(np.int64)
    first = second - pairs.lengths.astype(np.int64)
    return each.lengths[first], each.lengths[second], each.ids[second]


def interval_correlation(times: FloatArray, ids: NDArray[np.uint32]) -> float:
    """Pearson's correlation of an interval with the firefly's next one, in [-1, 1].

    Renewal processes, such as uncoupled fireflies with jitter, have 0 (Cox and Lewis 1966). nan
    where all intervals are equal or there are fewer than two pairs.
    """
    first, second, _ = return_map(times, ids)
    if len(first) < 2:
        return math.nan
    a, b = first - first.mean(), second - second.mean()
    scale = math.sqrt(float((a * a).mean()) * float((b * b).mean()))
    is_constant = scale <= 1e-18 * float(first.mean()) ** 2  # but for roundings
    return math.nan if is_constant else float((a * b).mean()) / scale


def lags(first: FloatArray, second: FloatArray) -> FloatArray:
    """At each flash of one firefly, how long ago another one flashed: seconds.

    Parameters
    ----------
    first, second
        Flash times of the two, ascending, seconds.

    Returns
    -------
    numpy.ndarray
        One for each flash of the first that isn't before all of the second's; 0 where both
        flash at one instant. The next over this one is the return map of the pair.
    """
    before = np.searchsorted(second, first, side="right")
    known = before > 0
    found: FloatArray = first[known] - second[before[known] - 1]
    return found


def phase_locking(first: FloatArray, second: FloatArray) -> float:
    """The phase-locking value of two fireflies: 1 if one always keeps its distance to the other.

    ``|mean over time of exp(2 pi i (phi_1(t) - phi_2(t)))|`` (Lachaux et al., Human Brain Mapping
    8, 194, 1999), where each phase grows evenly by 1 from flash to flash (Pikovsky, Rosenblum and
    Kurths 2001, section 10.1). Between two flashes the difference is a straight line, so that the
    mean is exact.

    Parameters
    ----------
    first, second
        Flash times of the two, ascending, seconds.

    Returns
    -------
    float
        In [0, 1]; nan if there is no time at which both have flashed and will flash again.
    """
    if len(first) < 2 or len(second) < 2:
        return math.nan
    begin, end = max(first[0], second[0]), min(first[-1], second[-1])
    if not begin < end:
        return math.nan
    at = np.unique(np.concatenate(([begin, end], first, second)))
    at = at[(at >= begin) & (at <= end)]
    difference = _phase_at(at, first) - _phase_at(at, second)
    middle, change = (difference[1:] + difference[:-1]) / 2.0, np.diff(difference)
    mean = np.exp(2j * math.pi * middle) * np.sinc(change)
    return min(1.0, float(abs(np.sum(mean * np.diff(at)))) / float(end - begin))


def _phase_at(at: FloatArray, flashes: FloatArray) -> FloatArray:
    phase: FloatArray = np.interp(at, flashes, np.arange(len(flashes), dtype=np.float64))
    return phase


def flash_times(times: FloatArray, ids: NDArray[np.uint32], firefly: int) -> FloatArray:
    """When one firefly flashed, seconds, ascending."""
    chosen: FloatArray = times[ids == firefly]
    return chosen
