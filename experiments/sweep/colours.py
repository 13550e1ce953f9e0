"""The colours of a map: from dark to light, and round a circle for angles."""

from __future__ import annotations

from typing import Final

_STOPS: Final = (
    *(0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173),
    *(0x8A8678, 0xA59C74, 0xC3B369, 0xE1CC55, 0xFEE838),
)
"""Cividis (Nunez, Anderton and Renslow, PLOS ONE 13, e0199239, 2018) in ten steps."""

_ROUND: Final = (
    *(0x2F2E30, 0x364059, 0x3C5689, 0x3B6EBC, 0x3E87EA, 0x779FF1, 0xA5BAF2, 0xCCD5F3),
    *(0xEBEAE9, 0xE0D4B6, 0xCBB87F, 0xB49E49, 0x9A8412, 0x7D6C19, 0x615422, 0x453D26),
    0x2F2E30,
)
"""Kovesi's cyclic CET-CBC1 (arXiv:1509.03700) in sixteen steps, white in the middle.

So a mean phase has the colour in which the window shows fireflies of that phase.
"""


def colour_of(share: float, *, is_angle: bool = False) -> str:
    """The colour of a value by its place between the ends of its scale, in [0, 1].

    Parameters
    ----------
    share
        The place.
    is_angle
        Whether both ends are one: they have the same colour.
    """
    stops = _ROUND if is_angle else _STOPS
    at = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    low = min(int(at), len(stops) - 2)
    part = at - low
    mixed = 0
    for shift in (16, 8, 0):
        one, other = (stops[low + k] >> shift & 0xFF for k in (0, 1))
        mixed = mixed << 8 | round(one + (other - one) * part)
    return f"#{mixed:06x}"
