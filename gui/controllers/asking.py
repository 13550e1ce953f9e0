"""The asking for values of live parameters: as wishes, and so that they can be undone."""

from __future__ import annotations

from experiments import ParameterError, Parameters, Simulation, Value
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent


class Asking:
    """Asks for values; those of one hand are one step back until it lets go.

    Parameters
    ----------
    simulation
        Asked for what is in force; nothing is changed on it here.
    intent
        Where the wishes go.
    current
        Knows whether a run is repeated; its undo stack learns what is about to be changed.
    """

    def __init__(self, simulation: Simulation, intent: Intent, current: CurrentRun) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current

    def ask(self, **values: Value) -> None:
        """Want live parameters to have values, together."""
        session = self._intent.wanted_session(self._current.session)
        stack = self._current.undo_stack
        if session is None and not self._intent.is_undoing and not stack.is_noting_values:
            stack.note(self.present())
        self._intent.ask_together(values)

    def let_go(self) -> None:
        """The hand is lifted: what is asked for from now on is another step."""
        self._intent.note_touched()
        self._current.undo_stack.end_step()

    def present(self) -> Parameters:
        """The parameters with what is asked for and not yet taken up, where that is allowed."""
        try:
            return self._simulation.pending.replace(**self._intent.asked)
        except ParameterError:
            return self._simulation.pending
