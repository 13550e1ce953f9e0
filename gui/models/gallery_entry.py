"""An entry of the gallery: what it shows of a preset, and what choosing it opens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """A preset to choose.

    Attributes
    ----------
    name, sentence
        For people.
    source
        Its name in the gallery of the product, or its file.
    picture
        File of its picture, one pixel a firefly; it need not be there.
    is_own
        Whether it is one of the user's own, a file.
    is_current
        Whether the run began with it.
    """

    name: str
    sentence: str
    source: str
    picture: Path
    is_own: bool = False
    is_current: bool = False

    @property
    def words(self) -> str:
        """What screen readers say."""
        own = ", your own" if self.is_own else ""
        return f"{self.name}{own}: {self.sentence}"
