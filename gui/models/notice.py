"""Notices: sentences that stay until they are answered, one after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What can be said to a notice, and what that does; two are the same if they say the same."""

    words: str
    do: Callable[[], object] = field(compare=False)


def folder_answer(folder: Path, open_folder: Callable[[Path], object]) -> Answer:
    """Have a look at the folder that something was written to."""
    return Answer("Open folder", partial(open_folder, folder))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know, and what can be done about it.

    Attributes
    ----------
    words
        In one sentence.
    answers
        What the buttons say and do.
    about
        Its subject: news about the same subject replace the notice before. Empty if it has
        none.
    is_only_news
        Whether it only updates an earlier notice: if that was answered, this one is
        dropped.
    """

    words: str
    answers: tuple[Answer, ...] = ()
    about: str = ""
    is_only_news: bool = False


@dataclass(frozen=True, slots=True)
class Notices:
    """The notice that shows, and those that wait until it is answered: none is lost.

    Attributes
    ----------
    line
        The first one shows.
    """

    line: tuple[Notice, ...] = ()

    @property
    def shown(self) -> Notice | None:
        """The one that shows; None if all are answered."""
        return self.line[0] if self.line else None

    @property
    def n_waiting(self) -> int:
        """How many come after it."""
        return max(0, len(self.line) - 1)

    def with_news(self, notice: Notice) -> Notices:
        """These and one more; or these, one of them updated by news about its subject."""
        places = [
            place
            for place, each in enumerate(self.line)
            if each == notice or (notice.about and each.about == notice.about)
        ]
        if not places and notice.is_only_news:
            return self
        if not places:
            return dataclasses.replace(self, line=(*self.line, notice))
        first = places[0]
        rest = (each for place, each in enumerate(self.line) if place not in places)
        before, after = self.line[:first], tuple(rest)[first:]
        return dataclasses.replace(self, line=(*before, notice, *after))

    def answered(self) -> Notices:
        """The one that shows was answered, and the next one shows."""
        return dataclasses.replace(self, line=self.line[1:])
