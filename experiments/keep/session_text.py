"""Session files as they are written: their layout, and the check sum over it."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from experiments.keep.parameter_layout import values_in_session
from experiments.keep.session import IdRun, Session, Step
from experiments.model.actions import Action
from experiments.model.parameters import PARAMETER_FIELDS, Parameters

FORMAT: Final = 2
"""The newest layout that this program knows, and the one it writes.

In layout 1 a ``flash_now`` could come a rounding error late; it is repeated so.
"""


@functools.cache
def program_version() -> str:
    """Version of this program; ``unknown`` if it was never installed."""
    from importlib import metadata  # loads slowly: it reads mail

    try:
        return metadata.version("cascade-fireflies")
    except metadata.PackageNotFoundError:
        return "unknown"


# The check sum covers this text, so each value must have exactly one way to be written: a new
# field gets a default, and isn't written as long as it has it.


class SessionLine(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An intervention, in one line."""

    t: float
    order: int
    change: dict[str, Any] = {}
    action: Action | None = None
    ids: list[IdRun] = []


class Head(msgspec.Struct, omit_defaults=True):
    """The fields at the beginning of the file."""

    fireflies: int
    version: str
    parameters: dict[str, Any]


class Tail(msgspec.Struct, omit_defaults=True):
    """The fields behind the interventions."""

    end: float
    flashes: int | None = None
    digest: str | None = None


def head_text(head: Head) -> bytes:
    """The first lines of the file."""
    return msgspec.json.encode(head)[:-1] + b',\n"interventions":[\n'


def line_text(line: SessionLine) -> bytes:
    """The line of an intervention, and the separator before it."""
    return (b",\n" if line.order > 1 else b"") + msgspec.json.encode(line)


def tail_text(tail: Tail) -> bytes:
    """The lines behind the interventions, but for the check sum."""
    return b"\n],\n" + msgspec.json.encode(tail)[1:-1]


def check_of(parts: Iterable[bytes]) -> str:
    """The check sum of a file that consists of some parts."""
    found = 0
    for part in parts:
        found = zlib.crc32(part, found)
    return f"{found:08x}"


class SessionText:
    """The contents of a session file, which grow with the run and are encoded only once.

    Each intervention has a line, so that files can be read and compared.

    Parameters
    ----------
    parameters
        Those that the run began with.
    version
        Of this program.
    """

    def __init__(self, parameters: Parameters, version: str) -> None:
        head = Head(FORMAT, version, values_in_session(parameters.values()))
        self._parts = [head_text(head)]
        self.n_steps = 0

    def add(self, step: Step) -> None:
        """Add what was done next."""
        fields = PARAMETER_FIELDS
        change = {name: fields[name].in_file(fields[name].understood(v)) for name, v in step.change}
        self.n_steps += 1
        line = SessionLine(float(step.t), self.n_steps, change, step.action, list(step.ids))
        self._parts.append(line_text(line))

    def copy(self) -> SessionText:
        """Another that holds the same, for another thread to write while this one grows."""
        other = object.__new__(SessionText)
        other._parts, other.n_steps = self._parts.copy(), self.n_steps
        return other

    def contents(self, end: float, n_flashes: int | None, digest: str | None) -> bytes:
        """The file, with the run as it is at `end`: see :class:`~experiments.Session`."""
        text = b"".join((*self._parts, tail_text(Tail(float(end), n_flashes, digest))))
        return text + b',\n"check":"%s"}\n' % check_of([text]).encode()


def encode_session(session: Session) -> bytes:
    """The contents of a session file."""
    text = SessionText(session.parameters, session.version)
    for step in session.steps:
        text.add(step)
    return text.contents(session.end, session.n_flashes, session.digest)
