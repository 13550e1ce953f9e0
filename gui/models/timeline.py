"""The time line of a run that is repeated, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from experiments import Step, Value, Verdict
from gui.models.coherence_trace import Mark
from gui.models.scales import change_words

_ONE_DRAG_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A moment of a run that is repeated.

    Attributes
    ----------
    t, end
        Where it is, and where it ends; seconds of virtual time.
    marks
        When something was done to it, seconds.
    words
        What there is to say of it.
    is_wrong
        Whether it came out differently.
    """

    t: float
    end: float
    marks: tuple[float, ...]
    words: str
    is_wrong: bool = False


def change_marks(steps: Sequence[Step]) -> list[Mark]:
    """A mark for each change of the physics; those of one drag become one.

    What was so already since the step before is no change.
    """
    marks: list[Mark] = []
    known: dict[str, Value] = {}
    last_name, last_t = "", 0.0
    for step in steps:
        new = {name: value for name, value in step.change if known.get(name) != value}
        known |= new
        for name, label in change_words(new).items():
            if marks and name == last_name and step.t - last_t < _ONE_DRAG_S:
                marks[-1] = Mark(marks[-1].t, label)
            else:
                marks.append(Mark(step.t, label))
            last_name, last_t = name, step.t
    return marks


def verdict_text(verdict: Verdict) -> str:
    """Whether the run came out as it was, in a sentence."""
    found = verdict.found
    if verdict.is_wrong:
        return "Not the same: other flashes than those that were saved"
    flashes = f"{found.n:,} flashes"
    if found.is_known:
        flashes += f", digest {found.hexdigest()[:8]}"
    if verdict.is_same is None:
        return f"Nothing to compare with; {flashes}"
    return f"Repeated exactly: {flashes}"
