"""The running session as text: nothing in it is encoded twice."""

from __future__ import annotations

from dataclasses import dataclass

from experiments import SessionText, Simulation, Step, program_version


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run until a complete instant; another thread may write it."""

    text: SessionText
    end: float
    n_flashes: int
    digest: str | None

    def contents(self) -> bytes:
        """The session file."""
        return self.text.contents(self.end, self.n_flashes, self.digest)


class SessionKeeper:
    """Follows a simulation from run to run, for all that write its session somewhere.

    Parameters
    ----------
    simulation
        What runs.

    Attributes
    ----------
    simulation
        The same.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self._run: object = None
        self._text: SessionText | None = None

    @property
    def run(self) -> object:
        """The present run: the same object for as long as it is the same run."""
        return self.simulation.interventions

    def snapshot(self) -> Snapshot:
        """The run until now; the present instant must be complete."""
        simulation, text = self.simulation, self._text
        if text is None or self._run is not simulation.interventions:
            self._run = simulation.interventions
            self._text = text = SessionText(simulation.initial, program_version())
        for intervention in simulation.interventions[text.n_steps :]:
            text.add(Step.of(intervention))
        digest = simulation.flashes.digest()
        return Snapshot(text.copy(), simulation.now, digest.n, digest.hexdigest() or None)
