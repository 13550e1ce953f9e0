"""``fireflies bench peers``: the same swarm on other simulators, paired in one run."""

from __future__ import annotations

import importlib.util
import statistics
from typing import Any, Final

from experiments.benchmarks.processes import announced, headless, measured
from experiments.model.parameters import Parameters

PEERS: Final = {
    "simpy": ("experiments.benchmarks.simpy_model", ("conditions", "interrupts")),
    "mesa": ("experiments.benchmarks.mesa_model", ("random", "ordered")),
}
PAIRS: Final = 3
_VIRTUAL_S: Final = 60.0


def measure(parameters: Parameters) -> dict[str, Any]:
    """Our real-time factor over each peer's, in each way of writing the model for it.

    A peer that isn't installed is named as missing.
    """
    side, seed = parameters.side, parameters.seed
    report: dict[str, Any] = {"agents": parameters.n_fireflies, "virtual_s": _VIRTUAL_S}
    for name, (module, variants) in PEERS.items():
        if importlib.util.find_spec(name) is None:
            report[name] = "not installed: pip install 'cascade-fireflies[peers]'"
            continue
        report[name] = {
            variant: _against(module, variant, side, seed)
            for variant in announced(f"{name}:", variants)
        }
    return report


def _against(module: str, variant: str, side: int, seed: int) -> dict[str, Any]:
    """Medians of pairs, one process after the other."""
    pairs = [
        (
            headless(side, _VIRTUAL_S, seed),
            measured(module, str(side), str(_VIRTUAL_S), str(seed), variant),
        )
        for _ in range(PAIRS)
    ]
    ours, peer = pairs[-1]
    return {
        "peer": peer["peer"],
        "realtime_factor": statistics.median(peer["realtime_factor"] for _, peer in pairs),
        "ours": statistics.median(ours["realtime_factor"] for ours, _ in pairs),
        "ours_to_peer": round(
            statistics.median(
                ours["realtime_factor"] / peer["realtime_factor"] for ours, peer in pairs
            ),
            2,
        ),
        "digest_equal": peer["digest"] == ours["digest"] if "digest" in peer else None,
    }
