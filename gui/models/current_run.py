"""The current run: what it began with, what it repeats, and what can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from experiments import Opening, SavedMoment, Session
from gui.models.intent import Restart
from gui.models.place import Beginning, Place
from gui.models.undo_stack import UndoStack


@dataclass(slots=True)
class CurrentRun:
    """What is known of the run beside the simulation; wishes only once they are granted.

    Attributes
    ----------
    beginning
        What it began with.
    paint
        The opening that leaves a fresh swarm as this one was painted; None if that isn't known.
    is_painted
        Whether fireflies have other statuses than the preset that it began with gave them.
    undo_stack
        What was done, and can be undone.
    session
        The run that is repeated, or is about to be; None: what happens is up to the user.
    saved
        A moment of it from which to go on, or None.
    is_restored
        Whether the controls are handed over as soon as its end is reached.
    replay_speed
        How fast it is repeated, or None: as fast as it was.
    """

    beginning: Beginning = field(default_factory=Beginning)
    paint: tuple[Opening, ...] | None = None
    is_painted: bool = False
    undo_stack: UndoStack = field(default_factory=UndoStack)
    session: Session | None = None
    saved: SavedMoment | None = None
    is_restored: bool = False
    replay_speed: float | None = None

    def speed(self, in_force: float) -> float:
        """Virtual seconds per second of wall time that are wanted."""
        return in_force if self.replay_speed is None else self.replay_speed

    def leave_session(self) -> None:
        """Repeat nothing more."""
        self.session = self.saved = self.replay_speed = None
        self.is_restored = False

    def follow(self, wanted: Restart) -> None:
        """Repeat from now on what is wanted, if anything is."""
        self.session, self.saved = wanted.session, wanted.saved
        self.is_restored = wanted.then_goes_on

    def begin(self, wanted: Restart) -> None:
        """A fresh swarm is about to be made."""
        self.follow(wanted)
        if wanted.beginning is not None:
            self.beginning = wanted.beginning
            self.is_painted = False
        elif wanted.clears_paint:
            self.is_painted = False
            self.beginning = replace(self.beginning, opening=self.beginning.first)
        elif self.paint is not None:
            self.beginning = replace(self.beginning, opening=self.paint)
        self.paint = None

    def return_to(self, place: Place) -> None:
        """The run goes on from a place."""
        self.leave_session()
        self.session = place.session
        self.beginning = place.beginning
        self.paint = None
