"""The glow of a flash: its brightness over time, from 0 when it flashes to 1 when it is over."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Glow(ABC):
    """A shape of the glow. Both functions take shares of its length."""

    @abstractmethod
    def brightness(self, age: NDArray[np.float64]) -> NDArray[np.float64]:
        """Brightness in [0, 1] at ages of any size, which it may overwrite; 0 beyond [0, 1]."""

    @abstractmethod
    def total(self, until: NDArray[np.float64]) -> NDArray[np.float64]:
        """Integral of the brightness from 0 to `until`, in [0, 1]."""


class Flash(Glow):
    """Full at once, then ``(1 - age)**2``: what one sees of a firefly."""

    def brightness(self, age: NDArray[np.float64]) -> NDArray[np.float64]:
        """See :class:`Glow`."""
        left = np.subtract(1.0, age, out=age)
        np.clip(left, 0.0, 1.0, out=left)
        return np.square(left, out=left)

    def total(self, until: NDArray[np.float64]) -> NDArray[np.float64]:
        """See :class:`Glow`."""
        rest: NDArray[np.float64] = (1.0 - (1.0 - until) ** 3) / 3.0
        return rest


class Swell(Glow):
    """``0.6 sin(pi sqrt(age))**2``: it comes up and goes down gently, and stays dimmer."""

    PEAK: Final = 0.6

    def brightness(self, age: NDArray[np.float64]) -> NDArray[np.float64]:
        """See :class:`Glow`."""
        root = np.sqrt(np.clip(age, 0.0, 1.0))
        bright: NDArray[np.float64] = self.PEAK * np.square(np.sin(math.pi * root))
        return bright

    def total(self, until: NDArray[np.float64]) -> NDArray[np.float64]:
        """See :class:`Glow`."""
        turn = 2.0 * math.pi * np.sqrt(until)
        whole: NDArray[np.float64] = self.PEAK * (
            until / 2.0 - (turn * np.sin(turn) + np.cos(turn) - 1.0) / (4.0 * math.pi**2)
        )
        return whole


FLASH: Final = Flash()
CALM: Final = Swell()
