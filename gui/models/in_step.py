"""Order reached: what is said of it, once.

When that is so, :func:`~gui.models.coherence_trace.found_in` says.
"""

from __future__ import annotations

from typing import Final

from experiments import CoherenceRecord

_MINUTE_S: Final = 60.0
_LONGEST_IN_S: Final = 1_000.0


def in_step_words(t: float) -> str:
    """What is said once, of order reached at virtual `t`, seconds."""
    words = f"{t:.0f} s" if t < _LONGEST_IN_S else f"{t / _MINUTE_S:,.0f} min"
    return f"All in step after {words}"


class Announcement:
    """Says once for each course of a run that all are in step."""

    def __init__(self) -> None:
        self._said: float | None = None

    def begin_anew(self) -> None:
        """Another run, of which nothing was said."""
        self._said = None

    def pass_over(self, record: CoherenceRecord) -> None:
        """What is found by now was said before, or nobody was there when it came about."""
        if record.time_to_sync is not None:
            self._said = record.time_to_sync

    def news(self, record: CoherenceRecord) -> str:
        """The sentence, if all are in step and that wasn't said; otherwise nothing."""
        t = record.time_to_sync
        if t is None or t == self._said:
            return ""
        self._said = t
        return in_step_words(t)
