"""Random numbers that depend on what they are for, and on nothing else."""

from __future__ import annotations

MASK = (1 << 64) - 1
START, JITTER, SCRAMBLE, SPREAD, REWIRE, TARGET, LOSS = range(7)  # the streams


def mix(x: int) -> int:
    """SplitMix64 (Steele, Lea & Flood 2014)."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def u(seed: int, stream: int, i: int, k: int) -> float:
    """Random number in [0, 1), fixed by what it is for."""
    return (mix(mix(mix(mix(seed) ^ stream) ^ i) ^ k) >> 11) * 2**-53


def u5(seed: int, stream: int, i: int, k: int, j: int) -> float:
    """Random number in [0, 1) for what takes one number more, a pair of fireflies say."""
    return (mix(mix(mix(mix(mix(seed) ^ stream) ^ i) ^ k) ^ j) >> 11) * 2**-53
