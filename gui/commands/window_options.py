"""Values of the window's options, parsed or refused."""

from __future__ import annotations

import argparse
from typing import Final

from experiments.commands.parsing import number
from gui.instruments.registry import PANELS, side_by_side
from gui.models.colouring import Colouring

VIEW_NAMES: Final = "{" + ",".join(each.value for each in Colouring) + "}"

_ONCE_A_VIEW: Final = {"lateness": "the engine panel shows lateness (--panels engine)"}


def virtual_seconds(text: str) -> float:
    """A time to run to before something happens; 0 is fine."""
    value = number(text)
    if not 0 <= value <= 1e9:
        raise argparse.ArgumentTypeError(f"must be >= 0 s and <= 1e+09 s, got '{text}'")
    return value


def panels(text: str) -> frozenset[str]:
    """Names of panels, separated by commas; or all or none of them."""
    if text == "all":
        return side_by_side()
    names = [] if text == "none" else text.split(",")
    for name in names:
        if name not in PANELS:
            raise argparse.ArgumentTypeError(
                f"must be all, none, or some of {', '.join(PANELS)} with commas, got '{text}'"
            )
    return frozenset(names)


def view(text: str) -> Colouring:
    """A view by its name; one that is no longer one is refused with where it is now."""
    try:
        return Colouring(text)
    except ValueError:
        moved = f": {_ONCE_A_VIEW[text]}" if text in _ONCE_A_VIEW else f", got '{text}'"
        names = ", ".join(each.value for each in Colouring)
        raise argparse.ArgumentTypeError(f"must be one of {names}{moved}") from None
