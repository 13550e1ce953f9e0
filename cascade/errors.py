"""Errors: all that cascade raises, in one tree.

::

    CascadeError
    |-- DependencyMissingError     the value asked for was never made (skipped, or a parameter)
    |   `-- ParameterMissingError  a Param has neither a value nor a default
    |-- ParameterTypeError         a Param was given a value of another type    (TypeError)
    |-- ParameterUnknownError      a run was given a value for no Param         (TypeError)
    |-- ResourceError              a resource is unknown, doubled or misbehaved (RuntimeError)
    |-- GraphError                 a graph has no order, or a solver's is wrong (RuntimeError)
    |-- TaskError                  a task returned what it must not return      (TypeError)
    |-- EngineClosedError          the engine has been closed                   (RuntimeError)
    |-- ChannelFullError           a queued channel has no room left            (RuntimeError)
    |-- ChannelBusyError           a second receiver on one channel             (RuntimeError)
    `-- ClockError                 a clock was used where it cannot work        (RuntimeError)
        |-- ForeignWaitError       a workflow on a VirtualClock awaited the host loop
        `-- RunawayWorkflowError   a workflow did not let its instant end

Beside it there is one warning, ``ParameterUnknownWarning``.

Errors of a task itself are never wrapped: the awaiter of the run gets the
exception the task raised, with a note that names the task and the run. Other
errors name in that note what they came of: a task, router, parameter or variable.
"""

from __future__ import annotations


class CascadeError(Exception):
    """Base of every error that cascade itself raises."""


class DependencyMissingError(CascadeError):
    """A value was asked for that was never made, because its task was skipped."""


class ParameterMissingError(DependencyMissingError):
    """A ``Param`` has neither a value in this run nor a default."""


class ParameterTypeError(CascadeError, TypeError):
    """A ``Param`` was given a value that is not of its declared type."""


class ParameterUnknownError(CascadeError, TypeError):
    """``params`` has a name that no ``Param`` of the run has."""


class ParameterUnknownWarning(UserWarning):
    """``params`` has a name that nothing in the run has asked for, though something could have."""


class ResourceError(CascadeError, RuntimeError):
    """A resource is unknown, registered twice, depends on itself, or broke its contract."""


class GraphError(CascadeError, RuntimeError):
    """Tasks need each other in a cycle, arguments nest too deep, or a solver's stages are wrong."""


class TaskError(CascadeError, TypeError):
    """A task returned something that can't be a result, such as a coroutine."""


class EngineClosedError(CascadeError, RuntimeError):
    """``run`` was called on an engine after ``aclose``."""


class ChannelFullError(CascadeError, RuntimeError):
    """A value was sent to a queued channel that holds as many as it can."""


class ChannelBusyError(CascadeError, RuntimeError):
    """A second workflow tried to receive from a channel that has a receiver."""


class ClockError(CascadeError, RuntimeError):
    """A clock was used where it can't work."""


class ForeignWaitError(ClockError):
    """A workflow on a virtual clock awaited something that only the host loop can finish."""


class RunawayWorkflowError(ClockError):
    """A workflow took more than a million steps without letting the instant end."""


def add_note(error: BaseException, note: str) -> None:
    """Add a note to an exception, once, also to one that lets nobody set attributes."""
    notes = getattr(error, "__notes__", None)
    if isinstance(notes, list):
        if note not in notes:
            notes.append(note)
    elif notes is None:
        object.__setattr__(error, "__notes__", [note])
