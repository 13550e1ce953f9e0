"""Kinds of export, each declared once: the window, ``run`` and the docs go through them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from experiments.export.tables import ARRAY_FORMATS, TABLE_FORMATS, Column, Table
from experiments.files.line_log import LineLog
from experiments.model.coherence_record import CoherenceRecord
from experiments.model.observables import CHARGE, N_DEFECTS
from experiments.model.registry import Registry
from experiments.model.whole_run import WholeRun
from experiments.run.looking_back import whole_run
from experiments.run.run_metrics import RUN_METRICS, RunMetrics
from experiments.run.simulation import Simulation

Content = TypeVar("Content", covariant=True)


class Needs(enum.Enum):
    """What has to be kept of a run from the beginning."""

    NOTHING = "nothing"
    FLASHES = "all flashes"
    SAMPLES = "all samples of the observables"


class TableRecorder(Protocol):
    """Makes records of a run while it goes on."""

    def tick(self, simulation: Simulation, *, is_last: bool = False) -> None:
        """Make a record if one is due, or if the run has ended."""

    def columns(self) -> Mapping[str, Column]:
        """The records kept: values by column."""


@dataclass(frozen=True, slots=True)
class TableRecording:
    """How a run is recorded while it goes on.

    Attributes
    ----------
    meanings
        What each column holds, with its unit.
    begin
        Makes the recorder, given a log for its records; with None they are kept in memory.
    """

    meanings: Mapping[str, str]
    begin: Callable[[LineLog | None], TableRecorder]


@dataclass(frozen=True, slots=True)
class ExportSource:
    """What exports are made from.

    Attributes
    ----------
    simulation
        A run, at a complete instant.
    recorded
        What was recorded of it while it went on, by the name of the kind.
    """

    simulation: Simulation
    recorded: Mapping[str, Callable[[], Table]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExportKind(Generic[Content]):
    """One kind of file that a run can be exported to.

    Attributes
    ----------
    name
        What its rows are, in a word; new files are named after it.
    title, sentence
        What a menu and a dialog call it, and what a tooltip says.
    option
        Of ``fireflies run``, without its dashes.
    holds
        What the file holds, in the help of that option: ``write all flashes to ...``.
    formats
        What the file may end in, the usual one first.
    needs
        What has to be kept of the run.
    samples
        Names of observables that have to be sampled for it from the beginning.
    take
        What is to be written of a run as it is now; nothing of it changes afterwards.
    recording
        How it is recorded while the run goes on, if it can't be known afterwards.
    """

    name: str
    title: str
    sentence: str
    option: str
    holds: str
    take: Callable[[ExportSource], Content]
    formats: tuple[str, ...] = TABLE_FORMATS
    needs: Needs = Needs.NOTHING
    samples: tuple[str, ...] = ()
    recording: TableRecording | None = None


def flash_table(times: NDArray[np.float64], ids: NDArray[np.uint32]) -> Table:
    """Flashes as a table; shapes ``(m,)``."""
    meanings = {"t": "s of virtual time", "id": "firefly, row by row from 0"}
    return Table("flashes", {"t": times, "id": ids}, meanings)


def coherence_table(record: CoherenceRecord) -> Table:
    """R(t) and all other observables as a table.

    Raises
    ------
    ValueError
        Samples were let go.
    """
    if not record.is_whole:
        raise ValueError("the oldest samples of R are not kept; repeat the run for them")
    observed = record.observables
    columns = {"t": record.times} | {each.name: record.read(each.name) for each in observed}
    meanings = {"t": "s of virtual time"} | {each.name: each.meaning for each in observed}
    return Table("coherence", columns, meanings)


def phase_table(phases: NDArray[np.float64]) -> Table:
    """Phases as a table of one column, shape ``(n,)``."""
    meaning = "s since its zero, not wrapped, at the end of the run; by id, row by row from 0"
    return Table("phases", {"phase": np.array(phases)}, {"phase": meaning})


def interval_table(run: WholeRun) -> Table:
    """The times between two flashes of a firefly as a table, in order of the second flash."""
    each = run.intervals
    meanings = {
        "t": "s of virtual time, at the second of two flashes in a row of a firefly",
        "id": "firefly, row by row from 0",
        "interval": "s since the one before",
    }
    columns: dict[str, Column] = {"t": each.times, "id": each.ids, "interval": each.lengths}
    return Table("intervals", columns, meanings)


def avalanche_table(run: WholeRun) -> Table:
    """Avalanches as a table."""
    times, sizes = run.avalanches
    meanings = {
        "t": "s of virtual time",
        "size": "flashes at exactly t that are connected among each other by who hears whom; "
        "who pushed whom isn't known, as the order of flashes at one t isn't causal",
    }
    return Table("avalanches", {"t": times, "size": sizes.astype(np.uint32)}, meanings)


def defect_table(record: CoherenceRecord) -> Table:
    """The number of phase defects over time as a table.

    Raises
    ------
    ValueError
        Samples were let go, or there are none of defects.
    """
    table = coherence_table(record)
    names = ("t", N_DEFECTS.name, CHARGE.name)
    if missing := [name for name in names if name not in table.columns]:
        raise ValueError(f"no samples of {' and '.join(missing)} were taken; repeat the run")
    columns = {name: table.columns[name] for name in names}
    return Table("defects", columns, {name: table.meanings[name] for name in names})


FLASH_EXPORT: Final = ExportKind(
    name="flashes",
    title="Flashes",
    sentence="Who flashed when, from the beginning of the run until now",
    option="events",
    holds="all flashes",
    needs=Needs.FLASHES,
    take=lambda source: flash_table(*source.simulation.flashes.read()[:2]),
)

COHERENCE_EXPORT: Final = ExportKind(
    name="coherence",
    title="Coherence R(t)",
    sentence="R and the mean phase every 0.1 s of the run",
    option="coherence",
    holds="R(t) and the mean phase, each 0.1 virtual s,",
    needs=Needs.SAMPLES,
    take=lambda source: coherence_table(source.simulation.coherence),
)

PHASE_EXPORT: Final = ExportKind(
    name="phases",
    title="Phases now",
    sentence="The phase of each firefly, in seconds",
    option="phases",
    holds="the phases at the end, in seconds by id,",
    formats=ARRAY_FORMATS,
    take=lambda source: phase_table(source.simulation.phases()),
)

INTERVAL_EXPORT: Final = ExportKind(
    name="intervals",
    title="Intervals",
    sentence="The time between two flashes of each firefly",
    option="intervals",
    holds="the times between two flashes of each firefly",
    needs=Needs.FLASHES,
    take=lambda source: interval_table(whole_run(source.simulation)),
)

AVALANCHE_EXPORT: Final = ExportKind(
    name="avalanches",
    title="Avalanches",
    sentence="The flashes of each instant that are joined by who hears whom: their time and number",
    option="avalanches",
    holds="time and size of each avalanche",
    needs=Needs.FLASHES,
    take=lambda source: avalanche_table(whole_run(source.simulation)),
)

DEFECT_EXPORT: Final = ExportKind(
    name="defects",
    title="Phase defects",
    sentence="The number of phase defects every 0.1 s of the run, and the sum of their charges",
    option="defects",
    holds="the number of phase defects, each 0.1 virtual s,",
    needs=Needs.SAMPLES,
    samples=(N_DEFECTS.name, CHARGE.name),
    take=lambda source: defect_table(source.simulation.coherence),
)

METRICS_EXPORT: Final = ExportKind(
    name="metrics",
    title="Metrics",
    sentence="What the window has measured of itself, second by second",
    option="metrics",
    holds="what the run does each second (.jsonl: as it happens)",
    take=lambda source: source.recorded["metrics"](),
    recording=TableRecording(RUN_METRICS, RunMetrics),
)

EXPORT_KINDS: Final[Registry[ExportKind[Table]]] = Registry(
    (
        *(FLASH_EXPORT, COHERENCE_EXPORT, PHASE_EXPORT, METRICS_EXPORT),
        *(INTERVAL_EXPORT, AVALANCHE_EXPORT, DEFECT_EXPORT),
    )
)
"""All tables that a run can be written as; see :class:`ExportKind` for one more."""
