"""A font for machines that have none, where Qt would silently draw boxes."""

from __future__ import annotations

import functools
import sys
from typing import Final

from cascade.standard_output import write_error
from gui.system import system_needs

_LETTERS: Final = "Rt0"


@functools.cache
def have_a_font() -> None:
    """Where the system has no font, write with the icons' letters, and say so on stderr, once.

    An application has to be there.
    """
    if _has_letters():
        return
    _load_letters_of_icons()
    how = "in the icons' letters" if _has_letters() else "as boxes"
    such_as = ""
    if sys.platform.startswith("linux"):
        such_as = f", such as {system_needs.FONT.packages[0]} of Debian and Ubuntu"
    write_error(f"fireflies: there is no font here: text is written {how}. Install one{such_as}.\n")


def _has_letters() -> bool:
    from PySide6.QtGui import QFont, QFontMetrics

    metrics = QFontMetrics(QFont())
    return all(metrics.inFontUcs4(ord(letter)) for letter in _LETTERS)


def _load_letters_of_icons() -> None:
    from gui.picture.icons import icon_family

    icon_family()
