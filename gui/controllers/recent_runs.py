"""The runs that were saved or opened lately, each with a picture and R at its end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments import Instant, Session, Simulation, make_folder
from gui.kept.settings import can_be_remembered
from gui.models.colouring import Colouring
from gui.models.current_run import CurrentRun
from gui.models.recent_run import MOST_RECENT, RecentRun
from gui.picture.cells import Cells, Shape
from gui.picture.preset_pictures import own_picture, preset_picture


class RecentPort(Protocol):
    """What lists them."""

    def show_runs(self, runs: Sequence[tuple[RecentRun, Path]]) -> None: ...


class RecentRuns:
    """Remembers them, the latest first; a watcher of frames, which sees how opened ones end.

    Parameters
    ----------
    simulation, current
        What runs, and what it repeats.
    menu
        Lists them, each with the file of its picture.
    save_picture
        Writes RGBA pixels, shape ``(h, w, 4)``, and texts by name to a file.
    table_of
        Gives the colours of a view, RGBA, shape ``(256, 4)``.
    wall_time
        Seconds since 1970.

    Attributes
    ----------
    runs
        Those remembered; files that are gone among them until somebody looks.
    pictures
        The folder of their pictures; None if there is no place for any.
    """

    def __init__(
        self,
        simulation: Simulation,
        current: CurrentRun,
        menu: RecentPort,
        save_picture: Callable[[Path, NDArray[np.uint8], Mapping[str, str]], object],
        table_of: Callable[[Colouring], NDArray[np.uint8]],
        wall_time: Callable[[], float],
    ) -> None:
        self._simulation = simulation
        self._current = current
        self._menu = menu
        self._save_picture = save_picture
        self._table_of = table_of
        self._wall_time = wall_time
        self._repeated: tuple[str, Session] | None = None
        self.runs: tuple[RecentRun, ...] = ()
        self.pictures: Path | None = None

    @property
    def wants_pictures(self) -> bool:
        """It takes what there is."""
        return False

    def bring_back(self, runs: Iterable[RecentRun]) -> None:
        """List those that were remembered."""
        self.runs = tuple(runs)[:MOST_RECENT]

    def note_saved(self, path: Path) -> None:
        """The present run was saved."""
        self._note(path, self._simulation.instant.coherence)
        self._keep_picture(str(path.absolute()))

    def note_opened(self, path: Path, session: Session) -> None:
        """A run is about to be repeated; what it comes to is seen at its end."""
        file = str(path.absolute())
        known = next((each.r for each in self.runs if each.file == file), None)
        self._note(path, known)
        self._repeated = file, session

    def take(self, wall: float) -> None:
        """Once a frame: note how a run ends that was opened."""
        following, repeated = self._simulation.following, self._repeated
        if repeated is None or following is None or following.verdict is None:
            return
        file, session = repeated
        self._repeated = None
        if self._current.session is session and any(each.file == file for each in self.runs):
            self._note(Path(file), self._simulation.instant.coherence)
            self._keep_picture(file)

    def list(self) -> None:
        """List those whose files are still there."""
        self.runs = tuple(run for run in self.runs if _is_there(Path(run.file)))
        folder = self.pictures or Path()
        self._menu.show_runs([(run, own_picture(folder, run.file)) for run in self.runs])

    def clear(self) -> None:
        """Forget them; the files stay."""
        if self.pictures is not None:
            for run in self.runs:
                with contextlib.suppress(OSError):
                    own_picture(self.pictures, run.file).unlink(missing_ok=True)
        self.runs, self._repeated = (), None

    def _note(self, path: Path, r: float | None) -> None:
        file = str(path.absolute())
        if can_be_remembered(file):
            others = (each for each in self.runs if each.file != file)
            self.bring_back((RecentRun(file, self._wall_time(), r), *others))

    def _keep_picture(self, file: str) -> None:
        """By phase: in order all would be dark most of the time."""
        if self.pictures is None:
            return
        with contextlib.suppress(OSError):  # then it has none
            make_folder(self.pictures)
            path = own_picture(self.pictures, file)
            drawn = preset_picture(
                _by_phase(self._simulation.instant, self._table_of(Colouring.PHASE))
            )
            self._save_picture(path, drawn, {"title": Path(file).stem})


def _by_phase(instant: Instant, colours: NDArray[np.uint8]) -> Cells:
    """Fireflies in the colours of their phases."""
    parameters = instant.parameters
    share = np.mod(instant.fractions, 1.0)
    levels = (share * 255.0).astype(np.uint16).reshape(parameters.side, parameters.side)
    packed = np.ascontiguousarray(colours).view(np.uint32).reshape(-1)
    return Cells(levels, packed, Shape.TILE)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a zero byte in a name that was remembered
        return False
