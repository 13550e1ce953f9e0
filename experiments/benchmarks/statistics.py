"""Short summaries of measured values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def summary(values: Sequence[float]) -> dict[str, float | None]:
    """Mean, median, 99th percentile and maximum, rounded to 3 digits; None without values."""
    if not len(values):
        return dict.fromkeys(("mean", "p50", "p99", "max"))
    array = np.asarray(values, dtype=np.float64)
    return {
        "mean": round(float(array.mean()), 3),
        "p50": round(float(np.percentile(array, 50)), 3),
        "p99": round(float(np.percentile(array, 99)), 3),
        "max": round(float(array.max()), 3),
    }
