"""Avalanches: flashes of one instant that are joined by pulses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.topology import Topology

FLASHES_AT_ONCE: Final = 1 << 16
"""Flashes that are joined at once, so that long logs take no more memory."""


def avalanches(
    times: NDArray[np.float64], ids: NDArray[np.uint32], topology: Topology
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The avalanches among flashes: of each instant those that hear each other, by way of others.

    Flashes at exactly one time belong together if they are connected among each other, in the
    graph of who hears whom. That says who may have pushed whom, no more: the order of the log
    within an instant isn't causal, a firefly that was due by itself is counted with those that
    were pushed, and pulses that were lost, or that silent fireflies didn't send, join too. With a
    delay pulses arrive at later instants; then it says only who flashed side by side.

    Parameters
    ----------
    times, ids
        Flashes in order, shape ``(m,)``; seconds.
    topology
        Who hears whom.

    Returns
    -------
    times, sizes
        When each was, seconds, and its flashes; shape ``(k,)``, in the order of their first
        flashes in the log. The sizes add up to m.
    """
    found = [_joined(*part, topology) for part in _parts(times, ids)]
    if not found:
        return np.empty(0), np.empty(0, dtype=np.int64)
    all_times, sizes = zip(*found, strict=True)
    return np.concatenate(all_times), np.concatenate(sizes)


def _parts(
    times: NDArray[np.float64], ids: NDArray[np.uint32]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.uint32]]]:
    """Flashes piece by piece, none of which ends within an instant."""
    begin = 0
    while begin < len(times):
        last = min(begin + FLASHES_AT_ONCE, len(times)) - 1
        end = int(np.searchsorted(times, times[last], side="right"))
        yield times[begin:end], ids[begin:end]
        begin = end


def _joined(
    times: NDArray[np.float64], ids: NDArray[np.uint32], topology: Topology
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    is_new = np.append(True, np.diff(times) != 0.0)
    instant = np.cumsum(is_new) - 1
    n = topology.side**2
    if topology.is_complete:
        return times[is_new], np.bincount(instant)
    # A firefly that is made to flash twice at one instant is one place with two flashes.
    keys, place, n_flashes = np.unique(
        instant * n + ids.astype(np.int64), return_inverse=True, return_counts=True
    )
    one, other = _pairs(keys, n, topology)
    root = _roots(one, other, len(keys))
    sizes = np.bincount(root, weights=n_flashes, minlength=len(keys)).astype(np.int64)
    roots, first = np.unique(root[place], return_index=True)
    order = np.argsort(first)
    return times[first[order]], sizes[roots[order]]


def _pairs(
    keys: NDArray[np.int64], n: int, topology: Topology
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places of two that flashed at one instant and hear each other, each pair twice."""
    hearers, starts = _hearers(topology)
    instant, ids = np.divmod(keys, n)
    is_alone = np.bincount(instant) == 1
    crowd = np.flatnonzero(~is_alone[instant])
    lengths = (starts[1:] - starts[:-1])[ids[crowd]]
    who = np.repeat(crowd, lengths)
    offsets = np.arange(len(who)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    wanted = instant[who] * n + hearers[np.repeat(starts[ids[crowd]], lengths) + offsets]
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    is_there = keys[at] == wanted
    return who[is_there], at[is_there]


def _roots(one: NDArray[np.intp], other: NDArray[np.intp], n_places: int) -> NDArray[np.intp]:
    """For each place the least one that it is connected with, given pairs that are joined."""
    root = np.arange(n_places)
    while True:
        a, b = root[one], root[other]
        differ = a != b
        if not differ.any():
            return root
        np.minimum.at(root, np.maximum(a, b)[differ], np.minimum(a, b)[differ])
        while not np.array_equal(root, higher := root[root]):
            root = higher


@lru_cache(maxsize=2)
def _hearers(topology: Topology) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The neighbours of all, one after the other, and where those of each begin and end."""
    groups = [group for row in topology.rows() for group in row]
    lengths = np.fromiter(map(len, groups), dtype=np.int64, count=len(groups))
    members = np.fromiter((i for group in groups for i in group), dtype=np.int64)
    return members, np.append(0, np.cumsum(lengths))
