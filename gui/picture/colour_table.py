"""The 256 colours between dark and flash, and how bright each one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

N_COLOURS: Final = 256

_MIXED_AT: Final = 1.6
"""Exponent of the space in which colours are mixed.

1 would be light itself, 2.2 about what the eye takes for even. In between, steps
look even enough, and a fading amber stays an ember on its way to night blue,
where evenness alone leads it through grey.
"""

_LUMINANCE_WEIGHTS: Final = np.array([0.2126, 0.7152, 0.0722])


def colour_table(stops: Sequence[str]) -> NDArray[np.uint8]:
    """Colours from the first stop to the last, in steps that look even.

    Parameters
    ----------
    stops
        At least two colours as ``#RRGGBB``, spread evenly over the table.

    Returns
    -------
    ndarray
        RGBA, shape ``(256, 4)``, opaque.
    """
    return _mixed(np.linspace(0.0, 1.0, len(stops)), stops)


def _mixed(at: Sequence[float] | NDArray[np.float64], stops: Sequence[str]) -> NDArray[np.uint8]:
    light = linear_from_srgb(_srgb_from_hex(stops)) ** (1.0 / _MIXED_AT)
    wanted = np.linspace(0.0, 1.0, N_COLOURS)
    mixed = np.column_stack([np.interp(wanted, at, light[:, k]) for k in range(3)]) ** _MIXED_AT
    table = np.full((N_COLOURS, 4), 255, dtype=np.uint8)
    table[:, :3] = np.rint(srgb_from_linear(mixed) * 255.0)
    return table


def packed_table(stops: Sequence[tuple[float, str]]) -> NDArray[np.uint32]:
    """Colours between stops at shares in [0, 1], mixed as in :func:`colour_table`; packed RGBA.

    Parameters
    ----------
    stops
        Shares, growing from 0 to 1, and colours as ``#RRGGBB``.

    Returns
    -------
    ndarray
        Shape ``(256,)``, uint32.
    """
    at, colours = zip(*stops, strict=True)
    return _mixed(at, colours).view(np.uint32)[:, 0]


def relative_luminance(table: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Relative luminance (WCAG 2, ITU-R BT.709) of each colour, shape ``(n,)``, in [0, 1]."""
    luminance: NDArray[np.float64] = linear_from_srgb(table[:, :3] / 255.0) @ _LUMINANCE_WEIGHTS
    return luminance


def rgba(colour: str) -> tuple[int, int, int, int]:
    """An opaque colour, ``#RRGGBB``, as red, green, blue and alpha from 0 to 255."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return red, green, blue, 255


def _srgb_from_hex(colours: Sequence[str]) -> NDArray[np.float64]:
    return np.array([list(bytes.fromhex(colour.removeprefix("#"))) for colour in colours]) / 255.0


def linear_from_srgb(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light for each sRGB value in [0, 1] (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def srgb_from_linear(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB value in [0, 1] for each amount of light (IEC 61966-2-1)."""
    clipped = np.clip(linear, 0.0, 1.0)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)
