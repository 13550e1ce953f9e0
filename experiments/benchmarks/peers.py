"""``fireflies bench peers``: the same swarm on other simulators, paired in one run."""

from __future__ import annotations

import importlib.util
import statistics
from typing import Any, Final

from experiments.benchmarks.processes import headless, measured
from experiments.parameters import Parameters

PEERS: Final = {
    "simpy": "experiments.benchmarks.simpy_model",
    "mesa": "experiments.benchmarks.mesa_model",
}
PAIRS: Final = 3
_VIRTUAL_S: Final = 60.0


def measure(parameters: Parameters) -> dict[str, Any]:
    """Our real-time factor over each peer's; a peer that isn't installed is named as missing."""
    side, seed = parameters.side, parameters.seed
    report: dict[str, Any] = {"agents": parameters.n_fireflies, "virtual_s": _VIRTUAL_S}
    for name, module in PEERS.items():
        if importlib.util.find_spec(name) is None:
            report[name] = "not installed: pip install 'cascade-fireflies[peers]'"
            continue
        ratios = []
        for _ in range(PAIRS):
            ours = headless(side, _VIRTUAL_S, seed)
            peer = measured("-m", module, str(side), str(_VIRTUAL_S), str(seed))
            ratios.append(ours["realtime_factor"] / peer["realtime_factor"])
        report[name] = {
            "peer": peer["peer"],
            "realtime_factor": peer["realtime_factor"],
            "ours": ours["realtime_factor"],
            "ours_to_peer": round(statistics.median(ratios), 2),
            "digest_equal": peer["digest"] == ours["digest"] if "digest" in peer else None,
        }
    return report
