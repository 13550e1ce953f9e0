"""Results of a sweep: its table, its maps, and the session of each run."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.keep.session import Session
from experiments.model.measured import MeasuredNumber
from experiments.sweep.averages import means_of
from experiments.sweep.axis import PlanError
from experiments.sweep.border import border_of
from experiments.sweep.folder import TABLES, SweepError, SweepFolder
from experiments.sweep.measuring import DONE, Row, RunState
from experiments.sweep.picture import Picture, picture_of
from experiments.sweep.plan import Point, SweepPlan
from experiments.sweep.rows import frame_of, rows_of_frame, schema_of

if TYPE_CHECKING:
    import polars


class Sweep:
    """What came of a sweep, as far as it is done.

    Parameters
    ----------
    plan
        Its plan.
    frame
        Its table, a row a run, as polars has it.

    Attributes
    ----------
    plan, frame
        The same.
    """

    def __init__(self, plan: SweepPlan, frame: polars.DataFrame) -> None:
        self.plan = plan
        self.frame = frame

    def __len__(self) -> int:
        """Runs that have a row."""
        return len(self.frame)

    def __repr__(self) -> str:
        over = " x ".join(f"{len(axis)} {axis.name}" for axis in self.plan.axes)
        return f"<Sweep over {over}: {len(self)} of {self.plan.n_runs} runs>"

    def values(self, name: str) -> NDArray[np.float64]:
        """An observable of every run, nan where there is none; shape ``(*plan.shape, seeds)``.

        Raises
        ------
        PlanError
            It was not observed.
        """
        if name not in self.plan.observe:
            raise PlanError(f"observed were {', '.join(self.plan.observe)}, not '{name}'")
        found = np.full(self.plan.n_runs, np.nan)
        found[self._places] = self.frame[name].cast(float).fill_null(np.nan).to_numpy()
        return found.reshape(*self.plan.shape, self.plan.seeds)

    def map(self, name: str) -> NDArray[np.float64]:
        """The mean of an observable over the runs of each cell, shape ``plan.shape``.

        Of an angle, as `mean_phase`, it is the direction of the runs, from -pi to pi. Runs that
        have none are left out; nan where no run has one.

        Raises
        ------
        PlanError
            It was not observed.
        """
        values = self.values(name)
        return means_of(self.plan.measured[name], values)

    def states(self) -> NDArray[np.uint8]:
        """How far every run is, as :class:`~experiments.sweep.measuring.RunState` has it.

        Shape ``(*plan.shape, seeds)``.
        """
        found = np.zeros(self.plan.n_runs, dtype=np.uint8)
        statuses = self.frame["status"]
        for state in RunState:
            is_so = (statuses == state.name.lower()).to_numpy()
            found[self._places[is_so]] = state
        return found.reshape(*self.plan.shape, self.plan.seeds)

    def reasons(self) -> dict[int, str]:
        """Why a run of a cell has no result, by numbers of cells."""
        without = self.frame.filter(self.frame["status"] != DONE)
        return dict(zip(without["cell"].to_list(), without["reason"].to_list(), strict=True))

    def rows(self) -> list[Row]:
        """The rows that there are."""
        return list(rows_of_frame(self.plan, self.frame))

    def picture(self, name: str) -> Picture:
        """A picture of an observable, as SVG; see :func:`~experiments.sweep.picture.picture_of`.

        Raises
        ------
        PlanError
            It was not observed, or the sweep is over more than two parameters.
        """
        return picture_of(self.plan, name, self.values(name))

    def border(self, name: str, level: float) -> NDArray[np.float64]:
        """Where an observable crosses a level along the first axis, shape ``plan.shape[1:]``.

        See :func:`~experiments.sweep.border.border_of`.

        Raises
        ------
        PlanError
            It was not observed, or the first axis has no rising numbers.
        """
        first = self.plan.axes[0]
        if not (first.is_number and first.is_rising):
            raise PlanError(f"a border must be along values that rise, got {first.name}")
        means = self.map(name)
        return border_of(self.plan.measured[name], first.values, means, level)

    def session(self, cell: int, replicate: int = 0) -> Session:
        """A run as a session, which repeats it and knows its digest.

        Raises
        ------
        SweepError
            There is no such run, or it has no result.
        """
        return session_of_row(self.plan, self._row(cell, replicate))

    def to_xarray(self) -> Any:
        """The observables as an ``xarray.Dataset`` over the axes and ``replicate``.

        Each has its words and unit as ``long_name`` and ``units``. What is in rad is an angle, of
        which xarray's own mean makes no sense; that of :meth:`map` does.

        Raises
        ------
        ImportError
            xarray is not installed.
        """
        import xarray

        names = [axis.name for axis in self.plan.axes]
        coordinates = {axis.name: list(axis.values) for axis in self.plan.axes}
        return xarray.Dataset(
            {
                name: ([*names, "replicate"], self.values(name), _told_of(each))
                for name, each in self.plan.measured.items()
            },
            {**coordinates, "replicate": np.arange(self.plan.seeds)},
            {"plan": self.plan.fingerprint, "seconds": self.plan.seconds},
        )

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """Where each row stands among all runs of the plan."""
        cells, replicates = self.frame["cell"].to_numpy(), self.frame["replicate"].to_numpy()
        places: NDArray[np.int64] = cells * self.plan.seeds + replicates
        return places

    def _row(self, cell: int, replicate: int) -> Row:
        (found,) = np.nonzero(self._places == cell * self.plan.seeds + replicate)
        is_one = 0 <= replicate < self.plan.seeds and len(found) > 0
        if not is_one:
            raise SweepError(f"there is no run {replicate} of cell {cell}, as yet")
        return self.frame.row(int(found[0]), named=True)


def _told_of(measured: MeasuredNumber) -> dict[str, str]:
    """What xarray writes beside its plots."""
    return {"long_name": measured.words, "units": measured.unit or "1"}


def session_of_row(plan: SweepPlan, row: Row) -> Session:
    """The session of a run, by its row.

    Raises
    ------
    SweepError
        It has no result.
    """
    point = Point(row["cell"], row["replicate"])
    if row["status"] != DONE:
        raise SweepError(
            f"run {point.replicate} of cell {point.cell} has no result: {row['reason']}"
        )
    return Session(
        plan.parameters_of(point),
        (),
        plan.seconds,
        row["flashes"],
        row["digest"],
        row["version"],
    )


def open_sweep(path: Path | str) -> Sweep:
    """A sweep that is kept in a folder, finished or not.

    Raises
    ------
    SweepError
        There is none, or it can't be read.
    ImportError
        polars is not installed.
    """
    import polars

    folder = SweepFolder(Path(path))
    table = folder.path / TABLES[0]
    if not folder.logs() and folder.tables() == [table]:
        try:
            frame = polars.read_parquet(table)
        except (OSError, polars.exceptions.PolarsError) as error:
            raise SweepError(f"{table} can't be read: {error}") from error
        if dict(frame.schema) != schema_of(folder.plan):
            raise SweepError(f"{table} can't be read: its columns are not those of the plan")
        if not (frame["cell"] < folder.plan.n_cells).all():
            raise SweepError(f"{table} can't be read: a row of it is of no run of this sweep")
        return Sweep(folder.plan, frame)
    return Sweep(folder.plan, frame_of(folder.plan, folder.rows()))
