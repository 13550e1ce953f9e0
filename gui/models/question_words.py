"""The words of questions that are answered in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What is asked.

    Attributes
    ----------
    words
        Before the field for the answer.
    unit
        After it.
    button
        What the button says.
    sentence
        What comes of it.
    """

    words: str
    unit: str
    button: str
    sentence: str


GO_TO_TIME: Final = QuestionWords(
    "Go to time",
    "s",
    "Go",
    "Seconds from the start, or 2:30. Ahead it runs there as fast as possible; back it is repeated",
)
RUN_UNTIL_ORDER: Final = QuestionWords(
    "Run until R >",
    "",
    "Run",
    "As fast as possible, and paused at the first moment at which R is above that",
)
