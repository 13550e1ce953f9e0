"""The agenda: deadlines in order, for workflows that change them more often than they meet them.

A firefly's deadline is moved five times, by pulses, for each time it is met. A
plain heap pays for each move with a push now and a pop of the overtaken entry
later. Here a workflow that waits for something *far* off is only noted as
waiting; its deadline lives on the workflow and moving it is one assignment.
Entries are made for what is *near*, and the near heap stays small. When it
runs empty, the next stretch of time is promoted from the far list.

Where deadlines are mostly met as they were set, the far list is but a detour: the
stretches grow until all are near, and shrink as soon as many entries are overtaken.

This is the idea of the lazy queue (Ronngren, Riboe & Ayani 1991) with the
simplest structures that carry it: one heap and one list.
"""

from __future__ import annotations

import heapq
import itertools
from typing import Final

from cascade.clock.channel import NEVER
from cascade.scheduler.workflow import Workflow

Entry = tuple[float, int, int, Workflow]

_SMALL: Final = 64
_WIDEST: Final = 1e12
_NARROWEST: Final = 1e-9
_PATIENCE: Final = 32
"""Refills until wider stretches are tried again, after those in which deadlines moved."""


class Agenda:
    """Who waits until when, in order of (time, priority, sequence).

    Attributes
    ----------
    near
        Heap of entries with a deadline up to `horizon`. An entry is overtaken,
        and to be ignored, when its workflow's sequence is another by now.
    far
        Workflows that waited for later than the horizon when they were added;
        each at most once. Their deadlines may have changed since.
    overtaken
        Entries found overtaken since the last refill.
    sequences
        Gives each wait its number.
    """

    __slots__ = (
        "_far_limit",
        "_near_limit",
        "_pause",
        "_width",
        "far",
        "horizon",
        "near",
        "overtaken",
        "sequences",
    )

    def __init__(self) -> None:
        self.near: list[Entry] = []
        self.far: list[Workflow] = []
        self.horizon = -NEVER
        self._width = 1.0
        self._pause = 0
        self.sequences = itertools.count(1)
        self._near_limit = self._far_limit = _SMALL
        self.overtaken = 0

    def add(self, workflow: Workflow, deadline: float) -> None:
        """Let `workflow` wait until `deadline`, instead of what it waited for before."""
        workflow.sequence = next(self.sequences)
        workflow.deadline = deadline
        self.enter(workflow, deadline)

    def enter(self, workflow: Workflow, deadline: float) -> None:
        """Note a wait that has just begun."""
        if deadline <= self.horizon:
            near = self.near
            heapq.heappush(near, (deadline, workflow.priority, workflow.sequence, workflow))
            if len(near) > self._near_limit:
                self._compact_near()
        elif not workflow.is_far:
            if deadline == NEVER:
                return
            workflow.is_far = True
            self.far.append(workflow)
            if len(self.far) > self._far_limit:
                self._compact_far()

    def remove(self, workflow: Workflow) -> None:
        """Forget what `workflow` waits for; its entries are overtaken."""
        workflow.sequence = 0
        workflow.deadline = NEVER

    def first(self) -> float:
        """The earliest deadline, ``NEVER`` if nobody waits for one."""
        near = self.near
        while True:
            while near:
                deadline, _, sequence, workflow = near[0]
                if workflow.sequence == sequence:
                    return deadline
                heapq.heappop(near)
                self.overtaken += 1
            if not self.refill():
                return NEVER

    def refill(self) -> bool:
        """Promote the next stretch of time from far to near; False if nobody waits.

        Only to be called when `near` is empty.
        """
        near = self.near
        if self.horizon > -NEVER:
            self._promote(self.horizon + self._width)
        if not near:  # nobody in the next stretch, or it is the first
            first = min((workflow.deadline for workflow in self.far), default=NEVER)
            self._promote(first + self._width)
            if first == NEVER:
                self.horizon = -NEVER
                return False
        heapq.heapify(near)
        n_near, n_far = len(near), len(self.far)
        self._near_limit = max(_SMALL, 4 * n_near)
        self._far_limit = max(_SMALL, 2 * n_far)
        self._adapt(n_near, n_near + n_far)
        return True

    def _promote(self, horizon: float) -> None:
        """Let those be near who wait until `horizon` at most."""
        self.horizon = horizon
        near = self.near
        staying: list[Workflow] = []
        for workflow in self.far:
            deadline = workflow.deadline
            if deadline <= horizon and deadline < NEVER:
                workflow.is_far = False
                near.append((deadline, workflow.priority, workflow.sequence, workflow))
            elif deadline < NEVER:
                staying.append(workflow)
            else:
                workflow.is_far = False
        self.far = staying

    def _adapt(self, promoted: int, waiting: int) -> None:
        """Choose the next stretch of time: all of it where deadlines rarely move.

        Otherwise keep the near heap at a tenth of all: cheap to use, and not refilled too
        often. That few are overtaken in a short stretch doesn't say that few move: those that are
        far move unseen. So after a stretch with many there is a pause.
        """
        moves_are_rare = self.overtaken * 4 < promoted
        self.overtaken = 0
        self._pause = max(0, self._pause - 1) if moves_are_rare else _PATIENCE
        if moves_are_rare and not self._pause:
            if promoted < waiting and self._width < _WIDEST:
                self._width *= 2
        elif promoted * 4 > waiting > _SMALL:
            self._width = max(self._width / 2, _NARROWEST)
        elif promoted * 16 < waiting and self._width < _WIDEST:
            self._width *= 2

    def _compact_near(self) -> None:
        """Drop overtaken entries once they may be the most; then deadlines move a lot."""
        near = self.near
        n = len(near)
        near[:] = [entry for entry in near if entry[3].sequence == entry[2]]
        if 2 * len(near) < n and len(near) > _SMALL:
            self._send_off()
        heapq.heapify(near)
        self._near_limit = max(_SMALL, 2 * len(near))

    def _send_off(self) -> None:
        """Leave an eighth of all near, and note the others as far."""
        near = self.near
        near.sort()
        kept = len(near) // 8
        self.horizon = near[kept - 1][0]
        while near[kept][0] == self.horizon:
            kept += 1
            if kept == len(near):
                return
        self._width = max(self.horizon - near[0][0], _NARROWEST)
        for entry in near[kept:]:
            workflow = entry[3]
            if not workflow.is_far:
                workflow.is_far = True
                self.far.append(workflow)
        del near[kept:]
        self._far_limit = max(_SMALL, 2 * len(self.far))

    def _compact_far(self) -> None:
        """Drop workflows that no longer wait for a time."""
        waiting = []
        for workflow in self.far:
            if workflow.deadline < NEVER:
                waiting.append(workflow)
            else:
                workflow.is_far = False
        self.far[:] = waiting
        self._far_limit = max(_SMALL, 2 * len(waiting))
