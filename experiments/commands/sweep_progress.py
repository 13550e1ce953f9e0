"""The progress of a sweep, told on stderr."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from cascade.standard_output import is_watched, write_error
from experiments.sweep.pace import SweepProgress

_LENGTH: Final = 24
"""Letters of the bar, where there is room for as many."""

_PROG: Final = "fireflies sweep"


def say(sentence: str) -> None:
    """A line on stderr."""
    write_error(f"{_PROG}: {' '.join(sentence.split())}\n")


class ProgressBar:
    """A line that overwrites itself where somebody looks on; used as a context.

    Parameters
    ----------
    always
        Tell a line for each percent instead, whoever looks on.
    """

    def __init__(self, *, always: bool = False) -> None:
        self._always = always
        self._told = -1
        self._width = 0
        self._progress: SweepProgress | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._width:
            write_error("\n")

    def show(self, progress: SweepProgress) -> None:
        """How far it is now."""
        words, self._progress = progress_words(progress), progress
        if self._always:
            percent = int(100 * progress.share)
            if percent != self._told:
                self._told = percent
                write_error(f"{_PROG}: {percent} %, {words}\n")
        elif is_watched():
            # One that is longer than the line would go on below it, and not overwrite itself.
            columns = shutil.get_terminal_size().columns - 1
            length = max(0, min(_LENGTH, columns - len(words) - len("[] ")))
            filled = int(length * progress.share)
            line = f"[{'#' * filled}{'.' * (length - filled)}] {words}"[:columns]
            write_error(f"\r{line:<{self._width}}")
            self._width = len(line)

    def say_how_to_go_on(self, folder: Path) -> None:
        """A last line, where the program is ended from outside."""
        after = ""
        if self._progress is not None:
            after = f" after {progress_words(self._progress).partition(', about')[0]}"
        with suppress(RuntimeError):  # the signal came in the middle of another line
            self.say(f"ended{after}; --resume -o {folder} goes on with it")

    def say(self, sentence: str) -> None:
        """A line of its own, above the bar."""
        if self._width:
            write_error(f"\r{'':<{self._width}}\r")
        say(sentence)


def progress_words(progress: SweepProgress) -> str:
    """``340 of 2,100 runs, 3 without a result, about 2 min left``."""
    words = [f"{progress.done:,} of {progress.total:,} runs"]
    if progress.failed:
        words.append(f"{progress.failed:,} without a result")
    if progress.left_s is not None and progress.done < progress.total:
        words.append(f"about {time_words(progress.left_s)} left")
    return ", ".join(words)


def time_words(seconds: float) -> str:
    """Some time for people: ``40 s``, ``12 min``, ``3 h``."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    if seconds < 100 * 60:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"
