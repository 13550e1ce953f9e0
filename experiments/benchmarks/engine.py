"""``fireflies bench engine``: starting points, the distance to the floor, and each response."""

from __future__ import annotations

import json
import statistics
from typing import Any, Final

from experiments.benchmarks import workflows
from experiments.benchmarks.processes import FLOOR, announced, headless, measured
from experiments.benchmarks.starting_point import VARIANTS
from experiments.model.parameters import Parameters

PAIRS: Final = 3
"""How often the headless run and the floor are timed, in turn."""


def measure(parameters: Parameters, seconds: float) -> dict[str, Any]:
    """All figures, each variant in a process of its own.

    Parameters
    ----------
    parameters
        The swarm. The floor is timed for its side and seed, other parameters
        at their defaults, and left out when they are not.
    seconds
        Wall seconds for each variant of the starting point.
    """
    values = {k: v for k, v in parameters.as_dict().items() if k != "speed"}
    report: dict[str, Any] = {"agents": parameters.n_fireflies, "seconds": seconds}
    for variant in announced("starting point:", list(VARIANTS)):
        report[variant] = measured(
            "experiments.benchmarks.starting_point", variant, str(seconds), json.dumps(values)
        )
    if parameters == Parameters(side=parameters.side, seed=parameters.seed):
        report["floor"] = _compare_with_floor(parameters)
        for _ in announced("responses:", ["each beside the constant nudge"]):
            report["responses"] = measured(
                "experiments.benchmarks.responses", str(parameters.side), "20", str(PAIRS)
            )
    report["workflows"] = workflows.measure()
    return report


def _compare_with_floor(parameters: Parameters) -> dict[str, Any]:
    """CPU per flash against hand-written loops without an engine, paired in this run."""
    side, seed = str(parameters.side), str(parameters.seed)
    ratios: dict[str, list[float]] = {"fibers": [], "asyncio": []}
    equal = True
    for _ in announced("beside the floor: pair", range(1, PAIRS + 1)):
        ours = headless(parameters.side, 60.0, parameters.seed)
        for kind, found in ratios.items():
            bare = measured(FLOOR, kind, side, "60", seed)
            found.append(ours["us_per_flash"] / bare["us_per_flash"])
            equal = equal and ours["digest"] == bare["digest"]
    return {
        "pairs": PAIRS,
        "digests_equal": equal,
        "us_per_flash": ours["us_per_flash"],
        "ratio_to_fibers": round(statistics.median(ratios["fibers"]), 3),
        "ratio_to_asyncio": round(statistics.median(ratios["asyncio"]), 3),
    }
