"""The running session as text: what is encoded once stays so."""

from __future__ import annotations

from dataclasses import dataclass

from experiments import Intervention, SessionText, Simulation, Step, program_version


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
    """Follows a simulation from run to run.

    Parameters
    ----------
    simulation
        What runs.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._run: list[Intervention] | None = None
        self._text = SessionText(simulation.initial, program_version())

    def is_another_run(self) -> bool:
        """Whether it isn't the run any more that was asked about last."""
        return self._simulation.interventions is not self._run

    def snapshot(self) -> Snapshot:
        """The run until now; the present instant must be complete."""
        simulation = self._simulation
        if self.is_another_run():
            self._run = simulation.interventions
            self._text = SessionText(simulation.initial, program_version())
        for intervention in simulation.interventions[self._text.n_steps :]:
            self._text.add(Step.of(intervention))
        digest = simulation.flashes.digest()
        return Snapshot(self._text.copy(), simulation.now, digest.n, digest.hexdigest() or None)
