"""Targets: what a run can make."""

from __future__ import annotations

from cascade.spec.lazy import Lazy, Targets


def as_target(target: object) -> Lazy:
    """What a run can make, several values as one.

    Raises
    ------
    TypeError
        It is neither lazy nor a list or tuple of lazy values.
    """
    if isinstance(target, Lazy):
        return target
    if isinstance(target, (list, tuple)) and target and all(isinstance(t, Lazy) for t in target):
        return Targets(target)
    raise TypeError(
        f"run takes a lazy result (call a task to get one), or a list of such, got {target!r}"
    )
