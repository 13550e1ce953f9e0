"""Observables that are asked of a run: their options, and their figures at its end."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from experiments.export.kinds import ExportKind
from experiments.export.tables import Table
from experiments.model.measured import Cost, FlashObservable, Observable
from experiments.model.observables import OBSERVABLES
from experiments.model.parameters import Parameters
from experiments.model.whole_run import WholeRun
from experiments.run.looking_back import whole_run
from experiments.run.simulation import Simulation

ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured of a run.

    Attributes
    ----------
    names
        Of observables whose figures are wanted, each once.
    pair
        The two fireflies that some of them are about.
    sampled_too
        Names of observables to be sampled beside those, for exports.
    """

    names: tuple[str, ...] = ()
    pair: tuple[int, int] = (0, 1)
    sampled_too: tuple[str, ...] = ()

    @property
    def needs_flashes(self) -> bool:
        """Whether all flashes have to be kept for it."""
        return any(OBSERVABLES[name].cost is Cost.WHOLE_LOG for name in self.names)

    def figures(self, simulation: Simulation) -> dict[str, float | None]:
        """Their values at the end of a run, by name; None where one isn't defined."""
        run: WholeRun | None = None
        found: dict[str, float | None] = {}
        for name in self.names:
            each = OBSERVABLES[name]
            if isinstance(each, Observable):
                value = each.of(simulation.instant)
            else:
                assert isinstance(each, FlashObservable)
                run = run or whole_run(simulation, self.pair)
                value = each.of(run)
            found[name] = value if math.isfinite(value) else None
        return found


NOTHING_MORE: Final = Asked()
"""What always is measured is enough."""


def add_observe_options(parser: argparse.ArgumentParser) -> None:
    """Which observables, and of which pair."""
    parser.add_argument(
        "--observe",
        type=observables,
        default=(),
        metavar="NAME,...",
        help='measure more of the run, printed as "observed": '
        f"{', '.join(OBSERVABLES)}, or {ALL}; what is of one instant becomes a column of "
        "--coherence too",
    )
    parser.add_argument(
        "--pair",
        type=pair,
        default=(0, 1),
        metavar="I,J",
        help="the two fireflies that phase_locking and lag are of (default 0,1)",
    )


def observables(text: str) -> tuple[str, ...]:
    """Names of observables, as typed."""
    names = tuple(OBSERVABLES) if text == ALL else tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in OBSERVABLES:
            raise argparse.ArgumentTypeError(
                f"must be names of {', '.join(OBSERVABLES)}, or {ALL}, got '{name}'"
            )
    return names


def pair(text: str) -> tuple[int, int]:
    """Two fireflies, as typed."""
    parts = text.split(",")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        first, second = map(int, parts)
        if first != second:
            return first, second
    raise argparse.ArgumentTypeError(f"must be two different fireflies, as 0,1, got '{text}'")


def asked_observables(
    parser: argparse.ArgumentParser,
    options: argparse.Namespace,
    parameters: Parameters,
    exports: Iterable[ExportKind[Table]],
) -> Asked:
    """What a command line asks to measure; refused if there are no such fireflies."""
    highest = parameters.n_fireflies - 1
    if max(options.pair) > highest:
        given = ",".join(map(str, options.pair))
        parser.error(f"--pair must be fireflies from 0 to {highest}, got '{given}'")
    return Asked(options.observe, options.pair, tuple(n for kind in exports for n in kind.samples))
