"""The scheduler of a virtual clock: workflows of the host, and those side by side within one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from cascade.clock.base import Queue, Source, join_failures, tell_of_failures
from cascade.clock.current import Run
from cascade.scheduler.children import Children, depth_of
from cascade.scheduler.foreign import without_current_task
from cascade.scheduler.loop import Loop
from cascade.scheduler.request import JOIN, LAST_OF_INSTANT
from cascade.scheduler.workflow import Workflow


class Scheduler(Loop):
    """Begins workflows, and cancels them, on the loop that resumes them."""

    __slots__ = ()

    async def run_workflow(self, run: Run, target: Any, priority: int) -> Any:
        """Run a workflow from the host, or as a child of the workflow that awaits this.

        It has gone to its first wait before this first yields to the host loop.
        """
        if self.running is not None:
            return await self._run_child(run.run(target), target.name, priority)
        root = Workflow(run.run(target), target.name, priority, self._arouse)
        self._living += 1
        with without_current_task():
            self._run_to_first_wait(root)
        if not root.ended:
            run.host = asyncio.current_task()
            ended = asyncio.get_running_loop().create_future()
            root.awaiter = ended
            try:
                await ended
            finally:
                run.host = None  # it keeps the error raised here, whose traceback leads back to it
                root.awaiter = None
                if not root.ended:
                    self._cancel_root(root)
        try:
            return root.outcome()
        finally:
            root.error = None  # its traceback leads back here

    async def _run_child(self, workflow: Coroutine[Any, Any, Any], name: str, rank: int) -> Any:
        """Run one workflow as a child of the running one."""
        results: list[Any] = []

        async def keep_result() -> None:
            results.append(await workflow)

        try:
            await self.run_crowd(Queue(iter([keep_result()]), 1, name), rank)
        finally:
            workflow.close()  # it has ended, or was cancelled before it began
        return results[0]

    def _cancel_root(self, root: Workflow) -> None:
        """Cancel a workflow whose host is leaving, and keep nothing of its end.

        Without cycles it is freed at once: garbage of 90,000 workflows would hold the
        loop for seconds when it is collected.
        """
        error = asyncio.CancelledError()
        with without_current_task():
            self._doom(root, error)
            if self._interrupt is not None:
                self._leave()
        error.__traceback__ = root.error = root.doom = None

    async def run_crowd(self, source: Source, priority: int | None = None) -> None:
        """Run workflows side by side as children of the running one.

        The parent begins them: it stands behind each in the ready list, until no
        other is due. So the one that is due first begins first, also if it has become
        due while another began.
        """
        parent = self._require_workflow("parallel tasks")
        crowd = Children(parent, source, self._go_on_last)
        rank = parent.priority if priority is None else priority
        own_priority = parent.priority
        try:
            while True:
                request = JOIN
                if source.due:
                    workflow = source.take()
                    source.is_beginning = True
                    child = Workflow(workflow, source.name, rank, self._arouse)
                    child.root = parent.root
                    child.awaiter = crowd
                    crowd.add(child)
                    self._living += 1
                    parent.value = None
                    self._ready.appendleft(parent)
                    self._ready.appendleft(child)
                elif crowd.living and not crowd.failures:
                    crowd.parent_waits = True
                elif crowd.living and not crowd.is_moment_over:
                    crowd.is_moment_over = True
                    request = LAST_OF_INSTANT
                else:
                    break
                await request
                source.is_beginning = False
        except BaseException as error:
            if parent in self._ready:  # cancelled before: it stands there to begin the next
                self._ready.remove(parent)
            before = crowd.failed()
            self._cancel_children(crowd)
            tell_of_failures(error, before, crowd.failed())
            raise
        finally:
            parent.priority = own_priority
        if crowd.failures:
            self._cancel_children(crowd)
            raise join_failures(crowd.failed(), "parallel tasks")

    def _cancel_children(self, crowd: Children) -> None:
        """Cancel the children that have not ended."""
        crowd.is_cancelled = True
        for child in list(crowd.living):
            self._doom(child, asyncio.CancelledError())

    def _run_to_first_wait(self, root: Workflow) -> None:
        """Start a workflow, and go on with it and its children until all of them wait."""
        ready, aside = self._ready, self._aside
        aside.extend(ready)  # of other runs: they go on when time passes
        ready.clear()
        ready.append(root)
        failing = self._failing_at_start = []
        try:
            while self._interrupt is None:
                if ready:
                    workflow = ready.popleft()
                    if workflow.root is not root:
                        aside.append(workflow)
                        continue
                else:
                    failing[:] = [each for each in failing if not each.ended]
                    if not failing:
                        break
                    workflow = max(failing, key=depth_of)
                    failing.remove(workflow)
                if self._is_step_too_many(workflow):
                    self._doom(workflow, self._runaway(workflow))
                else:
                    self.running = workflow
                    self._step(workflow, workflow.coroutine.send, workflow.value)
        finally:
            self.running = self._failing_at_start = None
            ready.extendleft(reversed([each for each in aside if not each.ended]))
            aside.clear()
        if self._interrupt is not None:
            self._leave()
