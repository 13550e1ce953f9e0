"""Names of keys on any keyboard: what a key types, and where it lies.

Shortcuts are named by what a key types with a Latin layout. Where it types something
else, a Cyrillic letter or, in France, ``&`` for 1, the key that lies in the same place
on an American keyboard is meant, as in most applications; letters of Latin layouts
are never taken by their place.
"""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_ROWS: Final = ((2, "1234567890-="), (16, "QWERTYUIOP[]"), (30, "ASDFGHJKL;'"), (44, "ZXCVBNM,./"))
"""Keys by their codes, as keyboards have sent them since 1984: the first of a row, and the row."""

_BY_CODE: Final = {first + k: key for first, row in _ROWS for k, key in enumerate(row)}

_BY_MAC_CODE: Final = dict(
    enumerate("ASDFHGZXCV?BQWERYT123465=97-80]OU[IP?LJ'K;?,/NM.")
)  # "?": another key
"""Keys by Apple's codes."""

_OFFSET_ON_X: Final = 8
"""X11 and Wayland count from there."""

_BY_CHARACTER: Final = {
    **dict(zip("йцукенгшщзхъфывапролджэ", "QWERTYUIOP[]ASDFGHJKL;'", strict=True)),
    **dict(zip("ячсмитьбю", "ZXCVBNM,.", strict=True)),
    **dict(zip("&é\"'(è_çà", "123457890", strict=True)),
}
"""For what comes without a place, as from a remote desktop: Russian letters, French digits."""

_BEYOND_CHARACTERS: Final = 0x01000000
"""Arrows and the like, which have the same name everywhere."""

_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_KEYPAD: Final = Qt.KeyboardModifier.KeypadModifier


def names_of(event: QKeyEvent, platform: str = sys.platform) -> tuple[str, ...]:
    """Names that a key press may have as a shortcut, the likeliest first: ``Ctrl+Z``, ``1``.

    Parameters
    ----------
    event
        The key press.
    platform
        As ``sys.platform``: it tells how keys are counted.
    """
    typed = Qt.Key(event.key())
    modifiers = event.modifiers() & ~_KEYPAD & ~Qt.KeyboardModifier.GroupSwitchModifier
    is_keypad = bool(event.modifiers() & _KEYPAD)
    if is_keypad and typed == Qt.Key.Key_Comma:
        typed = Qt.Key.Key_Period  # the one key there is, which types a comma in half of Europe
    names = [_name(modifiers, typed)]
    if modifiers & _SHIFT and not _is_letter(typed):  # Shift was needed to type it
        names.append(_name(modifiers & ~_SHIFT, typed))
    lies = None if is_keypad or _is_letter(typed) else _key_there(event, platform)
    if lies is not None and (lies.isdigit() or not _is_ascii(typed)):
        by_place = _name(modifiers, Qt.Key(ord(lies)))
        is_plain_digit = lies.isdigit() and modifiers == Qt.KeyboardModifier.NoModifier
        names.insert(0 if is_plain_digit else len(names), by_place)
    return tuple(dict.fromkeys(names))


def _name(modifiers: Qt.KeyboardModifier, key: Qt.Key) -> str:
    sequence = QKeySequence(QKeyCombination(modifiers, key))
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def _key_there(event: QKeyEvent, platform: str) -> str | None:
    """The key in that place on an American keyboard; None if it is none that types."""
    if platform == "darwin":
        found = _BY_MAC_CODE.get(event.nativeVirtualKey())
        return None if found == "?" else found
    code = event.nativeScanCode() - (0 if platform == "win32" else _OFFSET_ON_X)
    if code in _BY_CODE:
        return _BY_CODE[code]
    if _is_ascii(Qt.Key(event.key())) and event.modifiers() & _SHIFT:
        return None
    character = chr(event.key()) if 0 < event.key() < _BEYOND_CHARACTERS else event.text()
    return _BY_CHARACTER.get(character.lower())


def _is_letter(key: Qt.Key) -> bool:
    return Qt.Key.Key_A <= key <= Qt.Key.Key_Z


def _is_ascii(key: Qt.Key) -> bool:
    return key < 0x80 or key >= _BEYOND_CHARACTERS
