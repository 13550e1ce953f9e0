"""A sentence that stays until it is answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know, and what can be done about it.

    Attributes
    ----------
    words
        In one sentence.
    answers
        What the buttons say, and what each of them means to whoever asked.
    """

    words: str
    answers: tuple[tuple[str, str], ...] = ()
