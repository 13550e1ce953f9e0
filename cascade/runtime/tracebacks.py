"""Tracebacks of exceptions that are raised again and again."""

from __future__ import annotations

import dis
from types import CodeType, FrameType, TracebackType
from typing import Final

_RAISE: Final = dis.opmap["RAISE_VARARGS"]


def forget_earlier_raises(error: BaseException) -> None:
    """Cut off what an exception's traceback tells of earlier times that it was raised.

    An instance keeps its traceback, and each ``raise instance`` puts what comes on top of
    that. So one that a module holds for all its failures would tell of each of them, in
    a traceback without end. What lies below a ``raise`` of an instance is earlier if that
    ``raise`` is in there too, unless the instance was caught where it is raised.
    """
    frames = set[FrameType]()
    entry = error.__traceback__
    while entry is not None and (below := entry.tb_next) is not None:
        frames.add(entry.tb_frame)
        if below.tb_frame not in frames and _raises_an_instance(entry) and _is_in(entry, below):
            entry.tb_next = None
        entry = entry.tb_next


def _raises_an_instance(entry: TracebackType) -> bool:
    code, place = entry.tb_frame.f_code.co_code, entry.tb_lasti
    return 0 <= place < len(code) - 1 and code[place] == _RAISE and code[place + 1] > 0


def _is_in(entry: TracebackType, rest: TracebackType | None) -> bool:
    """Whether the place of an entry is also in the rest of a traceback."""
    place = _place_of(entry)
    while rest is not None:
        if _place_of(rest) == place:
            return True
        rest = rest.tb_next
    return False


def _place_of(entry: TracebackType) -> tuple[CodeType, int]:
    return entry.tb_frame.f_code, entry.tb_lasti
