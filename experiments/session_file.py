"""Session files: JSON, versioned, checked field by field when they are read."""

from __future__ import annotations

import math
import stat
import zlib
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from experiments.actions import Action
from experiments.parameters import ParameterError, Parameters
from experiments.session import Run, Session, SessionError, Step
from experiments.whole_file import write_whole

SESSION_SUFFIX: Final = ".fireflies"

FORMAT: Final = 1
"""The newest layout that this program knows, and the one it writes."""

MAX_BYTES: Final = 100_000_000
"""More than hours of drawing on the grid take, and less than what would hold anybody up."""

_MOST_SECONDS: Final = 1e12
_LONGEST_REASON: Final = 200


def program_version() -> str:
    """Version of this program; ``unknown`` if it was never installed."""
    try:
        return metadata.version("cascade-fireflies")
    except metadata.PackageNotFoundError:
        return "unknown"


class _Values(msgspec.Struct, forbid_unknown_fields=True):
    side: int
    period: float
    nudge: float
    refractory: float
    jitter: float
    glow: float
    speed: float | str
    seed: int


class _Step(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    t: float
    order: int
    change: dict[str, float | str] = {}
    action: Action | None = None
    ids: list[Run] = []


class _Head(msgspec.Struct, omit_defaults=True):
    """What the file begins with."""

    fireflies: int
    version: str
    parameters: _Values


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """Layout of the file."""

    fireflies: int
    parameters: _Values
    interventions: list[_Step]
    end: float
    flashes: int
    digest: str
    version: str = ""
    check: str = ""


class _Format(msgspec.Struct):
    fireflies: int


def save_session(path: Path, session: Session) -> None:
    """Write a session file, whole or not at all; one that was there before is replaced.

    Raises
    ------
    SessionError
        It can't be written, or would be too large to be read again.
    """
    contents = encode_session(session)
    if len(contents) > MAX_BYTES:
        raise SessionError(
            f"can't write {path}: the session is too large, at most {MAX_BYTES // 1_000_000} MB"
        )
    write_session_text(path, contents)


def write_session_text(path: Path, contents: bytes) -> None:
    """Write what :func:`encode_session` gave, whole or not at all.

    Raises
    ------
    SessionError
        It can't be written.
    """
    try:
        write_whole(path, contents)
    except OSError as error:
        raise SessionError(f"can't write {path}: {error.strerror}") from error
    except ValueError as error:  # a zero byte in the path
        raise SessionError(f"can't write {path}: {error}") from error


def encode_session(session: Session) -> bytes:
    """The contents of a session file."""
    text = SessionText(session.parameters, session.version)
    for step in session.steps:
        text.add(step)
    return text.contents(session.end, session.n_flashes, session.digest)


class SessionText:
    """The contents of a session file, which grow with the run: what is encoded stays so.

    One intervention has a line, for whoever looks into the file or compares two.

    Parameters
    ----------
    parameters
        Those that the run began with.
    version
        Of this program.
    """

    def __init__(self, parameters: Parameters, version: str) -> None:
        head = _Head(FORMAT, version, _Values(**parameters.as_dict()))
        self._parts = [msgspec.json.encode(head)[:-1], b',\n"interventions":[\n']
        self.n_steps = 0

    def add(self, step: Step) -> None:
        """Add what was done next."""
        change = {name: "max" if value == math.inf else value for name, value in step.change}
        self.n_steps += 1
        line = _Step(step.t, self.n_steps, change, step.action, list(step.ids))
        self._parts.append((b",\n" if self.n_steps > 1 else b"") + msgspec.json.encode(line))

    def copy(self) -> SessionText:
        """Another that holds the same, for another thread to write while this one grows."""
        other = object.__new__(SessionText)
        other._parts, other.n_steps = self._parts.copy(), self.n_steps
        return other

    def contents(self, end: float, n_flashes: int, digest: str) -> bytes:
        """The file, with the run as it is at `end`; see :class:`~experiments.session.Session`."""
        tail = msgspec.json.encode({"end": end, "flashes": n_flashes, "digest": digest})
        text = b"".join(self._parts) + b"\n],\n" + tail[1:-1]
        return text + b',\n"check":"%08x"}\n' % zlib.crc32(text)


def load_session(path: Path) -> Session:
    """Read a session file.

    Raises
    ------
    SessionError
        The file can't be read, is no session file, is damaged or cut off, comes from a
        newer program, or tells of a run that could never have been. Names the file and
        the field.
    """
    try:
        contents = _read(path)
    except SessionError:
        raise
    except OSError as error:
        raise SessionError(f"can't read {path}: {error.strerror}") from error
    except ValueError as error:  # a zero byte in the path
        raise SessionError(f"can't read {path}: {error}") from error
    return decode_session(contents, str(path))


def decode_session(contents: bytes | str, name: str) -> Session:
    """The session that some contents tell of; `name` says where they are from.

    Raises
    ------
    SessionError
        As for :func:`load_session`.
    """
    if isinstance(contents, str):
        contents = contents.encode(errors="replace")
    try:
        _check_format(msgspec.json.decode(contents, type=_Format).fireflies)
        file = msgspec.json.decode(contents, type=_File)
        _check_sum(contents, file.check)
        return _understood(file)
    except SessionError as error:
        raise SessionError(f"{name}: {error}") from error
    except ParameterError as error:
        raise SessionError(f"{name}: parameters.{error}") from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        _refuse(name, error)


def _check_format(number: int) -> None:
    if number > FORMAT:
        raise SessionError(
            f"fireflies: the file has format {number}, made by a newer version of Fireflies; "
            f"this one reads up to {FORMAT}"
        )
    if number < 1:
        raise SessionError(f"fireflies must be the format's number, from 1, got {number}")


def _refuse(name: str, error: Exception) -> NoReturn:
    """Say what is wrong with a file in the words of its reader, and in which field."""
    reason = " ".join(str(error).split()).replace("`", "").removeprefix("JSON is malformed: ")
    if " - at $" in reason:
        what, _, where = reason.rpartition(" - at $")
        reason = f"{where.removeprefix('.') or 'the whole'}: {what[:1].lower()}{what[1:]}"
    if "truncated" in reason:
        reason = "it ends in the middle: cut off, or empty"
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[:_LONGEST_REASON]}\N{HORIZONTAL ELLIPSIS}"
    raise SessionError(f"{name} is not a session file of Fireflies: {reason}") from error


def _check_sum(contents: bytes, check: str) -> None:
    """A file that carries a check sum has to be as it was written; by hand, one has none."""
    text, _, last = contents.rpartition(b',\n"check":')
    found = f"{zlib.crc32(text):08x}"
    if check and last.strip() != b'"%s"}' % found.encode():
        raise SessionError(
            f"check: the contents are not those that were saved (their check sum is {found}, "
            f"not {check[:8]!r}); to use them as they are, take this field away"
        )


def _understood(file: _File) -> Session:
    parameters = Parameters(**_values(msgspec.structs.asdict(file.parameters), "parameters"))
    if not 0.0 <= file.end <= _MOST_SECONDS:
        raise SessionError(f"end must be from 0 s to {_MOST_SECONDS:g} s, got {file.end!r}")
    if len(file.digest) != 64 or set(file.digest) - set("0123456789abcdef"):
        raise SessionError(f"digest must be 64 hexadecimal digits, got {file.digest[:70]!r}")
    steps = [_understood_step(step, number) for number, step in enumerate(file.interventions)]
    return Session(parameters, tuple(steps), file.end, file.flashes, file.digest, file.version)


def _understood_step(step: _Step, number: int) -> Step:
    where = f"interventions[{number}]"
    if step.order != number + 1:
        raise SessionError(f"{where}.order must be {number + 1}, got {step.order}")
    if step.change and step.action is not None:
        raise SessionError(f"{where} must have a change or an action, not both")
    if step.ids and step.action is None:
        raise SessionError(f"{where}.ids must come with an action")
    change = tuple(_values(step.change, f"{where}.change").items())
    return Step(step.t, change, step.action, tuple(step.ids))


def _values(values: dict[str, Any], where: str) -> dict[str, Any]:
    """Values by name, with the speed ``max`` as infinity; no other word is a value."""
    understood = {}
    for name, value in values.items():
        if isinstance(value, str):
            if (name, value) != ("speed", "max"):
                allowed = "a number or 'max'" if name == "speed" else "a number"
                raise SessionError(f"{where}.{name} must be {allowed}, got {value[:40]!r}")
            value = math.inf
        understood[name] = value
    return understood


def _read(path: Path) -> bytes:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise SessionError(f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'not a file'}")
    with path.open("rb") as file:
        contents = file.read(MAX_BYTES + 1)
    if len(contents) > MAX_BYTES:
        raise SessionError(
            f"{path} is too large for a session: at most {MAX_BYTES // 1_000_000} MB"
        )
    return contents
