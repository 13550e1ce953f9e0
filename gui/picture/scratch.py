"""Arrays that are written over in each picture, rather than asked of the system each time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Scratch:
    """Arrays by name, each as large as it was wanted last.

    What is let go of after each picture is given back to the system, which then hands it out
    page by page: at 600 pixels a side that took as long as a third of the drawing.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[Any]] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array of this shape, with whatever was left in it."""
        kept = self._arrays.get(name)
        if kept is None or kept.shape != shape or kept.dtype != dtype:
            self._arrays[name] = kept = np.empty(shape, dtype)
        return kept
