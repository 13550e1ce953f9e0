"""Problems: what has gone wrong, as a sentence and as the whole story behind it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from experiments import Failure


@dataclass(frozen=True, slots=True)
class Problem:
    """An error.

    Attributes
    ----------
    sentence
        What has happened, in one line.
    detail
        The traceback.
    """

    sentence: str
    detail: str


def problem_of_failure(failure: Failure) -> Problem:
    """A firefly whose workflow has failed."""
    return Problem(f"{failure.workflow} failed: {in_words(failure.error)}", story(failure.error))


def problem_of_error(error: BaseException) -> Problem:
    """An error of the program itself."""
    return Problem(f"Error in the program: {in_words(error)}", story(error))


def in_words(error: BaseException) -> str:
    """Kind and message of an error, in one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def story(error: BaseException) -> str:
    """The traceback, with all causes."""
    return "".join(traceback.format_exception(error))


def place(error: BaseException) -> tuple[object, ...]:
    """Where an error arose: two errors of one place are one problem."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return type(error), last and last.filename, last and last.lineno
