"""Changes of live parameters: the model is asked for them, and refusals are reported."""

from __future__ import annotations

from collections.abc import Callable

from experiments import PARAMETER_FIELDS, ParameterError, Simulation
from gui.models.coherence_trace import MarkKeeper
from gui.models.current_run import CurrentRun
from gui.models.findings import Findings
from gui.models.pacing import SpeedMeter
from gui.models.scales import change_words, refusal_text


class Changing:
    """Passes the user's changes of values on to the model.

    Parameters
    ----------
    simulation
        What runs.
    current
        Knows whether a run is repeated: then only its speed can be another.
    findings
        Take refusals.
    meter
        Forgets the speed held where another one is asked for.
    marks
        Where the changes of the physics go, for plots over time.
    wall_clock
        Wall time in seconds.
    """

    def __init__(
        self,
        simulation: Simulation,
        current: CurrentRun,
        findings: Findings,
        meter: SpeedMeter,
        marks: MarkKeeper,
        wall_clock: Callable[[], float],
    ) -> None:
        self._simulation = simulation
        self._current = current
        self._findings = findings
        self._meter = meter
        self._marks = marks
        self._wall_clock = wall_clock

    def ask(self, asked: dict[str, float]) -> None:
        """Make the changes asked for, and report refusals beside their controls."""
        if self._current.session is not None:
            self._current.replay_speed = asked.get("speed", self._current.replay_speed)
            self._meter.forget()
            return
        refusals = self._refusals(asked)
        for name in asked:
            if name in refusals:
                self._findings.refuse(name, refusals[name])
            else:
                self._findings.accept(name)

    def _refusals(self, asked: dict[str, float]) -> dict[str, str]:
        """Change values; the reasons for those refused. One bad value doesn't refuse another."""
        try:
            self._change(asked)
        except ParameterError as refused:
            if len(asked) == 1:
                pending = self._simulation.pending
                return {
                    name: refusal_text(name, value, refused, pending)
                    for name, value in asked.items()
                }
            each = (
                self._refusals({name: value})
                for name, value in asked.items()
                if name in PARAMETER_FIELDS
            )
            return {name: reason for reasons in each for name, reason in reasons.items()}
        return {}

    def _change(self, asked: dict[str, float]) -> None:
        if not asked or self._simulation.is_following:
            return
        before = self._simulation.pending
        after = self._simulation.change(**asked)
        if after.speed > before.speed:
            self._meter.forget()  # what was achieved until now is no limit any more
        new = {name: getattr(after, name) for name in asked}
        new = {name: value for name, value in new.items() if value != getattr(before, name)}
        for name, words in change_words(new).items():
            self._marks.note(self._wall_clock(), self._simulation.now, name, words)
