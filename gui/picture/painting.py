"""The painting half of the pump: flashes and phases in, one picture a frame out."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters, Simulation, compile_beside, topology_of
from gui.models.colouring import Colouring, order_values
from gui.models.drawing import Drawing
from gui.models.flash_history import FlashHistory
from gui.models.lateness import Appointment, LatenessRecord
from gui.models.metrics import Metrics
from gui.picture import crowd_kernel
from gui.picture.cells import Cells, Shape, with_failed
from gui.picture.dots import colours_of
from gui.picture.field_painter import CALM_CONTRAST, CalmTable, FieldPainter
from gui.picture.flash_guard import MOST_CHANGES, MOST_CHANGES_CALM, FlashGuard
from gui.picture.frame_buffer import Frame, FrameBuffer
from gui.picture.glow import CALM, FLASH


class Painting:
    """Keeps what has been seen of a swarm, and makes pictures of it.

    Parameters
    ----------
    parameters
        Of the first swarm.
    table_of
        Gives the colours of a view, RGBA, shape ``(256, 4)``.
    metrics
        Where the lateness of flashes and the time for pictures go.
    wall_clock
        Wall time in seconds.
    failed_colour
        RGBA of a firefly whose workflow has failed.

    Attributes
    ----------
    history
        The flashes seen so far, for the instruments.
    lateness
        How late each firefly's last flash came to light.
    latest
        The last picture, one cell a firefly; None if there is none yet.
    drawing
        How fireflies are drawn.
    appointment
        Which virtual time the speed asks for, or None if it asks for none.
    """

    def __init__(
        self,
        parameters: Parameters,
        table_of: Callable[[Colouring], NDArray[np.uint8]],
        metrics: Metrics,
        wall_clock: Callable[[], float],
        failed_colour: tuple[int, int, int, int],
    ) -> None:
        compile_beside(crowd_kernel, crowd_kernel.call_everything)
        self._colours = table_of(Colouring.GLOW)
        self._calm_table_of = functools.cache(lambda each: CalmTable(table_of(each)))
        self._metrics = metrics
        self._wall_clock = wall_clock
        self._failed_colour = failed_colour
        self._guard = FlashGuard()
        self._is_calm = False
        self.drawing = Drawing.LIGHTS
        self.begin_anew(parameters)

    def begin_anew(self, parameters: Parameters) -> None:
        """Another swarm, of which nothing has been seen; the guard remembers the last one."""
        self._buffer = FrameBuffer(parameters.side, self._colours, self._guard)
        self._painter = FieldPainter(parameters.side, self._guard)
        self._cursor = 0
        self._painted_for: tuple[object, ...] | None = None
        self._dots: NDArray[np.uint32] | None = None
        self._dotted_for: int | None = None
        self._dotted: NDArray[np.uint8] | None = None
        self._is_evened = False
        self.latest: Cells | None = None
        self.appointment: Appointment | None = None
        self.lateness = LatenessRecord(parameters.n_fireflies)
        self.history = FlashHistory()

    def memory(self) -> NDArray[np.float64]:
        """What the pictures depend on beside the present: to come back to this moment."""
        return self._buffer.memory()

    def go_to(self, simulation: Simulation, memory: NDArray[np.float64]) -> None:
        """The run is at another moment, from which :meth:`memory` is."""
        self._buffer.recall(memory)
        self._dotted_for = None
        self._cursor = len(simulation.flashes)
        self._painted_for = None
        self.appointment = None
        self.lateness = LatenessRecord(simulation.parameters.n_fireflies)
        self.history.go_to(simulation.instant.t, self._cursor)

    def return_to(
        self,
        simulation: Simulation,
        memory: NDArray[np.float64],
        history: FlashHistory,
        history_age: int,
    ) -> None:
        """Another run, or this one at an earlier moment, goes on from where it was left."""
        self._buffer.recall(memory)
        self._dotted_for = None
        self._cursor = len(simulation.flashes)
        if history.age == history_age:
            self.history = history
            self.history.cut(simulation.now, self._cursor)
        else:  # it was cut before that moment, and went another way
            self.history.begin_at(simulation.now, self._cursor)

    @property
    def is_calm(self) -> bool:
        """Whether every change of brightness is softened."""
        return self._is_calm

    @is_calm.setter
    def is_calm(self, is_calm: bool) -> None:
        self._is_calm = is_calm
        self._guard.most_changes = MOST_CHANGES_CALM if is_calm else MOST_CHANGES

    def last_flash(self, firefly: int) -> float:
        """When it flashed last, seconds of virtual time; -inf if it has not yet."""
        return self._buffer.last_flash(firefly)

    def dark(self, parameters: Parameters) -> Frame:
        """The picture before anything has happened."""
        glow_s = parameters.glow * parameters.period
        return self._buffer.render(0.0, glow_s, parameters.period, 0.0, self._wall_clock())

    def catch_up(self, simulation: Simulation) -> None:
        """Take in all flashes until now."""
        self._take_in_flashes(simulation)

    def rest(self, simulation: Simulation) -> None:
        """Take in what happens while nobody looks; the next picture is made in any case."""
        self._painted_for = None
        self._take_in_flashes(simulation)

    def is_up_to_date(
        self, simulation: Simulation, colouring: Colouring, *, is_still: bool
    ) -> bool:
        """Whether a new picture would be the one that shows.

        When all stands still, a glow that was evened out because of the speed is shown
        as it is.
        """
        return self._moment(simulation, colouring) == self._painted_for and not (
            is_still and self._is_evened
        )

    def make(
        self, simulation: Simulation, colouring: Colouring, display_speed: float, wall: float
    ) -> Frame | None:
        """The present picture, or None if the one that shows has to stay for now.

        Parameters
        ----------
        simulation
            What is shown.
        colouring
            What the colour of a firefly means.
        display_speed
            Virtual seconds shown per second of wall time.
        wall
            Wall time in seconds, for the flash guard.
        """
        began = time.perf_counter()
        self._take_in_flashes(simulation)
        frame = self._render(simulation, colouring, display_speed, wall)
        if frame is not None:
            frame = replace(frame, cells=self._finished(frame.cells, simulation))
            self.latest = frame.cells
        self._is_evened = frame is not None and frame.is_evened
        is_final = frame is not None and not frame.is_held_back
        self._painted_for = self._moment(simulation, colouring) if is_final else None
        self._metrics.note("flush_duration_ms", (time.perf_counter() - began) * 1e3)
        return frame

    def _moment(self, simulation: Simulation, colouring: Colouring) -> tuple[object, ...]:
        """All that a picture depends on."""
        instant, n_failures = simulation.instant, len(simulation.failures)
        moment = (instant.t, instant.n_flashes, instant.n_interventions, n_failures)
        return colouring, self._is_calm, self.drawing, *moment

    def _finished(self, cells: Cells, simulation: Simulation) -> Cells:
        """The cells with what doesn't depend on the view: the failed, the drawing, the dots."""
        if failed := [each.id for each in simulation.failures if each.id is not None]:
            cells = with_failed(cells, failed, self._failed_colour)
        shape = Shape.TILE if self.drawing is Drawing.TILES else cells.shape
        return replace(cells, shape=shape, dots=self._dots_of(simulation))

    def _dots_of(self, simulation: Simulation) -> NDArray[np.uint32] | None:
        """Dots by firefly; None if nobody has one. They change by interventions alone."""
        n_interventions = simulation.instant.n_interventions
        if n_interventions != self._dotted_for:
            self._dotted_for = n_interventions
            if (status := simulation.status) is not self._dotted:
                self._dotted, side = status, simulation.parameters.side
                dots = colours_of(status).reshape(side, side)
                self._dots = dots if dots.any() else None
        return self._dots

    def _take_in_flashes(self, simulation: Simulation) -> None:
        times, ids, self._cursor = simulation.flashes.read(
            self._cursor, simulation.instant.n_flashes
        )
        self._buffer.note(times, ids)
        self.history.note(times, ids)
        simulation.flashes.trim(self._cursor, in_parts=True)
        if self.appointment is None:
            self.lateness.note_unasked(ids)
        elif len(times):
            late = self.appointment.lateness(times, self._wall_clock())
            self.lateness.note(ids, late)
            self._metrics.note_all("lateness_ms", 1e3 * late)

    def _render(
        self, simulation: Simulation, colouring: Colouring, display_speed: float, wall: float
    ) -> Frame | None:
        instant = simulation.instant
        parameters, period = instant.parameters, instant.parameters.period
        if colouring is Colouring.GLOW:
            glow = CALM if self._is_calm else FLASH
            return self._buffer.render(
                instant.t, parameters.glow * period, period, display_speed, wall, glow
            )
        contrast = CALM_CONTRAST if self._is_calm else 1.0
        table = self._calm_table_of(colouring)
        if colouring is Colouring.PHASE:
            rate_hz = self._buffer.flashes_per_s(display_speed, period)
            return self._painter.render_phases(instant, table, rate_hz, wall, contrast)
        values = order_values(instant.scaled_phases, period, topology_of(parameters))
        return self._painter.render(values, table, 0.0, wall, contrast)
