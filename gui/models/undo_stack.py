"""The undo stack: what the user has done, to be undone and done again, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from experiments import PARAMETER_FIELDS, Parameters
from gui.models.place import Place

MOST_STEPS: Final = 500
MOST_BYTES: Final = 64_000_000
"""For the places of all steps together; the oldest steps are forgotten first."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ValueStep:
    """Live parameters had these values."""

    values: Values


@dataclass(slots=True)
class StatusStep:
    """Fireflies had these flags, by id; `words` describe what was done to them since."""

    words: str
    flags: dict[int, int]


@dataclass(slots=True, eq=False)
class PlaceStep:
    """The run was here; `words` describe what was done since, and `touched` to which fireflies."""

    words: str
    place: Place
    touched: set[int] = field(default_factory=set)


UndoStep = ValueStep | StatusStep | PlaceStep


class UndoStack:
    """Steps back, and forth again, each of a kind of its own.

    What is done until :meth:`end_step` is one step: one drag of a slider, one stroke of
    a brush. A step of another run is never met before the one that led to this run.
    """

    def __init__(self) -> None:
        self._done: list[UndoStep] = []
        self._undone: list[UndoStep] = []
        self._open: object = None

    # -- noting -------------------------------------------------------------------------

    @property
    def is_noting_values(self) -> bool:
        """Whether the next change of a value belongs to the step that is open: it is noted."""
        return self._open == "values"

    def note(self, before: Parameters) -> None:
        """A value is about to change; `before` is what is in force or asked so far."""
        if not self.is_noting_values:
            self._begin("values", ValueStep(live_values(before)))

    def note_statuses(self, words: str, stroke: int, before: Iterable[tuple[int, int]]) -> None:
        """A stroke is about to change fireflies, which are (id, flags) until now."""
        if self._open != (words, stroke):
            self._begin((words, stroke), StatusStep(words, {}))
        step = self._done[-1]
        if isinstance(step, StatusStep):
            for firefly, flags in before:
                step.flags.setdefault(firefly, flags)

    def note_phases(
        self, words: str, stroke: int, ids: Iterable[int], here: Callable[[], Place]
    ) -> None:
        """A stroke is about to change phases, which can only be restored by going back."""
        if self._open != (words, stroke):
            self._begin((words, stroke), PlaceStep(words, here()))
        step = self._done[-1]
        if isinstance(step, PlaceStep):
            step.touched.update(ids)

    def note_left(self, words: str, place: Place) -> None:
        """The run is left for another one."""
        self._begin(None, PlaceStep(words, place))

    def rename_last(self, words: str) -> None:
        """The run was left for a different one than noted."""
        if self._done and isinstance(self._done[-1], PlaceStep):
            self._done[-1].words = words

    def end_step(self) -> None:
        """What is done from now on is another step."""
        self._open = None

    def forget(self) -> None:
        """Nothing can be undone: there is no way back to the run before."""
        self._done.clear()
        self._undone.clear()
        self.end_step()

    def _begin(self, what: object, step: UndoStep) -> None:
        self._open = what
        self._undone.clear()
        self._done.append(step)
        self._thin()

    # -- going --------------------------------------------------------------------------

    def last(self, *, is_redo: bool) -> UndoStep | None:
        """The step to take next, back or forth; None if there is none."""
        steps = self._undone if is_redo else self._done
        return steps[-1] if steps else None

    def take(self, *, is_redo: bool, inverse: UndoStep | None) -> None:
        """The next step was taken; `inverse` leads back, unless it changed nothing."""
        self.end_step()
        source, target = (self._undone, self._done) if is_redo else (self._done, self._undone)
        source.pop()
        if inverse is not None:
            target.append(inverse)
        self._thin()

    def take_back_left(self) -> Place | None:
        """Where the run before was left: nothing is begun instead; None if that isn't known.

        What was done to the one begun instead goes with it.
        """
        for k in range(len(self._done) - 1, -1, -1):
            step = self._done[k]
            if isinstance(step, PlaceStep) and not step.touched:
                del self._done[k:]
                self.end_step()
                return step.place
        return None

    def _thin(self) -> None:
        """Forget the oldest steps, with all before them."""
        for steps in (self._done, self._undone):
            del steps[:-MOST_STEPS]
            left, runs = MOST_BYTES, set[int]()
            for k in range(len(steps) - 1, -1, -1):
                left -= _bytes_of(steps[k], runs)
                if left < 0 and k < len(steps) - 1:
                    del steps[: k + 1]
                    break


def _bytes_of(step: UndoStep, runs: set[int]) -> int:
    """About how much memory a step takes; what it shares with those seen before not again."""
    if not isinstance(step, PlaceStep):
        return 0
    is_new = id(step.place.history) not in runs
    runs.add(id(step.place.history))
    return step.place.n_bytes + (step.place.n_bytes_of_run if is_new else 0)


def live_values(parameters: Parameters) -> Values:
    """The values that act at once, by name: they are undone by a change at the present time.

    With them what was made of them: constants of a run from elsewhere come back as they were.
    """
    live = {name: getattr(parameters, name) for name in PARAMETER_FIELDS.live}
    return live | parameters.constants()
